import { expect, it } from "vitest";
import { wideCellText } from "./numbers.ts";

it("writes cells with room in three significant digits, and small ones beside each other alike", () => {
  const numbers = [-0.00151, 0.006634, 0.000602, 0.1144, -2.2, 1234.5, 2.345e-5, 0, Number.NaN, -Infinity];
  const texts = ["−0.00151", "0.00663", "0.000602", "0.114", "−2.2", "1235", "2.35·10⁻⁵", "0", "NaN", "−∞"];
  expect(numbers.map(wideCellText)).toEqual(texts);
});
