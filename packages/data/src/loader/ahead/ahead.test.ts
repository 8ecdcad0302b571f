/** Batches that a worker makes ahead: the same to the bit, no more than were asked for, and what happens without a worker. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as threads from "node:worker_threads";
import { build } from "esbuild";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { messageOf } from "../../../../../testing/message-of.ts";
import { renderWorker, workerFile } from "../../../scripts/build-worker.ts";
import { begin } from "./orders.ts";

/** The workers that were started, what they were told, and how many results were read. */
const workers: threads.Worker[] = [];
let ordered = 0;
let received = 0;
/** What happens to an order instead of being sent. */
let onOrder: ((words: Int32Array, order: { readonly id: number }, send: (message: object) => void) => void) | null;
let words: Int32Array;

class WatchedWorker extends threads.Worker {
  constructor(...args: ConstructorParameters<typeof threads.Worker>) {
    super(...args);
    workers.push(this);
  }

  override postMessage(message: { readonly words?: Int32Array; readonly id: number }, transfer?: never): void {
    const send = (changed: object): void => super.postMessage(changed, transfer);
    if (message.words !== undefined) words = message.words;
    else ordered += 1;
    if (message.words === undefined && onOrder !== null) onOrder(words, message, send);
    else send(message);
  }
}

let builtin: MockInstance<typeof process.getBuiltinModule>;
let warn: MockInstance<typeof console.warn>;

beforeEach(() => {
  workers.length = 0;
  [ordered, received, onOrder] = [0, 0, null];
  warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const real = process.getBuiltinModule;
  const watched = {
    ...threads,
    Worker: WatchedWorker,
    receiveMessageOnPort(port: threads.MessagePort) {
      const message = threads.receiveMessageOnPort(port);
      if (message !== undefined) received += 1;
      return message;
    },
  };
  builtin = vi
    .spyOn(process, "getBuiltinModule")
    .mockImplementation(((name: string) => (name === "node:worker_threads" ? watched : real(name))) as typeof real);
});

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.terminate()));
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Modules loaded anew, in which no worker was started yet, and samples. */
async function loaded() {
  vi.resetModules();
  const { kernels, rng, tensor } = await import("@adjoint/tensor");
  const { DataLoader } = await import("../data-loader.ts");
  const transforms = await import("../transforms.ts");
  const x = rng(1).normal([23, 2, 5, 4]);
  const samples = { x, t: tensor([...Array(23).keys()], { dtype: "int32" }) };
  const all = [
    transforms.randomShift({ by: 1, fill: 3 }),
    transforms.randomFlip(),
    transforms.normalize({ mean: [0.1, 0.2], std: 2 }),
    transforms.randomCrop({ size: 4, padding: 1 }),
  ];
  return { kernels, DataLoader, samples, all };
}
type Loaded = Awaited<ReturnType<typeof loaded>>;

/** Two loaders of the same batches, one of which has them made ahead. */
function pair({ DataLoader, samples, all }: Loaded, options: object = {}) {
  const both = { batchSize: 4, transforms: all, ...options };
  return [new DataLoader(samples, both), new DataLoader(samples, { prefetch: true, ...both })] as const;
}

/** Until the worker is there, and has made something. */
async function worked(loader: Iterable<unknown>): Promise<void> {
  await vi.waitUntil(() => [...loader].length > 0 && received > 0, { timeout: 60_000 });
}

const text = (batches: Iterable<unknown>): string[] => [...batches].map((batch) => JSON.stringify(batch));

