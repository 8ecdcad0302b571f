import { expect, it } from "vitest";
import { verdictOf } from "./verdict.ts";

it("judges gradients by the first layer beside the last one, and by their size", () => {
  const kinds = (...medians: number[]) => verdictOf(medians).kind;
  expect(verdictOf([1e-6, 1e-4, 1e-2])).toEqual({ kind: "vanishing", size: "10⁴" });
  expect(verdictOf([5, 1, 0.05])).toEqual({ kind: "growing", size: "100" });
  expect(kinds(0.02, 0.5, 0.05)).toBe("steady");
  // Of one size, which no rate suits.
  expect(verdictOf([7e3, 6e3, 7e3])).toEqual({ kind: "huge", size: "7000" });
  expect(verdictOf([1e-9, 2e-9, 3e-9])).toEqual({ kind: "tiny", size: "3·10⁻⁹" });
  expect(kinds(0, 0, 0.1)).toBe("noGradient");
  expect(kinds(0.1, 0.1, 0)).toBe("steady");
  // Before the first step, and where no number is finite.
  expect(kinds()).toBe("notYet");
  expect(kinds(Number.NaN, 1)).toBe("notYet");
});
