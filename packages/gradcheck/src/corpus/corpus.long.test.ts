/** The corpus of wrong rules behind other ops; and certainties come true, for mistakes in every op. */
import { expect, it } from "vitest";
import { guessesOf } from "./certainties.ts";
import { judgedBehindLoss, misjudged } from "./judged.ts";

it("gets the right first guess behind other ops, where the derivative is that of a single number", () => {
  expect(misjudged(judgedBehindLoss())).toEqual([]);
});

it("of the guesses that are said with 90 % nine in ten are right, for mistakes in every op", () => {
  const guesses = guessesOf(1, 3);
  const sure = guesses.filter(({ certainty }) => certainty >= 0.9);
  expect(sure.length).toBeGreaterThan(guesses.length / 2);
  const wrong = sure.filter(({ right }) => !right).map(({ text }) => text);
  expect(wrong.length, wrong.join("\n")).toBeLessThanOrEqual(sure.length / 10);
});
