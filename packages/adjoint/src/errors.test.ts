/** One error of each class as people read it: what is wrong with the values given, where in the model, and what to do. */
import { expect, it } from "vitest";
import {
  AdjointError,
  build,
  cast,
  clip,
  concat,
  DataError,
  DTypeError,
  decodeIdx,
  GraphError,
  gather,
  IndexError,
  layers,
  matmul,
  model,
  relu,
  reshape,
  ShapeError,
  SpecError,
  scope,
  sum,
  tensor,
  variable,
} from "./index.ts";

const x = variable(
  [
    [1, 2, 3],
    [4, 5, 6],
  ],
  { name: "x" },
);
const w = variable(
  [
    [1, 2],
    [3, 4],
  ],
  { name: "W1" },
);
const labels = tensor([0.5, 1], { dtype: "float64" });

/** The error that `fn` throws inside the scope "affine1". */
function thrownBy(fn: () => unknown): AdjointError {
  try {
    scope("affine1", fn);
  } catch (error) {
    if (error instanceof AdjointError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const examples: readonly (readonly [typeof AdjointError, () => unknown])[] = [
  [ShapeError, () => matmul(x, w)],
  [ShapeError, () => reshape(x, [4, 2])],
  [ShapeError, () => x.add(w)],
  [ShapeError, () => concat([x, w], { axis: 0 })],
  [DTypeError, () => cast(x.mul(Number.NaN), "int32")],
  [DTypeError, () => gather(x, labels)],
  [IndexError, () => sum(x, { axis: 2 })],
  [IndexError, () => x.index([2])],
  [GraphError, () => x.backward()],
  [GraphError, () => relu([1, 2] as never)],
  [SpecError, () => clip(x, { min: 1, max: 0 })],
  [SpecError, () => sum(x, { axes: 0 } as object)],
  [
    SpecError,
    () =>
      build(model({ input: [784], layers: [layers.convolution({ filters: 3, size: 5 })], loss: "softmaxWithLoss" })),
  ],
  [DataError, () => decodeIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 7, 7))],
];

it("names the op, the shapes or values, the Variable, the place, and the likely fix", () => {
  for (const [kind, fn] of examples) expect(thrownBy(fn)).toBeInstanceOf(kind);
  expect(examples.map(([, fn]) => `${thrownBy(fn).name}: ${thrownBy(fn).message}`)).toMatchInlineSnapshot(`
    [
      "ShapeError: matmul: inner dimensions differ: [2, 3] × [2, 2] (3 ≠ 2); expected a second operand with 3 rows. In layer "affine1", Variables "x", "W1". Did you mean to transpose one of them?",
      "ShapeError: reshape: cannot turn [2, 3] (6 elements) into [4, 2] (8 elements). In layer "affine1", Variable "x".",
      "ShapeError: add: shapes [2, 3] and [2, 2] cannot be broadcast together (axis -1: 3 ≠ 2); expected lengths that are equal or 1, aligned from the last axis. In layer "affine1", Variables "x", "W1". Use reshape or unsqueeze on one of them.",
      "ShapeError: concat: shapes [2, 3], [2, 2] cannot be joined along axis 0; expected equal lengths of all other axes. In layer "affine1", Variables "x", "W1".",
      "DTypeError: cast: NaN cannot be stored as int32; expected integers from -2147483648 to 2147483647. In layer "affine1". Look for NaN, infinities and values beyond ±2³¹.",
      "DTypeError: gather: indices are float64; expected int32. In layer "affine1", Variable "x". Make them with tensor([…], { dtype: "int32" }).",
      "IndexError: sum: axis 2 is out of range for shape [2, 3]; expected -2 … 1. In layer "affine1", Variable "x".",
      "IndexError: index: index 2 is outside of axis 0 of shape [2, 3]. In layer "affine1", Variable "x". Use integers from -2 to 1.",
      "GraphError: backward: "x" has shape [2, 3]; only a single number has a gradient by itself. In layer "affine1". Pass { grad } or reduce it first, for example with .sum().",
      "GraphError: relu: input 0 is an array; expected a Variable, a Tensor or a number. In layer "affine1". Wrap arrays with variable(…) or tensor(…).",
      "SpecError: clip: bounds are min 1, max 0; expected { min }, { max } or both, with min ≤ max. In layer "affine1".",
      "SpecError: sum: unknown option "axes". In layer "affine1". Did you mean "axis"?",
      "SpecError: conv1: convolution got an input of shape [784]; it needs [channels, height, width]. In layer "affine1". Declare the input as an image, for a square image [1, 28, 28], or move this layer before those that flatten. See layers[0] (convolution).",
      "DataError: decodeIdx: the data ends after 2 of 3 labels (byte 10). In layer "affine1".",
    ]
  `);
});

it("carries the same as fields", () => {
  const { op, problem, where, hint, expected } = thrownBy(() => matmul(x, w));
  expect({ op, problem, where, hint, expected }).toMatchInlineSnapshot(`
    {
      "expected": "a second operand with 3 rows",
      "hint": "Did you mean to transpose one of them?",
      "op": "matmul",
      "problem": "inner dimensions differ: [2, 3] × [2, 2] (3 ≠ 2); expected a second operand with 3 rows",
      "where": "layer "affine1", Variables "x", "W1"",
    }
  `);
});
