/** The corpus of wrong rules: each is caught, every first guess is the mistake that was made, and certainties come true. */
import { describe, expect, it } from "vitest";
import { guessesOf } from "./certainties.ts";
import { corpus, type Judged, judgedAlone, judgedBehindLoss } from "./judged.ts";

const found = judgedAlone();
const misjudged = (list: readonly Judged[]): string[] =>
  list
    .filter(({ expected, diagnoses: [first] }) => first?.kind !== expected)
    .map(({ op, mistake, expected, diagnoses }) => {
      const said = diagnoses.map(({ kind, certainty }) => `${kind} ${certainty}`).join(", ");
      return `${op}, ${mistake}: ${expected} expected, ${said} found`;
    });

describe("the corpus of wrong rules", () => {
  it("is large and varied", () => {
    expect(corpus.length).toBeGreaterThanOrEqual(120);
    expect(new Set(corpus.map(({ op }) => op)).size).toBeGreaterThanOrEqual(48);
  });

  it("is caught as a whole, and diagnosed rightly by the first guess", () => {
    expect(misjudged(found)).toEqual([]);
  });

  it("gets the right first guess behind other ops too, where the derivative is that of a single number", () => {
    expect(misjudged(judgedBehindLoss())).toEqual([]);
  });

  it("gets a text that says something for each", () => {
    for (const { diagnoses } of found) for (const { text } of diagnoses) expect(text.length).toBeGreaterThan(30);
  });
});

it("of the guesses that are said with 90 % nine in ten are right, for mistakes in every op", () => {
  const guesses = guessesOf(1, 3);
  const sure = guesses.filter(({ certainty }) => certainty >= 0.9);
  expect(sure.length).toBeGreaterThan(guesses.length / 2);
  const wrong = sure.filter(({ right }) => !right).map(({ text }) => text);
  expect(wrong.length, wrong.join("\n")).toBeLessThanOrEqual(sure.length / 10);
});
