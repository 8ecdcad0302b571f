import { readFileSync } from "node:fs";
import { type Variable, variable } from "@adjoint/autograd";
import { Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { SGD } from "../rules/sgd.ts";
import { clipGradNorm, clipGradValue } from "./clip.ts";

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
interface Case {
  readonly limit: number;
  readonly order: 1 | 2 | "Infinity" | null;
  readonly norm: number | null;
  readonly before: { readonly x: Stored; readonly y: Stored };
  readonly after: { readonly x: Stored; readonly y: Stored };
}

const fixture = JSON.parse(readFileSync(new URL("../fixtures/pytorch.json", import.meta.url), "utf8"));
const tensorOf = ({ shape, data }: Stored): Tensor => new Tensor(Float64Array.from(data), shape);
const data = (x: Variable | null): number[] => (x as Variable).value.toJSON().data as number[];

/** A parameter with this gradient. */
const withGrad = (grad: Tensor, name: string): Variable => {
  const x = variable(new Tensor(new Float64Array(grad.size), grad.shape), { name });
  x.grad = variable(grad);
  return x;
};

describe("clipping", () => {
  it.each((fixture.clipping as readonly Case[]).map((one) => [one.order, one.limit, one] as const))(
    "by norm %s at %d gives PyTorch's gradients",
    (_, __, { limit, order, norm, before, after }) => {
      const params = { x: withGrad(tensorOf(before.x), "x"), y: withGrad(tensorOf(before.y), "y") };
      if (order === null) clipGradValue(params, limit);
      else {
        const found = clipGradNorm(params, limit, { order: Number(order) });
        // Seven squares or sums of them: ten roundings.
        expect(Math.abs(found.item() - (norm as number))).toBeLessThanOrEqual(10 * 2 ** -53 * (norm as number));
      }
      for (const key of ["x", "y"] as const) {
        data(params[key].grad).forEach((value, i) => {
          const expected = after[key].data[i];
          expect(Math.abs(value - expected)).toBeLessThanOrEqual(15 * 2 ** -53 * Math.abs(expected));
        });
      }
    },
  );

  it("leaves small gradients as they are, to the last bit", () => {
    const x = withGrad(tensor([0.1, -0.2], { dtype: "float64" }), "x");
    expect(clipGradNorm([x], 1).item()).toBeCloseTo(Math.hypot(0.1, 0.2), 15);
    expect(data(x.grad)).toEqual([0.1, -0.2]);
  });

  it("passes over parameters without a gradient, and gives 0 where none has one", () => {
    const x = variable([1, 2]);
    expect(clipGradNorm([x], 1).item()).toBe(0);
    clipGradValue([x], 1);
    expect(x.grad).toBeNull();
  });

  it("measures parameters of different dtypes together", () => {
    const x = withGrad(tensor([3], { dtype: "float64" }), "x");
    const y = variable([0]);
    y.grad = variable([4]);
    expect(clipGradNorm([x, y], 1).item()).toBe(5);
    expect(y.grad.dtype).toBe("float32");
    expect(y.grad.item()).toBeCloseTo(0.8, 6);
  });

  it.each([
    ["float32", 1e30],
    ["float32", 1e-30],
    ["float64", 1e200],
    ["float64", 1e-200],
  ] as const)("measures %s gradients whose squares leave the range (%d), in any order", (dtype, size) => {
    for (const order of [1, 2, Number.POSITIVE_INFINITY]) {
      const x = withGrad(tensor([3 * size, 0], { dtype }), "x");
      const y = withGrad(tensor([-4 * size], { dtype }), "y");
      const norm = order === 1 ? 7 : order === 2 ? 5 : 4;
      const found = clipGradNorm([x, y], 1, { order });
      const rounding = dtype === "float32" ? 2 ** -22 : 2 ** -51;
      expect(Math.abs(found.item() / (norm * size) - 1)).toBeLessThan(rounding);
      const expected = size > 1 ? 3 / norm : 3 * size;
      expect(Math.abs(((x.grad as Variable).value.data[0] as number) / expected - 1)).toBeLessThan(2 * rounding);
    }
  });

  it("happens within the optimizer, before weight decay, without changing .grad", () => {
    const x = variable(tensor([3, 4], { dtype: "float64" }));
    x.grad = variable(tensor([30, 40], { dtype: "float64" }));
    new SGD([x], { lr: 1, weightDecay: 0.1, clip: { value: 10 } }).step();
    expect(data(x)).toEqual([3 - 10.3, 4 - 10.4]);
    expect(data(x.grad)).toEqual([30, 40]);
  });

  it("refuses limits out of range, and norms that overflow, before anything has changed", () => {
    const x = variable([1, 1]);
    x.grad = variable([3e38, 3e38]);
    const optimizer = new SGD([x], { clip: { norm: 1 } });
    expect(() => optimizer.step()).toThrowErrorMatchingInlineSnapshot(
      `[GraphError: step: the norm of the gradients is Infinity: they are finite, but it is too large for their dtype; expected a finite norm. Nothing was changed. Lower the learning rate, or clip by value.]`,
    );
    expect(() => clipGradNorm([x], 1)).toThrow("clipGradNorm: the norm of the gradients is Infinity");
    expect([data(x), data(x.grad), optimizer.iteration]).toEqual([[1, 1], [3e38, 3e38].map(Math.fround), 0]);
    expect(() => new SGD([x], { clip: { norm: 0 } })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: SGD: clip.norm is 0; expected a finite number > 0.]`,
    );
    expect(() => new SGD([x], { clip: {} as never })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: SGD: clip has neither norm nor value; expected { norm } or { value }. Pass clip: { norm: 1 }, for example.]`,
    );
    expect(() => new SGD([x], { clip: { norm: 1, value: 2 } })).toThrow("both norm and value");
    expect(() => new SGD([x], { clip: 1 as never })).toThrow("clip is a number");
    expect(() => clipGradNorm([x], -1)).toThrow("maxNorm is -1");
    expect(() => clipGradNorm([x], 1, { order: 3 })).toThrow("order is 3");
    expect(() => clipGradValue([x], Number.NaN)).toThrow("limit is NaN");
  });
});