describe("batches that a worker makes ahead", () => {
  it("are the same to the bit, whatever is asked for: in order, from a state, by number, of loaders in turn", async () => {
    const modules = await loaded();
    const { kernels, DataLoader, samples, all } = modules;
    await worked(pair(modules)[1]);
    const double: typeof kernels.neg = (x) => kernels.mul(x, x);
    const cases = fc.record({
      dtype: fc.constantFrom("float32", "float64", "int32", "bool"),
      prefetch: fc.constantFrom(true, 1, 3, 64),
      batchSize: fc.integer({ min: 1, max: 23 }),
      dropLast: fc.boolean(),
      seed: fc.nat(1000),
      kinds: fc.subarray([0, 1, 2, 3], { minLength: 1 }),
      own: fc.nat(4),
      steps: fc.array(fc.constantFrom("on", "jump", "save", "other"), { minLength: 6, maxLength: 12 }),
    });
    const check = fc.asyncProperty(cases, async ({ dtype, kinds, own, steps, prefetch, ...rest }) => {
      const transforms = kinds.map((k) => all[k]);
      // Somewhere behind the first there may be a function of one's own.
      transforms.splice(1 + own, 0, ...(own < 3 ? [double] : []));
      const given = { x: kernels.cast(samples.x, dtype as "float32"), t: samples.t };
      const make = (more: object) => new DataLoader(given, { ...rest, transforms, ...more });
      let loaders = [make({}), make({ prefetch }), make({ prefetch, seed: rest.seed + 1 })] as const;
      for (const step of steps) {
        const [plain, ahead, other] = loaders;
        if (step === "save") {
          const from = JSON.parse(JSON.stringify(ahead.state));
          loaders = [make({ from }), make({ from, prefetch }), other];
        } else if (step === "jump") {
          const place = [7 % (ahead.state.batch + 2), ahead.length - 1] as const;
          expect(JSON.stringify(ahead.batchAt(...place))).toBe(JSON.stringify(plain.batchAt(...place)));
        } else if (step === "other") {
          for (const _ of other) if (other.state.batch > 2) break;
        } else {
          const [end, ...found] = [plain.state.batch + 4, ...[plain, ahead].map(() => [] as string[])];
          for (const [k, loader] of [plain, ahead].entries()) {
            for (const batch of loader) if (found[k].push(JSON.stringify(batch)) >= end) break;
          }
          expect(found[1]).toEqual(found[0]);
          expect(ahead.state).toEqual(plain.state);
        }
      }
    });
    const before = received;
    const some = async () => {
      await fc.assert(check, { numRuns: 15 });
      return received > before;
    };
    await vi.waitUntil(some, { timeout: 120_000 });
    expect(warn).not.toHaveBeenCalled();
  });

  it("are never more than were asked for, and none before batches are taken in order", async () => {
    const modules = await loaded();
    const [, first] = pair(modules);
    for (const batch of [3, 1, 0, 2]) first.batchAt(0, batch);
    expect(workers).toHaveLength(0);
    await worked(first);
    for (const prefetch of [1, 2, 5]) {
      const [, loader] = pair(modules, { prefetch });
      const start = ordered;
      let taken = 0;
      for (let epoch = 0; epoch < 3; epoch++) {
        for (const _ of loader) {
          taken += 1;
          // The first two are made by the loop, which does not know of an order before the second.
          expect(ordered - start).toBe(taken === 1 ? 0 : taken - 2 + prefetch);
        }
      }
    }
    expect(workers).toHaveLength(1);
  });

  it("are refused where the first transform is not of the package, and by number", async () => {
    const { DataLoader, samples, all } = await loaded();
    const says = (options: object) =>
      messageOf(() => new DataLoader(samples, { batchSize: 2, transforms: all, prefetch: true, ...options }));
    expect([
      says({ transforms: [(x: unknown) => x, ...all] }),
      says({ prefetch: -1 }),
      says({ prefetch: 65 }),
      says({ prefetch: "yes" }),
    ]).toMatchInlineSnapshot(`
      [
        "DataLoader: transforms[0] is a function of your own, which cannot be sent to a worker; expected a transform of this package, such as randomShift(…), as the first. Put transforms of this package before it, or leave prefetch out.",
        "DataLoader: prefetch is -1; expected an integer from 0 to 64.",
        "DataLoader: prefetch is 65; expected an integer from 0 to 64.",
        "DataLoader: prefetch is "yes"; expected an integer from 0 to 64.",
      ]
    `);
    expect(text(new DataLoader(samples, { batchSize: 2, prefetch: true }))).toHaveLength(12);
    expect(workers).toHaveLength(0);
  });
});

