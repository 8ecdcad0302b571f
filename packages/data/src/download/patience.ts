/** Limits how long a download waits: a server that sends nothing, or next to nothing, must not hold it for ever. */

/** Bytes a second below which a server is given up. */
export const slowest = 1000;

/** A wait that ends by itself. */
export interface Watch {
  /** Aborts when the wait is over, or when the signal given does. */
  readonly signal: AbortSignal;
  /** To be called with the number of bytes that came: 0 for the head of an answer. */
  received(bytes: number): void;
  /** What the server did when the wait ended, as the end of a sentence; null when it has not. */
  reason(): string | null;
  stop(): void;
}

/** Starts to wait: `patience` milliseconds for the head of an answer, then as long for each 1,000 bytes a second. */
export function watch(patience: number, signal: AbortSignal | undefined): Watch {
  const own = new AbortController();
  const seconds = patience / 1000;
  let bytes = 0;
  let reason: string | null = null;
  const look = (): void => {
    if (bytes < slowest * seconds) {
      const did = bytes === 0 ? "sent nothing" : `sent ${bytes.toLocaleString("en-US")} bytes`;
      reason = `${did} in ${seconds} s`;
      own.abort(new Error(reason));
    }
    bytes = 0;
  };
  // Where this thread was busy, what came meanwhile is received between the timer and the check.
  const timer = setInterval(() => setImmediate(look), patience);
  return {
    signal: signal === undefined ? own.signal : AbortSignal.any([signal, own.signal]),
    received(more) {
      if (more === 0) timer.refresh();
      bytes += more;
    },
    reason: () => reason,
    stop: () => clearInterval(timer),
  };
}
