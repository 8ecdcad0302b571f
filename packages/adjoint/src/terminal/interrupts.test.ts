import { expect, it } from "vitest";
import { interrupts } from "./interrupts.ts";
import { terminalOf } from "./output.ts";

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("asks to stop at the first %s, and leaves the second one to the operating system", (name, code) => {
  let said = "";
  const stream = { write: (text: string) => (said += text) };
  const terminal = terminalOf({ stdout: stream, stderr: stream, env: {} });
  const before = process.listenerCount(name);
  let ended = 0;
  const asked = interrupts(terminal, "Stopping.", () => ended++);
  expect([asked.signal.aborted, asked.code(), process.listenerCount(name)]).toEqual([false, null, before + 1]);
  process.emit(name);
  // Displays that move have ended by then: a second signal must not leave the terminal as they had it.
  expect([asked.signal.aborted, asked.code(), ended, said]).toEqual([true, code, 1, "\nStopping.\n"]);
  expect(process.listenerCount(name)).toBe(before);
  asked.stop();
  expect(process.listenerCount(name)).toBe(before);
});
