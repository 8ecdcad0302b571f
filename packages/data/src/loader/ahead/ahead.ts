/** The batches of one loader that a worker makes ahead: those that follow the one that was taken last. */
import type { Block } from "../changes.ts";
import { type Given, openMaker } from "./maker.ts";
import type { Order } from "./orders.ts";

export interface BatchNumber {
  readonly epoch: number;
  readonly batch: number;
}

export interface BatchParts {
  /** The batch that comes next. */
  after(at: BatchNumber): BatchNumber;
  rowsAt(at: BatchNumber): Int32Array;
  /** What is to be made of them. */
  orderOf(at: BatchNumber, rows: Int32Array): Omit<Order, "id">;
}

interface Kept extends BatchNumber {
  readonly rows: Int32Array;
  readonly given: Given;
}

const isSame = (a: BatchNumber, b: BatchNumber): boolean => a.epoch === b.epoch && a.batch === b.batch;

/** Up to so many batches that are made ahead, once batches are taken in order. */
export class Ahead {
  private readonly most: number;
  private readonly parts: BatchParts;
  private queue: Kept[] = [];
  /** The batch that comes next where batches are taken in order. */
  private next: BatchNumber | null = null;
  /** Milliseconds that the fastest batch took that was made here; 0 before there is one. */
  private fastest = 0;

  constructor(most: number, parts: BatchParts) {
    this.most = most;
    this.parts = parts;
  }

  /** The rows of a batch, and its samples as the worker made them; null where it did not. Puts up those that follow. */
  take(at: BatchNumber): { readonly rows: Int32Array; readonly block: Block | null } {
    const { parts, next } = this;
    this.next = parts.after(at);
    const isInOrder = next !== null && isSame(next, at);
    const maker = isInOrder ? openMaker() : null;
    if (maker?.isReady !== true) {
      this.queue = [];
      return { rows: parts.rowsAt(at), block: null };
    }
    const kept = this.queue.shift();
    const block = kept === undefined ? null : maker.collect(kept.given, this.fastest);
    for (let last = this.queue.at(-1) ?? at; this.queue.length < this.most; last = this.queue.at(-1) as Kept) {
      const { epoch, batch } = parts.after(last);
      const rows = parts.rowsAt({ epoch, batch });
      this.queue.push({ epoch, batch, rows, given: maker.order(parts.orderOf({ epoch, batch }, rows)) });
    }
    return { rows: kept?.rows ?? parts.rowsAt(at), block };
  }

  /**
   * Makes samples here, and notes how long it takes. One that the worker has begun is not waited for any longer: the worker may
   * have lost its core to others, for longer than many batches take.
   */
  make<Samples>(make: () => Samples): Samples {
    const start = performance.now();
    const samples = make();
    const took = performance.now() - start;
    this.fastest = this.fastest === 0 ? took : Math.min(this.fastest, took);
    return samples;
  }
}
