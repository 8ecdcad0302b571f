import { builtInWords } from "@adjoint/autograd/internal";
import { expect, it } from "vitest";
import { wordsOfOps } from "../formulas/render.ts";
import { inKorean, koWords } from "./ko-words.ts";

it("says in Korean what every rule does that is said in English, and nothing of other ops", () => {
  const said = Object.entries(builtInWords).flatMap(([op, { words }]) => (words === undefined ? [] : [op]));
  expect(Object.keys(koWords).sort()).toEqual(said.sort());
  for (const [op, words] of Object.entries(koWords)) expect(words, op).toMatch(/[가-힣].*\.$/);
});

it("has Korean for every word within the formulas", () => {
  const formulas = Object.values(wordsOfOps()).flatMap(({ forward, backward }) => [forward, ...backward]);
  const words = formulas.flatMap((markup) =>
    [...inKorean(markup).matchAll(/<mtext[^>]*>([^<]*)</g)].map(([, text]) => text),
  );
  expect(words.length).toBeGreaterThan(30);
  expect(words.filter((text) => !/[가-힣]/.test(text))).toEqual([]);
});
