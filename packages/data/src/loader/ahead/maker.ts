/** The one worker that makes batches ahead. Where it cannot be had or is lost, the main thread makes everything. */
import { maySleep, startWorker, type TextWorker } from "@adjoint/tensor/internal";
import type { Block } from "../changes.ts";
import { isReady, type Made, mostOrders, type Order, open, orderWords, takeBack, waitFor } from "./orders.ts";
import { workerSource } from "./worker.generated.ts";

/** Node's ports: the one that results come by is read at any time, without its events. */
interface Ports {
  readonly MessageChannel: new () => { readonly port1: object; readonly port2: object };
  receiveMessageOnPort(port: object): { readonly message: Made } | undefined;
}

interface Platform {
  readonly process?: { getBuiltinModule?(name: "node:worker_threads"): Ports | undefined };
  readonly SharedArrayBuffer?: unknown;
}

const ofPlatform =
  "adjoint: no worker can make batches ahead here, so that the loop makes them. It takes Node.js, in which threads share memory.";

const ofLoss = "adjoint: the worker that makes batches ahead was lost; loops make them from here on.";

/** An order that was given: what became of it is put into it. */
export interface Given {
  readonly id: number;
  block: Block | null;
}

class Maker {
  private readonly words = new Int32Array(new SharedArrayBuffer(4 * orderWords));
  private readonly results: object;
  private readonly ports: Ports;
  private readonly worker: TextWorker;
  /** Orders that are open, by number. A loader that is gone needs none of them. */
  private readonly given = new Map<number, WeakRef<Given>>();
  private count = 0;
  private isLost = false;

  /** @throws what the platform throws where it allows no worker */
  constructor(ports: Ports) {
    this.ports = ports;
    const { port1, port2 } = new ports.MessageChannel();
    this.results = port1;
    this.worker = startWorker(workerSource, () => this.lose());
    this.worker.postMessage({ words: this.words, port: port2 }, [port2]);
  }

  /** Whether it takes orders: it is there, and was not lost. */
  get isReady(): boolean {
    return !this.isLost && isReady(this.words);
  }

  /** Gives an order. The memory of its block is gone afterwards. */
  order(order: Omit<Order, "id">): Given {
    const given: Given = { id: this.count, block: null };
    this.count = (this.count + 1) % mostOrders;
    this.given.set(given.id, new WeakRef(given));
    open(this.words, given.id);
    this.worker.postMessage({ id: given.id, ...order }, [order.block.data.buffer]);
    return given;
  }

  /** What the worker made of an order; null where it has not begun it, or takes longer than so many milliseconds. */
  collect(given: Given, milliseconds: number): Block | null {
    if (takeBack(this.words, given.id)) {
      this.given.delete(given.id);
      return null;
    }
    if (!waitFor(this.words, given.id, milliseconds)) return null;
    let received = this.ports.receiveMessageOnPort(this.results);
    for (; received !== undefined; received = this.ports.receiveMessageOnPort(this.results)) {
      const { id, block } = received.message;
      const owner = this.given.get(id)?.deref();
      if (owner !== undefined) owner.block = block;
      this.given.delete(id);
    }
    return given.block;
  }

  private lose(): void {
    if (this.isLost) return;
    this.isLost = true;
    console.warn(ofLoss);
    this.worker.terminate();
  }
}

/** The worker; null where there is none, undefined before it is started. */
let maker: Maker | null | undefined;

/** The worker, which is started with the first call; null where there is none, which is said once. */
export function openMaker(): Maker | null {
  if (maker !== undefined) return maker;
  const { process, SharedArrayBuffer: shared } = globalThis as unknown as Platform;
  const ports = process?.getBuiltinModule?.("node:worker_threads");
  try {
    maker = ports !== undefined && shared !== undefined && maySleep() ? new Maker(ports) : null;
  } catch {
    // The process may not have the right to start threads.
    maker = null;
  }
  if (maker === null) console.warn(ofPlatform);
  return maker;
}
