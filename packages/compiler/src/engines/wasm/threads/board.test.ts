/** The board, seen from the main thread. */
import { Worker } from "node:worker_threads";
import { expect, it, vi } from "vitest";
import { Board, boardWords } from "./board.ts";
import { workerSource } from "./worker.generated.ts";

/** A board, and its word by that number. */
function boardWith() {
  const words = new Int32Array(new SharedArrayBuffer(4 * boardWords));
  return { board: new Board(words, true), words };
}

it("has every part of a call done once", () => {
  const { board } = boardWith();
  const done: number[] = [];
  expect(board.share(0, 0, 16, (piece) => done.push(piece), 1000)).toBe(true);
  expect(done).toEqual(Array.from({ length: 16 }, (_, i) => i));
});

it("fails a call in which a thread has failed, although all parts are done", () => {
  const { board, words } = boardWith();
  const fail = (): void => {
    Atomics.store(words, 6, 1);
  };
  expect(board.share(0, 0, 2, fail, 1000)).toBe(false);
});

it("waits no longer than its patience for a part that nobody finishes", () => {
  const { board, words } = boardWith();
  const steal = (): void => {
    const ticket = Atomics.load(words, 0);
    Atomics.compareExchange(words, 0, ticket, ticket + 1);
  };
  const start = performance.now();
  expect(board.share(0, 0, 2, steal, 300)).toBe(false);
  expect(performance.now() - start).toBeGreaterThanOrEqual(300);
});

it("wakes workers that sleep, and leaves the ticket alone where none does", () => {
  const { board, words } = boardWith();
  board.wake();
  expect(words[0]).toBe(0);
  words[4] = 1;
  board.wake();
  const ticket = words[0];
  expect(ticket).not.toBe(0);
  // There is nothing to claim on it.
  expect(ticket & 0xfff).toBe(0);
});

it("counts the messages of each worker for itself", () => {
  const { board, words } = boardWith();
  board.announceMail(1);
  board.announceMail(1);
  board.announceMail(0);
  expect([...words.subarray(7, 10)]).toEqual([1, 2, 0]);
});

it("knows whether workers have read their messages", async () => {
  const { board, words } = boardWith();
  board.announceMail(0);
  expect([board.hasRead(0), board.hasRead(1)]).toEqual([true, false]);
  const worker = new Worker(workerSource, { eval: true });
  try {
    worker.postMessage({ kind: "board", words, worker: 0 });
    await vi.waitUntil(() => board.hasRead(1), { timeout: 60_000 });
    board.announceMail(0);
    expect(board.hasRead(1)).toBe(false);
  } finally {
    await worker.terminate();
  }
});
