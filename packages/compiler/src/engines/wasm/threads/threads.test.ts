/** Threads: the same numbers for any number of them, and what happens when they are refused, or lost. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Variable } from "@adjoint/autograd";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { collectGarbage } from "../../../../../../testing/collect-garbage.ts";

/** The workers that were started, what they were told, and the words that they share. */
const workers: Worker[] = [];
const told: (string | undefined)[] = [];
let words: Int32Array | undefined;

class WatchedWorker extends Worker {
  constructor(...args: ConstructorParameters<typeof Worker>) {
    super(...args);
    workers.push(this);
  }

  override postMessage(message: { readonly words?: Int32Array; readonly kind?: string }): void {
    words ??= message.words;
    told.push(message.kind);
    super.postMessage(message);
  }
}

/** A training step of a small convolution network with pooling and dropout, compiled for so many threads, by modules loaded anew. */
async function network(threads: "auto" | number) {
  vi.resetModules();
  const { rng } = await import("@adjoint/tensor");
  const autograd = await import("@adjoint/autograd");
  const { compile } = await import("../../../compile.ts");
  const {
    add,
    constant,
    im2col,
    matmul,
    max,
    mean,
    mul,
    randomBernoulli,
    relu,
    repeat,
    reshape,
    sub,
    transpose,
    variable,
  } = autograd;
  const random = rng(3);
  const w = variable(rng(2).normal([8, 3, 3, 3]));
  const b = variable(rng(5).normal([8]));
  const v = variable(rng(4).normal([8 * 7 * 7, 100]));
  const params = [w, b, v];
  const images = constant(rng(1).uniform([40, 3, 16, 16]));
  const step = compile(
    (x: Variable): Variable => {
      const rows = matmul(im2col(x, 3, 3), transpose(reshape(w, [8, -1])));
      const biased = reshape(add(rows, repeat(b, rows.shape)), [40, 14, 14, 8]);
      const map = relu(transpose(biased, [0, 3, 1, 2]));
      const y = max(reshape(im2col(map, 2, 2, { stride: 2 }), [-1, 4]), { axis: 1 });
      const kept = randomBernoulli(random, [40, 8 * 7 * 7], 0.7);
      const z = matmul(mul(reshape(y, [40, -1]), kept), v);
      const loss = mean(mul(z, z));
      loss.backward();
      for (const p of params) {
        p.assign(sub(p, mul(p.grad as Variable, 1e-7)));
        p.grad = null;
      }
      return loss;
    },
    { engine: "wasm", threads },
  );
  const run = (count: number): number[] => Array.from({ length: count }, () => step(images).item());
  return { run, numbers: () => params.map((p) => p.toArray()), step };
}

/** Until the workers have loaded what they were sent: they are started and told by then, and sleep. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300));

/** For what comes soon, on a busy machine too. */
const patience = { timeout: 60_000 } as const;

let warn: MockInstance<typeof console.warn>;

