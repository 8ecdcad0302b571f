/** The ops that the book writes in Python, against what its own code gives. */
import { kernels, Tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { gradcheck } from "../check/gradcheck.ts";
import type { Variable } from "../core/variable.ts";
import functions from "../fixtures/functions.json" with { type: "json" };
import windows from "../fixtures/windows.json" with { type: "json" };
import { relu, sigmoid } from "./activation.ts";
import { identity } from "./cast-detach.ts";
import { col2im, im2col } from "./im2col-col2im.ts";
import { softmax } from "./softmax.ts";

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface WindowCase {
  readonly name: string;
  readonly inputs: { readonly x?: Stored; readonly col?: Stored };
  readonly attrs: {
    readonly filterH: number;
    readonly filterW: number;
    readonly stride: number;
    readonly pad: number;
    readonly inputShape?: readonly number[];
  };
  readonly outputs: { readonly x?: Stored; readonly col?: Stored };
}

function stored({ shape, data }: Stored): Tensor {
  return new Tensor(Float64Array.from(data), shape);
}

describe("windows, as in common/util.py", () => {
  for (const { name, inputs, attrs, outputs } of windows as unknown as readonly WindowCase[]) {
    const { filterH, filterW, stride, pad, inputShape } = attrs;
    const compute = (x: Variable | Tensor): Variable =>
      inputShape === undefined
        ? im2col(x, filterH, filterW, { stride, pad })
        : col2im(x, inputShape, filterH, filterW, { stride, pad });
    const input = stored((inputs.x ?? inputs.col) as Stored);
    const output = stored((outputs.col ?? outputs.x) as Stored);

    it(`${name}: the same numbers`, () => {
      const y = kernels.contiguous(compute(input).value);
      expect(y.shape).toEqual(output.shape);
      // im2col moves numbers; col2im adds up to n = filterH · filterW of them in another order: n² ε of the largest.
      const terms = inputShape === undefined ? 0 : filterH * filterW;
      const tolerance =
        terms * terms * Number.EPSILON * Math.max(...Array.from(input.data, (v) => Math.abs(Number(v))));
      output.data.forEach((value, i) => {
        expect(Math.abs(Number(y.data[y.offset + i]) - Number(value))).toBeLessThanOrEqual(tolerance);
      });
    });

    it(`${name}: the gradient that differences give`, () => {
      expect(gradcheck(compute, [input]).ok).toBe(true);
    });
  }
});

describe("functions, as in common/functions.py", () => {
  const ops: Readonly<Record<string, (x: Tensor) => Variable>> = {
    identity_function: (x) => identity(x),
    sigmoid: (x) => sigmoid(x),
    relu: (x) => relu(x),
    softmax: (x) => softmax(x),
  };
  for (const { name, inputs, outputs } of functions) {
    it(name, () => {
      const op = ops[name.replace(/_1d$|_large$/, "")];
      const y = op(stored(inputs.x)).value;
      expect(y.shape).toEqual(outputs.y.shape);
      // A few roundings each, in another order than NumPy's.
      outputs.y.data.forEach((value, i) => {
        expect(Math.abs(Number(y.data[i]) - value)).toBeLessThanOrEqual(8 * Number.EPSILON * Math.abs(value));
      });
    });
  }
});