describe("without the worker", () => {
  it.each([
    ["there are no worker threads", () => builtin.mockReturnValue(undefined as never)],
    ["memory cannot be shared", () => vi.stubGlobal("SharedArrayBuffer", undefined)],
    [
      "none may be started",
      () =>
        builtin.mockReturnValue({
          MessageChannel,
          Worker: class {
            constructor() {
              throw new Error("Access to this API has been restricted");
            }
          },
        } as never),
    ],
  ])("batches are made by the loop where %s, which is said once", async (_, prepare) => {
    const modules = await loaded();
    prepare();
    for (let i = 0; i < 2; i++) {
      const [plain, ahead] = pair(modules);
      expect([...text(ahead), ...text(ahead)]).toEqual([...text(plain), ...text(plain)]);
    }
    expect(warn.mock.calls.flat()).toEqual([
      "adjoint: no worker can make batches ahead here, so that the loop makes them. It takes Node.js, in which threads share memory.",
    ]);
  });

  it("batches are made by the loop once it has ended", async () => {
    const modules = await loaded();
    const [plain, ahead] = pair(modules);
    await worked(ahead);
    const state = ahead.state;
    const same = pair(modules, { from: state })[0];
    await workers[0].terminate();
    expect(text(ahead)).toEqual(text(same));
    expect(warn.mock.calls.flat()).toEqual([
      "adjoint: the worker that makes batches ahead was lost; loops make them from here on.",
    ]);
    expect(plain.state.epoch).toBe(0);
  });

  it("batches are made by the loop where it has begun them and does not go on", async () => {
    const modules = await loaded();
    const [, ahead] = pair(modules);
    await worked(ahead);
    const [same, lost] = pair(modules);
    onOrder = (board, { id }) => expect(begin(board, id)).toBe(true);
    const slept = vi.spyOn(Atomics, "wait");
    expect(text(lost)).toEqual(text(same));
    expect(slept).toHaveBeenCalled();
  });

  it("a batch is made by the loop where the worker cannot make it", async () => {
    const modules = await loaded();
    const [, ahead] = pair(modules);
    await worked(ahead);
    onOrder = (_, order, send) => send({ ...order, changes: [null] });
    const before = received;
    await vi.waitUntil(
      () => {
        const [same, failing] = pair(modules);
        expect(text(failing)).toEqual(text(same));
        return received > before;
      },
      { timeout: 60_000 },
    );
    expect(warn).not.toHaveBeenCalled();
  });
});

it("a bundled program has its batches made ahead, and ends although the worker is there", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ahead-"));
  const outfile = join(folder, "loop.mjs");
  const contents = `
    import { rng } from "@adjoint/tensor";
    import { DataLoader } from "./loader/data-loader.ts";
    import { randomShift } from "./loader/transforms.ts";
    const worker_threads = process.getBuiltinModule("node:worker_threads");
    const read = worker_threads.receiveMessageOnPort;
    let received = 0;
    worker_threads.receiveMessageOnPort = (port) => { const message = read(port); received += message ? 1 : 0; return message; };
    const samples = { x: rng(0).uniform([100, 1, 8, 8]), t: rng(0).integers(0, 10, [100]) };
    const loader = new DataLoader(samples, { batchSize: 5, prefetch: true, transforms: [randomShift({ by: 1 })] });
    const end = Date.now() + 60_000;
    while (received === 0 && Date.now() < end) for (const _ of loader);
    console.log(received > 0);`;
  const resolveDir = fileURLToPath(new URL("../..", import.meta.url));
  const stdin = { contents, resolveDir, loader: "ts" } as const;
  try {
    await build({ bundle: true, conditions: ["@adjoint/source"], format: "esm", platform: "node", outfile, stdin });
    expect(execFileSync(process.execPath, [outfile], { encoding: "utf8", timeout: 120_000 })).toBe("true\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("the embedded worker is the bundled form of its source", async () => {
  expect(readFileSync(workerFile, "utf8")).toBe(await renderWorker());
});
