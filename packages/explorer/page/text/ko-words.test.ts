import { builtInWords } from "@adjoint/autograd/internal";
import { expect, it } from "vitest";
import { koWords } from "./ko-words.ts";

it("says in Korean what every rule does that is said in English, and nothing of other ops", () => {
  const said = Object.entries(builtInWords).flatMap(([op, { words }]) => (words === undefined ? [] : [op]));
  expect(Object.keys(koWords).sort()).toEqual(said.sort());
  for (const [op, words] of Object.entries(koWords)) expect(words, op).toMatch(/[가-힣].*\.$/);
});
