/** Whatever public functions are called with, they return, or refuse it by an error of the library that names them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as adjoint from "./index.ts";
import {
  type Callable,
  call,
  callables,
  expectReturnOrRefusal,
  givable,
  matrix,
  network,
} from "./testing/callables.ts";

describe("called without await", () => {
  const promise = Promise.resolve(1);
  const places = [[promise], [[promise]], [network, promise], [matrix(), promise], [network, { train: promise }]];
  // What takes numbers there, for which nobody waits.
  const numbers = new Set(["weightStd", "AdaptiveAveragePooling", "Dropout", "LayerNormalization", "randomSamples"]);

  it.each(callables.filter(([name]) => !numbers.has(name)))("%s says to await the Promise it names", async (_, fn) => {
    for (const args of places) {
      try {
        await call(fn, args);
      } catch (error) {
        if (String(error).includes("Promise")) expect(String(error)).toMatch(/await/);
      }
    }
  });

  it("names models, data and specs that are still to come", async () => {
    const { build, checkModule, encodeModel, graphFromJSON, loadWeights, saveModel, summary, Trainer } =
      adjoint as unknown as Readonly<Record<string, Callable & (new (...args: unknown[]) => unknown)>>;
    const { train } = adjoint.loadDigits();
    const calls: readonly (() => unknown)[] = [
      () => build(promise),
      () => checkModule(promise),
      () => encodeModel(promise),
      () => graphFromJSON(promise),
      () => loadWeights(network, promise),
      () => loadWeights(promise, {}),
      () => saveModel(promise, "model.safetensors"),
      () => summary(promise),
      () => new Trainer(promise, { train, test: train }),
      () => new Trainer(network, promise),
      () => new Trainer(network, { train, test: promise }),
      () => new Trainer(network, { train: { ...train, x: promise }, test: train }),
      () => network.predict(promise as never),
      () => network.accuracy(train.x, promise as never),
    ];
    for (const call of calls) await expect((async () => call())()).rejects.toThrow(/a Promise.*await/);
  });
});

it.each(callables)("%s returns, or refuses what it is called with under its own name", async (name, callable) => {
  const lists = fc.array(fc.constantFrom(...Object.keys(givable)), { maxLength: 4 });
  const end = performance.now() + 200;
  await fc.assert(
    fc.asyncProperty(lists, async (list) => {
      // Some compute much: fewer lists are enough. A limit of fast-check's own would fail if the first run reached it.
      if (performance.now() < end) await expectReturnOrRefusal(name, callable, list);
    }),
    { numRuns: 50 },
  );
});
