/** What a command has written, said at its end. */
import type { Terminal } from "./output.ts";

/** Prints the files that were written, a line for each, or with what else is known of them as JSON. */
export function printWritten(
  { print }: Terminal,
  files: readonly string[],
  { json = false, more = {} }: { readonly json?: boolean | undefined; readonly more?: object } = {},
): void {
  if (json) print(`${JSON.stringify({ ...more, wrote: files })}\n`);
  else print(...files.map((file) => `wrote ${file}\n`));
}
