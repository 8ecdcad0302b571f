/** The worker that makes batches ahead. scripts/build-worker.ts bundles it: bundled programs lack its file. */
import { type Beginning, begin, finish, type Made, madeOf, type Order, setReady } from "./orders.ts";

interface Port {
  on(event: "message", listener: (message: Beginning | Order) => void): void;
  postMessage(message: Made, transfer: readonly ArrayBufferLike[]): void;
}

interface Scope {
  readonly process: { getBuiltinModule(name: "node:worker_threads"): { readonly parentPort: Port } };
}

let words: Int32Array;
let results: Port;

function receive(message: Beginning | Order): void {
  if ("words" in message) {
    words = message.words;
    results = message.port as Port;
    setReady(words);
    return;
  }
  const { id } = message;
  if (!begin(words, id)) return;
  let made: Made = { id, block: null };
  try {
    made = { id, block: madeOf(message) };
  } catch {
    // The main thread makes it instead, and meets the same error.
  }
  results.postMessage(made, made.block === null ? [] : [made.block.data.buffer]);
  finish(words, id);
}

(globalThis as unknown as Scope).process.getBuiltinModule("node:worker_threads").parentPort.on("message", receive);
