/** The corpus of wrong rules: each is caught, and every first guess is the mistake that was made. */
import { describe, expect, it } from "vitest";
import { corpus, judgedAlone, misjudged } from "./judged.ts";

const found = judgedAlone();

describe("the corpus of wrong rules", () => {
  it("is large and varied", () => {
    expect(corpus.length).toBeGreaterThanOrEqual(120);
    expect(new Set(corpus.map(({ op }) => op)).size).toBeGreaterThanOrEqual(48);
  });

  it("is caught as a whole, and diagnosed rightly by the first guess", () => {
    expect(misjudged(found)).toEqual([]);
  });

  it("gets a text that says something for each", () => {
    for (const { diagnoses } of found) for (const { text } of diagnoses) expect(text.length).toBeGreaterThan(30);
  });
});
