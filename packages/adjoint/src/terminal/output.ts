/**
 * Where commands write, so that tests can read it: a stream, and whether a person watches it.
 */
import { createColors } from "picocolors";

/** A stream to write text to; `process.stdout` is one. */
export interface OutputStream {
  /** Writes the text as it is. */
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

/** What a command writes to. */
export interface Output {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Colours for a stream: none when it is no terminal, or the environment `env` says NO_COLOR (https://no-color.org). */
export function colorsFor(stream: OutputStream, env: Output["env"]): ReturnType<typeof createColors> {
  const wanted = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "0";
  const refused = (env.NO_COLOR ?? "") !== "" || env.TERM === "dumb";
  return createColors(!refused && (wanted || stream.isTTY === true));
}
