/**
 * The worker threads, which all programs share. They start when a program first needs them, do not keep a process alive,
 * and where they cannot be had, or are lost, everything runs on one thread.
 */
import { maySleep, startWorker, type TextWorker } from "@adjoint/tensor/internal";
import { mostPieces } from "../calls.ts";
import { Board, boardWords } from "./board.ts";
import { workerSource } from "./worker.generated.ts";
import type { Message, SharedProgram } from "./worker.ts";

interface Modules {
  readonly "node:worker_threads": object;
  readonly "node:os": { availableParallelism(): number };
}

interface Platform {
  readonly process?: { getBuiltinModule?<Name extends keyof Modules>(name: Name): Modules[Name] | undefined };
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly crossOriginIsolated?: boolean;
  readonly SharedArrayBuffer?: unknown;
}

const platform = globalThis as unknown as Platform;

/** A module of Node.js; undefined elsewhere. */
function builtin<Name extends keyof Modules>(name: Name): Modules[Name] | undefined {
  return platform.process?.getBuiltinModule?.(name);
}

/** The most threads that are taken by themselves. */
const mostThreads = 8;

/** How many threads "auto" means: as many as the machine runs at the same time. */
function automaticThreads(): number {
  const cores = builtin("node:os")?.availableParallelism() ?? platform.navigator?.hardwareConcurrency ?? 1;
  return Math.min(cores, mostThreads);
}

/** Whether threads can share memory here: in a page only if it is isolated from those of other origins. */
function mayShare(): boolean {
  if (platform.SharedArrayBuffer === undefined) return false;
  return builtin("node:worker_threads") !== undefined || platform.crossOriginIsolated === true;
}

/** Milliseconds without progress after which a worker counts as lost. */
const patience = 5_000;

const ofLoss = "adjoint: a worker thread was lost; compiled functions run on one thread from here on.";

const ofStart = "adjoint: worker threads cannot be started here, so compiled functions run on one thread.";

const ofRefusal =
  "adjoint: threads cannot share memory here, so compiled functions run on one. A page may share memory when it is " +
  "isolated: serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.";

class Pool {
  private readonly board: Board;
  private readonly workers: TextWorker[] = [];
  private isLost = false;

  constructor() {
    this.board = new Board(new Int32Array(new SharedArrayBuffer(4 * boardWords)), maySleep());
  }

  /** Whether it can be used. */
  get isUsable(): boolean {
    return !this.isLost;
  }

  /** Whether all workers have loaded what they were given. */
  get isReady(): boolean {
    return this.isUsable && this.board.hasRead(this.workers.length);
  }

  /** Gives a program to `count` workers, the first of which works in the scratch memory after that of the main thread. */
  load(program: Omit<SharedProgram, "kind" | "scratch">, scratches: readonly number[]): void {
    try {
      while (this.workers.length < scratches.length) this.start();
      scratches.forEach((scratch, i) => {
        this.tell(i, { kind: "program", ...program, scratch });
      });
    } catch {
      // The process may not have the right to start threads.
      this.lose(ofStart);
    }
  }

  /** Lets go of a program. */
  forget(id: number): void {
    if (this.isUsable) for (const i of this.workers.keys()) this.tell(i, { kind: "forget", id });
  }

  /** Wakes the workers, which takes them some time: before inputs are copied rather than after it. */
  wake(): void {
    this.board.wake();
  }

  /** Has a call of a program done by all threads; false when one was lost in it. */
  share(program: number, call: number, pieces: number, run: (piece: number) => void): boolean {
    if (this.board.share(program, call, pieces, run, patience)) return true;
    this.lose(ofLoss);
    return false;
  }

  private start(): void {
    const worker = this.workers.push(startWorker(workerSource, () => this.lose(ofLoss))) - 1;
    this.tell(worker, { kind: "board", words: this.board.words, worker });
  }

  /** Sends a worker a message, announced before: one that had it without knowing would wait for another. */
  private tell(worker: number, message: Message): void {
    this.board.announceMail(worker);
    this.workers[worker].postMessage(message);
  }

  private lose(words: string): void {
    if (this.isLost) return;
    this.isLost = true;
    console.warn(words);
    // The others have nothing more to do, and would hold the memory of programs.
    for (const worker of this.workers) worker.terminate();
  }
}

let pool: Pool | undefined;

/** The pool; null where threads cannot share memory, or one of them was lost. */
export function openPool(): Pool | null {
  if (!mayShare()) return null;
  pool ??= new Pool();
  return pool.isUsable ? pool : null;
}

let isRefusalTold = false;

/** How many threads run a program: as many as were asked for, where threads can share memory; says so once where not. */
export function threadsFor(wanted: "auto" | number): number {
  if (mayShare()) return wanted === "auto" ? automaticThreads() : Math.min(wanted, mostPieces);
  if (wanted !== "auto" && wanted > 1 && !isRefusalTold) {
    isRefusalTold = true;
    console.warn(ofRefusal);
  }
  return 1;
}
