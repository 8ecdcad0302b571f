/** The errors of every file format: they name the file and the byte at which it departs from what was expected. */
import { type AdjointError, DataError } from "@adjoint/tensor";

/** How a reader names itself and what it reads in errors. */
export interface FormatSource {
  readonly op: string;
  /** The file, or "the data" when there is none. */
  readonly name: string;
}

/** Bytes as people read them: `1f 8b 08`. */
export const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");

/** A number as people write it: 10,000. */
export const grouped = (n: number): string => (n < 2 ** 53 ? n.toLocaleString("en-US") : n.toExponential(2));

/** A DataError of a file; `at` is a byte offset in the unpacked file, or says in words where it is. */
export function formatError(
  { op, name }: FormatSource,
  problem: string,
  at: number | string,
  expected: string,
  received: string,
  options: { readonly hint?: string; readonly cause?: unknown } = {},
): AdjointError {
  const where = `byte ${typeof at === "number" ? grouped(at) : at}`;
  const whole = `${name} ${problem} (${where})`;
  return new DataError({ op, problem: whole, argument: "source", expected, received, hint: options.hint }, options);
}
