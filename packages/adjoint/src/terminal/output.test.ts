import { expect, it } from "vitest";
import { colorsFor, terminalOf } from "./output.ts";

const stream = (isTTY: boolean) => ({ write: () => true, isTTY });

it("colours terminals, but not files, and not where NO_COLOR is set", () => {
  expect(colorsFor(stream(true), {}).red("x")).toBe("\u001b[31mx\u001b[39m");
  expect(colorsFor(stream(false), {}).red("x")).toBe("x");
  expect(colorsFor(stream(true), { NO_COLOR: "1" }).red("x")).toBe("x");
  expect(colorsFor(stream(true), { NO_COLOR: "" }).red("x")).toBe("\u001b[31mx\u001b[39m");
  expect(colorsFor(stream(true), { TERM: "dumb" }).red("x")).toBe("x");
  expect(colorsFor(stream(false), { FORCE_COLOR: "1" }).red("x")).toBe("\u001b[31mx\u001b[39m");
});

it("prints colours of ours alone, whatever is in the words", () => {
  const written = { out: "", err: "" };
  const terminal = terminalOf({
    stdout: { write: (text) => (written.out += text), isTTY: true },
    stderr: { write: (text) => (written.err += text) },
    env: {},
  });
  terminal.print({ paint: "red", text: "\u001b[2Ja" }, " \u009b31m\u202eb\n");
  terminal.complain({ paint: "red", text: "c" }, "\u0007\n");
  terminal.stderr.write("\u001b[1md\n");
  expect(written.out).toBe("\u001b[31m\\u001b[2Ja\u001b[39m \\u009b31m\\u202eb\n");
  expect(written.err).toBe("c\\u0007\n\\u001b[1md\n");
});

it("says of a stream that takes no more which one it is", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  const stream = {
    write: () => {
      throw full;
    },
  };
  const terminal = terminalOf({ stdout: stream, stderr: stream, env: {} });
  expect(() => terminal.print("x")).toThrow(
    "output: cannot write to standard output: ENOSPC, no space left on device.",
  );
});
