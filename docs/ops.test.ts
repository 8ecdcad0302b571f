/** The reference of the ops is made from them, and leaves none out. */
import { type OpDefinition, primitives, Variable } from "adjoint";
import { describe, expect, it } from "vitest";
import {
  filesLeftOut,
  readFamilies,
  renderedWords,
  renderReference,
} from "../packages/autograd/scripts/op-reference.ts";
import { builtInWords } from "../packages/autograd/src/ops/words.generated.ts";
import { readPage } from "./snippets.ts";

const families = readFamilies();

it("is what the definitions and docstrings say now", () => {
  expect(readPage("docs/ops.md")).toBe(renderReference());
  expect(readPage("packages/autograd/src/ops/words.generated.ts")).toBe(renderedWords());
});

it("has every file, every primitive and every op that is a method", () => {
  expect(filesLeftOut()).toEqual([]);
  const rows = families.flatMap((family) => family.primitives.map(([name]) => name));
  expect([...rows].sort()).toEqual(Object.keys(primitives).sort());
  const functions = families.flatMap((family) => family.functions.map(({ name }) => name));
  const methods = Object.getOwnPropertyNames(Variable.prototype);
  const ops = new Set(functions);
  // What else a Variable has: state and the graph, not ops.
  const own = [
    "constructor",
    "value",
    "grad",
    "hasGrad",
    "isAt",
    "moveTo",
    "moveGradientTo",
    "shape",
    "dtype",
    "ndim",
    "size",
    "name",
    "creator",
    "isLeaf",
    "isReadable",
    "node",
    "item",
  ];
  const others = [
    ...own,
    "toArray",
    "toString",
    "toJSON",
    "zeroGrad",
    "retainGrad",
    "onGrad",
    "assign",
    "backward",
    "var",
  ];
  expect(methods.filter((name) => !ops.has(name) && !others.includes(name))).toEqual([]);
});

describe.each(Object.entries(primitives) as [string, OpDefinition<never>][])("%s", (name, definition) => {
  it("says what it computes, what its rule does, and between which shapes", () => {
    const { math, words, reference } = builtInWords[name];
    for (const text of [math?.forward, math?.backward, words, reference?.shapes]) expect(text).toMatch(/\S/);
    expect(words).toMatch(/^[A-Zx].*\.$/);
  });

  it("names an adjoint that is an op, if it has one", () => {
    const { linear } = definition;
    const { reference } = builtInWords[name];
    if (reference?.adjoint === undefined) return;
    expect(linear).toBeDefined();
    expect(Object.keys(primitives)).toContain(reference.adjoint);
  });
});

it("writes every call with the names of its arguments and options", () => {
  const calls = Object.fromEntries(families.flatMap((f) => f.functions.map(({ name, call }) => [name, call])));
  expect([calls.sum, calls.im2col, calls.where, calls.norm, calls.diagonal, calls.randomNormal]).toEqual([
    "sum(x, { axis, keepDims })",
    "im2col(x, filterH, filterW, { stride, pad, dilation })",
    "where(condition, a, b)",
    "norm(x, { axis, keepDims, p })",
    "diagonal(x, { offset, axes })",
    "randomNormal(rng, shape, { dtype })",
  ]);
});
