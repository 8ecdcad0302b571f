import { builtInWords } from "@adjoint/autograd/internal";
import { expect, it } from "vitest";
import { wordsOfOps } from "../formulas/render.ts";
import { inKorean, koWords } from "./ko-words.ts";

it("says in Korean what is said in English, and nothing of other ops", () => {
  const said = Object.entries(builtInWords).flatMap(([op, { words }]) => (words === undefined ? [] : [op]));
  expect(Object.keys(koWords).filter((op) => !said.includes(op))).toEqual([]);
  for (const [op, words] of Object.entries(koWords)) expect(words, op).toMatch(/[가-힣].*\.$/);
});

it("has Korean for every word within the formulas of the ops that it speaks of", () => {
  const formulas = Object.entries(wordsOfOps()).flatMap(([op, { forward, backward }]) =>
    Object.hasOwn(koWords, op) ? [forward, ...backward] : [],
  );
  const words = formulas.flatMap((markup) =>
    [...inKorean(markup).matchAll(/<mtext[^>]*>([^<]*)</g)].map(([, text]) => text),
  );
  expect(words.length).toBeGreaterThan(30);
  expect(words.filter((text) => !/[가-힣]/.test(text))).toEqual([]);
});
