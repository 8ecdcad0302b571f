/** Whatever public functions are called with, they return, or refuse it by an error of the library that names them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as adjoint from "./index.ts";

type Callable = (...args: unknown[]) => unknown;

/** What is not called, and why. */
const leftOut: Readonly<Record<string, string>> = {
  z: "zod's own",
  loadMnist: "downloads",
  saveHtml: "writes files",
  saveModel: "writes files",
  writeIdx: "writes files",
  writeSafetensors: "writes files",
};

/** Names in errors beside that of the function, and why. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  // The class that all errors extend looks at what they are made of.
  ...Object.fromEntries(
    Object.keys(adjoint).flatMap((name) => (name.endsWith("Error") ? [[name, ["AdjointError"]]] : [])),
  ),
  // Its other name.
  variance: ["var"],
  // A place in the text, as of a file.
  parseModelText: ["model"],
  // What is wrong is the gradient.
  assertGradcheck: ["gradcheck"],
  // The constructor for kernels multiplies lengths without looking at them; one was a Variable.
  Tensor: ["Variable"],
};

/** Functions that are given the name for their errors. */
const namedByCaller = new Set(["asVariable"]);

const network = adjoint.build(
  adjoint.model({ input: [2], layers: [adjoint.layers.affine({ units: 2 })], loss: "softmaxWithLoss" }),
);
const matrix = (): adjoint.Variable =>
  adjoint.variable([
    [1, 2],
    [3, 4],
  ]);

/** What no function wants in most places; and some things that many want, so that what comes after them is looked at. */
const givable: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  NaN: () => Number.NaN,
  "-1": () => -1,
  0: () => 0,
  0.5: () => 0.5,
  1: () => 1,
  2: () => 2,
  "1e12": () => 1e12,
  "3n": () => 3n,
  '""': () => "",
  '"relu"': () => "relu",
  "a control character": () => "\u001b[31m",
  true: () => true,
  "a symbol": () => Symbol("s"),
  "{}": () => ({}),
  "an object without a prototype": () => Object.create(null),
  "{ axis: null }": () => ({ axis: null }),
  "{ dtype: 3 }": () => ({ dtype: 3 }),
  "{ name: a symbol }": () => ({ name: Symbol("s") }),
  "{ unknown: 1 }": () => ({ unknown: 1 }),
  "{ nodes: null }": () => ({ shape: [2], nodes: null }),
  "[]": () => [],
  "[null]": () => [null],
  "[1, 2]": () => [1, 2],
  "[1e12, 1e12]": () => [1e12, 1e12],
  "[x, undefined]": () => [matrix(), undefined],
  "[x, x]": () => [matrix(), matrix()],
  "a Map": () => new Map([["w", 1]]),
  "no date": () => new Date(Number.NaN),
  "() => undefined": () => () => undefined,
  "(y) => y": () => (y: unknown) => y,
  "(y) => y.sum()": () => (y: unknown) => (y instanceof adjoint.Variable ? y.sum() : y),
  "a matrix": matrix,
  "a number in a Variable": () => matrix().sum(),
  "a Tensor of labels": () => adjoint.tensor([1, 0], { dtype: "int32" }),
  "a Graph": () => adjoint.graphOf(matrix().sum()),
  "a generator": () => adjoint.rng(1),
  "a model": () => network,
  bytes: () => Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7),
};

const callables = Object.entries({ ...adjoint }).filter(
  ([name, value]) => typeof value === "function" && !(name in leftOut),
) as unknown as [string, Callable][];

const isClass = (value: Callable): boolean => /^class\b/.test(Function.prototype.toString.call(value));

describe("called without await", () => {
  const promise = Promise.resolve(1);
  const places = [[promise], [[promise]], [network, promise], [matrix(), promise], [network, { train: promise }]];
  // What takes numbers there, for which nobody waits.
  const numbers = new Set(["weightStd", "AdaptiveAveragePooling", "Dropout", "LayerNormalization", "randomSamples"]);

  it.each(callables.filter(([name]) => !numbers.has(name)))("%s says to await the Promise it names", async (_, fn) => {
    for (const args of places) {
      try {
        await (isClass(fn) ? Reflect.construct(fn, args) : fn(...args));
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

describe("called with anything", () => {
  it.each(callables)("%s returns, or refuses it under its own name", async (name, callable) => {
    const known = [name, ...(otherNames[name] ?? [])];
    const lists = fc.array(fc.constantFrom(...Object.keys(givable)), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(lists, async (list) => {
        const args = list.map((key) => givable[key]());
        try {
          await (isClass(callable) ? Reflect.construct(callable, args) : callable(...args));
        } catch (error) {
          if (!(error instanceof adjoint.AdjointError)) throw error;
          // Beside a name there may be a place in a text: model:1:1.
          if (!namedByCaller.has(name)) expect(known).toContain(error.op.replace(/:\d.*/, ""));
        }
      }),
      { numRuns: 50, interruptAfterTimeLimit: 200 },
    );
  });
});
