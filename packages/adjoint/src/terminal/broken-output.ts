/** What becomes of the program when nobody reads its output any more. */
import { outputError } from "./output.ts";

/** What a shell reports of a program that a closed pipe ends: 128 and the number of the signal, SIGPIPE. */
const closedPipe = 141;

/** Ends the program with its output: quietly where the pipe was closed, as by `head`, else with one line that says why. */
export function endWith({ stdout, stderr, exit }: NodeJS.Process): void {
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") exit(closedPipe);
    stderr.write(`error: ${outputError("standard output", error).message}\n`);
    exit(1);
  });
  // There is nowhere left to say it.
  stderr.on("error", (error: NodeJS.ErrnoException) => exit(error.code === "EPIPE" ? closedPipe : 1));
}
