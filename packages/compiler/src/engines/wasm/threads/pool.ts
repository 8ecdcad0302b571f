/**
 * The worker threads, which all programs share. They start when a program first needs them, do not keep a process alive,
 * and where they cannot be had, or are lost, everything runs on one thread.
 */
import { maySleep, startWorker, type TextWorker } from "@adjoint/tensor/internal";
import { Board, boardWords } from "./board.ts";
import { Choice } from "./choice.ts";
import { giveUpThreads } from "./threads.ts";
import { workerSource } from "./worker.generated.ts";
import type { Message, SharedProgram } from "./worker.ts";

/** Milliseconds without progress after which a worker counts as lost. */
const patience = 5_000;

const ofLoss = "adjoint: a worker thread was lost; compiled functions run on one thread from here on.";

const ofStart = "adjoint: worker threads cannot be started here, so compiled functions run on one thread.";

/** The threads. */
export class Pool {
  private readonly board: Board;
  private readonly workers: TextWorker[] = [];
  private isLost = false;
  /** A number for each program that threads share. */
  private programs = 0;
  /** Tells the workers when a program is gone. */
  private readonly gone = new FinalizationRegistry<number>((id) => this.forget(id));

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

  /**
   * Gives a program to as many workers as there are scratch memories; null when threads were lost before.
   *
   * @param holder  what is there as long as somebody may run the program
   */
  teamFor(
    program: Omit<SharedProgram, "kind" | "scratch" | "id">,
    scratches: readonly number[],
    holder: object,
  ): Team | null {
    if (this.isLost) return null;
    const id = this.programs++;
    try {
      while (this.workers.length < scratches.length) this.start();
      scratches.forEach((scratch, i) => {
        this.tell(i, { kind: "program", ...program, id, scratch });
      });
    } catch {
      // The process may not have the right to start threads.
      this.lose(ofStart);
    }
    this.gone.register(holder, id);
    return new Team(this, id);
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

  private forget(id: number): void {
    if (this.isUsable) for (const i of this.workers.keys()) this.tell(i, { kind: "forget", id });
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
    giveUpThreads(words);
    // The others have nothing more to do, and would hold the memory of programs.
    for (const worker of this.workers) worker.terminate();
  }
}

/** The threads of one program: whether they take part in a run, and what they do in it. */
export class Team {
  private readonly pool: Pool;
  private readonly id: number;
  private readonly choice = new Choice();
  /** Whether they could take part in this run. */
  private isReady = false;

  constructor(pool: Pool, id: number) {
    this.pool = pool;
    this.id = id;
  }

  /** Says that a run begins. */
  begin(): void {
    this.isReady = this.pool.isReady;
    if (!this.isReady) return;
    this.choice.begin();
    if (this.choice.isShared) this.pool.wake();
  }

  /** Says that what threads take part in has ended. */
  end(): void {
    if (this.isReady) this.choice.end();
  }

  /** Whether they take part. */
  get takesPart(): boolean {
    return this.isReady && this.choice.isShared && this.pool.isUsable;
  }

  /** Has a call done by all threads; false when one was lost in it. */
  share(call: number, pieces: number, run: (piece: number) => void): boolean {
    return this.pool.share(this.id, call, pieces, run);
  }
}

let pool: Pool | undefined;

/** The pool. */
export function openPool(): Pool {
  pool ??= new Pool();
  return pool;
}
