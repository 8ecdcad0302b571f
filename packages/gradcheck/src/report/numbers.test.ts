import { expect, it } from "vitest";
import { apart, short } from "./numbers.ts";

it("shows few digits, and as many as it takes to tell numbers apart", () => {
  expect([short(0.1 + 0.2), short(Number.NaN), short(-0)]).toEqual(["0.3", "NaN", "-0"]);
  expect(apart(0.1, 0.2)).toEqual(["0.1", "0.2"]);
  expect(apart(0.1, 0.1 + 1e-9)).toEqual(["0.1", "0.100000001"]);
  expect(apart(0.1, Math.fround(0.1))).toEqual(["0.1", "0.100000001"]);
  expect(apart(0.3, 0.1 + 0.2)).toEqual(["0.3", "0.30000000000000004"]);
  expect(apart(1e300, 1e300)).toEqual(["1e+300", "1e+300"]);
});