beforeEach(() => {
  workers.length = 0;
  told.length = 0;
  words = undefined;
  warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const real = process.getBuiltinModule;
  vi.spyOn(process, "getBuiltinModule").mockImplementation(((name: string) =>
    name === "node:worker_threads" ? { Worker: WatchedWorker } : real(name)) as typeof real);
});

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.terminate()));
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("threads", () => {
  it("give the same numbers, however many they are", async () => {
    const results = [];
    for (const threads of [1, 2, 3]) {
      const { run, numbers } = await network(threads);
      const losses = run(2);
      await settled();
      results.push({ losses: [...losses, ...run(40)], numbers: numbers() });
      expect(workers.length).toBe([0, 1, 3][threads - 1]);
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it.each([2, 3])("do parts of the work of %i", async (threads) => {
    const { run } = await network(threads);
    run(2);
    await settled();
    const stored = vi.spyOn(Atomics, "store");
    const added = vi.spyOn(Atomics, "add");
    // Parts that were put up, and those that this thread has done: the others were the worker's.
    const all = (): number =>
      stored.mock.calls.reduce((sum, [, word, x]) => sum + (word === 0 ? (Number(x) >> 6) & 63 : 0), 0);
    const own = (): number => added.mock.calls.filter(([, word]) => word === 3).length;
    await vi.waitUntil(() => run(1).length > 0 && own() > 0 && own() < all(), { ...patience, interval: 0 });
  });

  it("keep a program as long as somebody may run it", async () => {
    const isForgotten = (): boolean => {
      collectGarbage();
      return told.includes("forget");
    };
    const held: Awaited<ReturnType<typeof network>>[] = [await network(2)];
    const run = (): void => {
      held[0].run(2);
    };
    run();
    await settled();
    collectGarbage();
    await settled();
    expect(isForgotten()).toBe(false);
    run();
    held.length = 0;
    await vi.waitUntil(isForgotten, patience);
  });

  it("start with the second run, and not for programs that have nothing to share", async () => {
    const { run } = await network(2);
    run(1);
    expect(workers.length).toBe(0);
    run(1);
    expect(workers.length).toBe(1);
    const { constant } = await import("@adjoint/autograd");
    const { compile } = await import("../../../compile.ts");
    const small = compile((x: Variable) => x.mul(2).add(1), { engine: "wasm", threads: 4 });
    for (let i = 0; i < 3; i++) small(constant([1, 2, 3]));
    expect(workers.length).toBe(1);
  });

  it("are refused by number", async () => {
    const { compile } = await import("../../../compile.ts");
    expect(() => compile((x: Variable) => x, { threads: 0 })).toThrow("threads");
    expect(() => compile((x: Variable) => x, { threads: 1.5 })).toThrow("threads");
  });
});

describe("without threads", () => {
  it("programs run on one where memory cannot be shared, which is said once", async () => {
    const alone = await network(1);
    const expected = alone.run(10);
    vi.stubGlobal("SharedArrayBuffer", undefined);
    const { run } = await network(2);
    expect(run(10)).toEqual(expected);
    expect(workers.length).toBe(0);
    expect(warn.mock.calls.flat().filter((text) => String(text).includes("Cross-Origin-Opener-Policy"))).toHaveLength(
      1,
    );
    const automatic = await network("auto");
    expect(automatic.run(10)).toEqual(expected);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it("programs run on one where none can be started, which is said once", async () => {
    const alone = await network(1);
    const expected = alone.run(10);
    vi.mocked(process.getBuiltinModule).mockImplementation(((name: string) => {
      if (name === "node:os") return { availableParallelism: () => 2 };
      return {
        Worker: class {
          constructor() {
            throw new Error("Access to this API has been restricted");
          }
        },
      };
    }) as typeof process.getBuiltinModule);
    const { run, numbers } = await network(2);
    expect(run(10)).toEqual(expected);
    expect(numbers()).toEqual(alone.numbers());
    expect(warn.mock.calls.flat()).toEqual([
      "adjoint: worker threads cannot be started here, so compiled functions run on one thread.",
    ]);
  });

  it("programs go on when a worker ends between runs", async () => {
    const alone = await network(1);
    const expected = alone.run(40);
    const { run, numbers } = await network(2);
    const losses = run(2);
    await settled();
    losses.push(...run(10));
    const end = workers[0].terminate();
    losses.push(...run(10));
    await end;
    losses.push(...run(18));
    expect(losses).toEqual(expected);
    expect(numbers()).toEqual(alone.numbers());
    expect(warn.mock.calls.flat()).toEqual([
      "adjoint: a worker thread was lost; compiled functions run on one thread from here on.",
    ]);
  });

  it("programs go on when a worker ends in the middle of a part", async () => {
    const { run, numbers, step } = await network(2);
    const losses = run(2);
    await settled();
    // One that claims the next part that is put up, and is gone.
    const hasClaimed = new Int32Array(new SharedArrayBuffer(4));
    const thief = new Worker(
      `const { words, hasClaimed } = require("node:worker_threads").workerData;
       for (;;) {
         const ticket = Atomics.load(words, 0);
         if ((ticket & 63) >= ((ticket >> 6) & 63)) continue;
         if (Atomics.compareExchange(words, 0, ticket, ticket + 1) === ticket) break;
       }
       Atomics.store(hasClaimed, 0, 1);`,
      { eval: true, workerData: { words, hasClaimed } },
    );
    workers.push(thief);
    await new Promise((resolve) => thief.once("online", resolve));
    const gone = new Promise((resolve) => thief.once("exit", resolve));
    while (Atomics.load(hasClaimed, 0) === 0) losses.push(...run(1));
    losses.push(...run(5));
    await gone;
    expect(warn).toHaveBeenCalledTimes(1);
    const found = numbers();
    // None is left that would hold memory.
    await vi.waitUntil(() => workers.every(({ threadId }) => threadId === -1), patience);
    // What is measured is the program that runs now.
    const { ones } = await import("@adjoint/tensor");
    const { constant } = await import("@adjoint/autograd");
    expect(step.profile(constant(ones([40, 3, 16, 16])))).toContain("convolution");
    const alone = await network(1);
    expect(losses).toEqual(alone.run(losses.length));
    expect(found).toEqual(alone.numbers());
  });

  it("a process ends although workers are there", async () => {
    const folder = mkdtempSync(join(tmpdir(), "threads-"));
    const outfile = join(folder, "steps.mjs");
    const contents = `
      import { constant, matmul } from "@adjoint/autograd";
      import { ones } from "@adjoint/tensor";
      import { compile } from "./compile.ts";
      const x = constant(ones([300, 300]));
      const f = compile((x) => matmul(x, x), { engine: "wasm", threads: 2 });
      for (let i = 0; i < 3; i++) f(x);
      console.log("done");`;
    const resolveDir = fileURLToPath(new URL("../../..", import.meta.url));
    const stdin = { contents, resolveDir, loader: "ts" } as const;
    try {
      await build({ bundle: true, conditions: ["@adjoint/source"], format: "esm", platform: "node", outfile, stdin });
      expect(execFileSync(process.execPath, [outfile], { encoding: "utf8", timeout: 120_000 })).toBe("done\n");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
