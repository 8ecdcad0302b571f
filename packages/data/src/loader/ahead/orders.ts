/** Orders of batches: words of shared memory say who makes each, so that nobody waits for a worker that is busy. */
import { unitsAt } from "@adjoint/tensor/internal";
import { type Block, type Change, changed } from "../changes.ts";

/** Samples to be changed. */
export interface Order {
  readonly id: number;
  readonly block: Block;
  readonly changes: readonly Change[];
  /** The keys of the random numbers of each change. */
  readonly keys: readonly number[];
  /** The place of the first sample in its epoch. */
  readonly start: number;
}

/** What the worker made of an order; null where it could not. */
export interface Made {
  readonly id: number;
  readonly block: Block | null;
}

/** What the worker is sent first. */
export interface Beginning {
  readonly words: Int32Array;
  /** Where it sends what it made. */
  readonly port: object;
}

/** The word that is 1 once the worker is there, and the others: an order has that of its number modulo their count. */
const IS_READY = 0;
const slots = 1023;

/** How many words there are. */
export const orderWords = 1 + slots;

/** Numbers of orders are below this, and begin again. */
export const mostOrders = 2 ** 28;

/** What becomes of an order. */
const [OPEN, BEGUN, DONE, TAKEN] = [0, 1, 2, 3];

const slotOf = (id: number): number => 1 + (id % slots);
const wordOf = (id: number, state: number): number => 4 * id + state;

/** Moves an order from one state to another; false where it is in neither, also since a later one has its word. */
function move(words: Int32Array, id: number, from: number, to: number): boolean {
  const expected = wordOf(id, from);
  return Atomics.compareExchange(words, slotOf(id), expected, wordOf(id, to)) === expected;
}

/** The worker says that it is there. */
export const setReady = (words: Int32Array): void => void Atomics.store(words, IS_READY, 1);

/** Whether the worker is there. */
export const isReady = (words: Int32Array): boolean => Atomics.load(words, IS_READY) === 1;

/** Puts an order up. */
export const open = (words: Int32Array, id: number): void => void Atomics.store(words, slotOf(id), wordOf(id, OPEN));

/** The main thread takes an order back; false where the worker has begun it. */
export const takeBack = (words: Int32Array, id: number): boolean => move(words, id, OPEN, TAKEN);

/** The worker claims an order; false where the main thread took it back. */
export const begin = (words: Int32Array, id: number): boolean => move(words, id, OPEN, BEGUN);

/** The worker has made an order, and sent it. */
export function finish(words: Int32Array, id: number): void {
  if (move(words, id, BEGUN, DONE)) Atomics.notify(words, slotOf(id));
}

/** Waits up to so many milliseconds until the worker has made an order that it has begun; whether it has. */
export function waitFor(words: Int32Array, id: number, milliseconds: number): boolean {
  const end = performance.now() + milliseconds;
  for (let left = milliseconds; Atomics.load(words, slotOf(id)) === wordOf(id, BEGUN); left = end - performance.now()) {
    if (left <= 0) return false;
    Atomics.wait(words, slotOf(id), wordOf(id, BEGUN), left);
  }
  return true;
}

/** The samples of an order, changed by one after the other. */
export function madeOf({ block, changes, keys, start }: Omit<Order, "id">): Block {
  const draws = (key: number) => (perSample: number) => unitsAt(key, start * perSample, block.shape[0] * perSample);
  return changes.reduce((x, change, k) => changed(change, x, draws(keys[k])), block);
}
