/** Indexing against NumPy's x[…], and what it refuses. */
import { readFileSync } from "node:fs";
import { AdjointError, IndexError, kernels, type Shape, ShapeError, SpecError, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import "../../methods.ts";
import { constant, variable } from "../../core/leaf.ts";
import { scope } from "../../transforms/record.ts";
import { reshape } from "../reshape-transpose.ts";
import { type IndexEntry, index, nonzero } from "./indexing.ts";

interface Case {
  readonly shape: Shape;
  readonly indices: readonly IndexEntry[];
  readonly result: { readonly shape: Shape; readonly data: readonly number[] };
}

const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL("../../fixtures/numpy-indexing.json", import.meta.url), "utf8"),
);

const counted = (shape: Shape) => reshape(constant(Float64Array.from({ length: size(shape) }, (_, i) => i)), shape);
const size = (shape: Shape): number => shape.reduce((n, m) => n * m, 1);

describe("index", () => {
  it("takes what NumPy 2.4 takes, for 160 indices of every kind", () => {
    expect(cases).toHaveLength(160);
    for (const { shape, indices, result } of cases) {
      const y = index(counted(shape), indices);
      const text = `${JSON.stringify(shape)}[${JSON.stringify(indices)}]`;
      expect(y.shape, text).toEqual(result.shape);
      expect(Array.from(kernels.copy(y.value).data), text).toEqual(result.data);
    }
  });

  it("adds up the gradients of an element that was taken several times", () => {
    const x = variable([1, 2, 3]);
    index(x, [[0, 0, 2, -1]])
      .sum()
      .backward();
    expect(x.grad?.toArray()).toEqual([2, 0, 2]);
  });

  it("takes a mask alone, tensors and Variables of integers or truth values, as function and method", () => {
    const x = variable([
      [1, -2],
      [-3, 4],
    ]);
    expect(index(x, x.gt(0)).toArray()).toEqual([1, 4]);
    expect(x.index([tensor([1, 0], { dtype: "int32" }), 0]).toArray()).toEqual([-3, 1]);
    expect(x.index([constant(1, { dtype: "int32" })]).toArray()).toEqual([-3, 4]);
    expect(x.index([[]]).shape).toEqual([0, 2]);
    expect(x.index([Int32Array.of(1, 1)]).toArray()).toEqual([
      [-3, 4],
      [-3, 4],
    ]);
    // As in NumPy, a list with a number in it is no mask.
    expect(x.index([[true, 0]] as never).toArray()).toEqual([
      [-3, 4],
      [1, -2],
    ]);
  });

  it("says which index is outside of which axis, and where", () => {
    const x = variable([[1, 2, 3]], { name: "scores" });
    const message = (indices: readonly IndexEntry[]): string => {
      try {
        scope("head", () => index(x, indices));
      } catch (error) {
        expect([IndexError, ShapeError, SpecError]).toContain((error as Error).constructor);
        return (error as Error).message;
      }
      throw new Error("nothing was thrown");
    };
    expect([
      message([0, 3]),
      message([0, 0, 0]),
      message([[1, 0]]),
      message([[true, false]]),
      message([0.5]),
      message([[0.5]]),
      message(["...", "..."]),
      message([
        [0, 0],
        [1, 1, 1],
      ]),
      message([undefined as unknown as IndexEntry]),
      message([{ strat: 1 } as IndexEntry]),
      message([{ step: 0 }]),
      message([new Date(0) as never]),
      message([[Number.NaN]]),
    ]).toMatchInlineSnapshot(`
      [
        "index: index 3 is outside of axis 1 of shape [1, 3]. In layer "head", Variable "scores". Use integers from -3 to 2.",
        "index: 3 axes are indexed, x has shape [1, 3]. In layer "head", Variable "scores". Give one entry for each axis at most.",
        "index: index 1 is outside of an axis of length 1 of x [1, 3]. In layer "head", Variable "scores". Use integers from -1 to 0.",
        "index: a mask of shape [2] does not fit axes [1] of x [1, 3]. In layer "head", Variable "scores". A mask has the lengths of the axes that it covers.",
        "index: index 0.5 is outside of axis 0 of shape [1, 3]. In layer "head", Variable "scores". Use integers from -1 to 0.",
        "index: indices [0.5] are no integers. In layer "head", Variable "scores". Indices are integers or truth values: make them with tensor([…], { dtype: "int32" }).",
        "index: there are two "...". In layer "head", Variable "scores". One "..." stands for all axes that are left.",
        "index: shapes [2] and [3] cannot be broadcast together (axis -1: 2 ≠ 3); expected lengths that are equal or 1, aligned from the last axis. In layer "head", Variable "scores". Use reshape or unsqueeze on one of them.",
        "index: entry 0 is undefined; expected an integer, { start, stop, step }, null, "...", indices or a mask. In layer "head", Variable "scores".",
        "index: unknown option "strat". In layer "head". Did you mean "start"?",
        "index: entry 0 is { step: 0 }; expected an integer, { start, stop, step }, null, "...", indices or a mask. In layer "head", Variable "scores".",
        "index: entry 0 is a Date; expected an integer, { start, stop, step }, null, "...", indices or a mask. In layer "head", Variable "scores".",
        "index: indices [NaN] are no integers. In layer "head", Variable "scores". Indices are integers or truth values: make them with tensor([…], { dtype: "int32" }).",
      ]
    `);
  });
});

it("refuses indices that contain themselves", () => {
  const [endless, wide]: unknown[][] = [[], []];
  endless.push(endless);
  wide.push(wide, wide);
  for (const indices of [endless, [endless], wide, [[0, wide]]]) {
    expect(() => index(variable([1, 2]), indices as never)).toThrow(AdjointError);
  }
});

it("lists the places that are not zero", () => {
  expect(
    nonzero(
      tensor([
        [0, 2],
        [3, 0],
      ]),
    ).toArray(),
  ).toEqual([
    [0, 1],
    [1, 0],
  ]);
});
