/**
 * Worker threads that start from text, in Node.js and in pages: what the thread pool of compiled functions and loaders of
 * batches need of the platform. A worker of a bundled program has no file to load.
 */

/** A worker of either platform. */
export interface TextWorker {
  postMessage(message: unknown, transfer?: readonly object[]): void;
  terminate(): unknown;
}

interface NodeWorker extends TextWorker {
  on(event: "error" | "exit", listener: () => void): void;
  unref(): void;
}

interface Platform {
  readonly process?: {
    getBuiltinModule?(name: "node:worker_threads"):
      | {
          readonly Worker: new (
            source: string,
            options: { readonly eval: true; readonly execArgv: string[] },
          ) => NodeWorker;
        }
      | undefined;
  };
  readonly Worker?: new (url: string) => TextWorker & { onerror: (() => void) | null };
}

/** Whether this thread may sleep: the one of a page may not. */
export function maySleep(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a worker, which does not keep a process alive.
 *
 * @param source  its program
 * @param lost    called when it ends
 * @throws what the platform throws where it allows no worker
 */
export function startWorker(source: string, lost: () => void): TextWorker {
  const platform = globalThis as unknown as Platform;
  const threads = platform.process?.getBuiltinModule?.("node:worker_threads");
  if (threads !== undefined) {
    const worker = new threads.Worker(source, { eval: true, execArgv: [] });
    worker.on("error", lost);
    worker.on("exit", lost);
    worker.unref();
    return worker;
  }
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new (platform.Worker as NonNullable<Platform["Worker"]>)(url);
  worker.onerror = lost;
  return worker;
}
