import { expect, it } from "vitest";
import { colorsFor } from "./output.ts";

const stream = (isTTY: boolean) => ({ write: () => true, isTTY });

it("colours terminals, but not files, and not where NO_COLOR is set", () => {
  expect(colorsFor(stream(true), {}).red("x")).toBe("\u001b[31mx\u001b[39m");
  expect(colorsFor(stream(false), {}).red("x")).toBe("x");
  expect(colorsFor(stream(true), { NO_COLOR: "1" }).red("x")).toBe("x");
  expect(colorsFor(stream(true), { NO_COLOR: "" }).red("x")).toBe("\u001b[31mx\u001b[39m");
  expect(colorsFor(stream(true), { TERM: "dumb" }).red("x")).toBe("x");
  expect(colorsFor(stream(false), { FORCE_COLOR: "1" }).red("x")).toBe("\u001b[31mx\u001b[39m");
});
