/** All public functions, and what they are called with to see how they refuse it. */
import { expect } from "vitest";
import * as adjoint from "../index.ts";

/** A function or a class. */
export type Callable = (...args: unknown[]) => unknown;

/** What is not called: zod, what downloads, and what writes files. */
const leftOut = /^(z|loadMnist|(save|write)[A-Z].*)$/;

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

/** A model. */
export const network = adjoint.build(
  adjoint.model({ input: [2], layers: [adjoint.layers.affine({ units: 2 })], loss: "softmaxWithLoss" }),
);
/** A Variable of two axes. */
export const matrix = (): adjoint.Variable =>
  adjoint.variable([
    [1, 2],
    [3, 4],
  ]);

/** What no function wants in most places; and some things that many want, so that what comes after them is looked at. */
export const givable: Readonly<Record<string, () => unknown>> = {
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

/** All public functions and classes, by their names. */
export const callables = Object.entries({ ...adjoint }).filter(
  ([name, value]) => typeof value === "function" && !leftOut.test(name),
) as unknown as [string, Callable][];

/** Calls a function, or makes an instance of a class. */
export function call(callable: Callable, args: readonly unknown[]): unknown {
  const isClass = /^class\b/.test(Function.prototype.toString.call(callable));
  return isClass ? Reflect.construct(callable, args) : callable(...args);
}

/** Calls it with things of {@link givable}: it returns, or refuses them by an error of the library under its own name. */
export async function expectReturnOrRefusal(name: string, callable: Callable, list: readonly string[]): Promise<void> {
  const args = list.map((key) => givable[key]());
  try {
    await call(callable, args);
  } catch (error) {
    if (!(error instanceof adjoint.AdjointError)) throw error;
    // Beside a name there may be a place in a text: model:1:1.
    const known = [name, ...(otherNames[name] ?? [])];
    if (!namedByCaller.has(name)) expect(known).toContain(error.op.replace(/:\d.*/, ""));
  }
}
