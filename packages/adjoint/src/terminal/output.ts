/**
 * Where commands write, so that tests can read it: a stream, and whether a person watches it. Whatever a command prints
 * goes through a {@link Terminal}, since file names, models and errors hold words of others.
 */
import { DataError, printable } from "@adjoint/tensor";
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

/** Text that stands out, where there are colours. */
export interface Painted {
  readonly paint: "bold" | "red" | "green";
  readonly text: string;
}

export type Piece = string | Painted;

/** What a command prints with: nothing but plain text gets through, and colours of ours. */
export interface Terminal {
  print(...pieces: readonly Piece[]): void;
  complain(...pieces: readonly Piece[]): void;
  /** The streams, for displays that move. */
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

export function terminalOf({ stdout, stderr, env }: Output): Terminal {
  const printer = (stream: OutputStream, name: string): Terminal["print"] => {
    const colors = colorsFor(stream, env);
    return (...pieces) => {
      const painted = pieces.map((piece) =>
        typeof piece === "string" ? printable(piece) : colors[piece.paint](printable(piece.text)),
      );
      try {
        stream.write(painted.join(""));
      } catch (cause) {
        throw outputError(name, cause);
      }
    };
  };
  const [print, complain] = [printer(stdout, "standard output"), printer(stderr, "standard error")];
  // What is no terminal shows no display that moves.
  const plain = (stream: OutputStream, write: Terminal["print"]): OutputStream =>
    stream.isTTY === true ? stream : { write, isTTY: false };
  return { print, complain, stdout: plain(stdout, print), stderr: plain(stderr, complain) };
}

/** The error for a stream that takes no more, such as a file on a full disk. */
export function outputError(name: string, cause: unknown): DataError {
  const { code = "unknown", message } = cause as NodeJS.ErrnoException;
  const words = message.replace(`${code}: `, "").replace(/, write$/, "");
  return new DataError(
    {
      op: "output",
      problem: `cannot write to ${name}: ${code}, ${words}`,
      expected: "a place that may be written to",
      received: code,
    },
    { cause },
  );
}

/** Prints the files that were written, a line for each, or with what else is known of them as JSON. */
export function printWritten(
  { print }: Terminal,
  files: readonly string[],
  { json = false, more = {} }: { readonly json?: boolean | undefined; readonly more?: object } = {},
): void {
  if (json) print(`${JSON.stringify({ ...more, wrote: files })}\n`);
  else print(...files.map((file) => `wrote ${file}\n`));
}
