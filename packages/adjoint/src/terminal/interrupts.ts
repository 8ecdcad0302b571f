/** Ctrl-C and its like: the first one asks the command to stop, the second one ends it at once. */
import type { Terminal } from "./output.ts";
import type { ProgressDisplay } from "./progress.ts";

/** The signals that end a program, and the exit codes that shells give for them: 128 and the number of the signal. */
const codes = { SIGINT: 130, SIGTERM: 143 } as const;

export interface Interrupts {
  readonly signal: AbortSignal;
  /** The exit code of the signal that came; null before. */
  readonly code: () => number | null;
  /** From here on signals end the program again. */
  stop(): void;
}

/**
 * Listens until `stop`, or until the first signal: the operating system ends the program at the second one, also while it
 * computes and could not listen.
 *
 * @param words   what is said at the first signal
 * @param before  called before that: it ends displays that move, and so gives the terminal back
 */
export function interrupts({ complain }: Terminal, words: string, before: () => void = () => {}): Interrupts {
  const controller = new AbortController();
  let code: number | null = null;
  const listeners = Object.entries(codes).map(([name, own]) => {
    const listener = (): void => {
      stop();
      code = own;
      before();
      complain(`\n${words}\n`);
      controller.abort();
    };
    process.on(name, listener);
    return [name, listener] as const;
  });
  const stop = (): void => {
    for (const [name, listener] of listeners) process.removeListener(name, listener);
  };
  return { signal: controller.signal, code: () => code, stop };
}

/** What a command works with that signals stop: it is given the exit code then. */
export interface Interruptible {
  readonly terminal: Terminal;
  readonly fail: (code: number) => void;
}

/**
 * Does work beside a display, which both end at the first signal.
 *
 * @param words  what is said then
 * @param work   throws the reason of its signal where it is stopped
 * @returns null when it was stopped
 */
export async function untilStopped<Result>(
  { terminal, fail }: Interruptible,
  words: string,
  progress: Pick<ProgressDisplay, "stop">,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result | null> {
  const asked = interrupts(terminal, words, progress.stop);
  try {
    return await work(asked.signal);
  } catch (error) {
    if (!asked.signal.aborted || error !== asked.signal.reason) throw error;
    fail(asked.code() ?? 1);
    return null;
  } finally {
    progress.stop();
    asked.stop();
  }
}
