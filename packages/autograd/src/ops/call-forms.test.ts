import { tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import {
  argmax,
  argmin,
  cat,
  checkpoint,
  clamp,
  grad,
  hessian,
  hvp,
  im2col,
  jacobian,
  square,
  sum,
  variable,
  vmap,
} from "../index.ts";

const x = variable([
  [1, 2],
  [3, 0],
]);

describe("calls that do not fit", () => {
  it("name the option that was meant, rather than leaving it out of account", () => {
    expect(() => argmax(x, { axes: 1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: argmax: unknown option "axes". Did you mean "axis"?]`,
    );
    expect(() => argmax(x, 1 as never)).toThrow(/options are 1/);
    expect(() => im2col(x.reshape([1, 1, 2, 2]), 2, 2, 2 as never)).toThrow(/options are 2/);
  });

  it("ask for shapes and axes as arrays", () => {
    expect(() => x.reshape(4 as never)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: reshape: shape is 4; expected an array of integers. Pass shape as one array, for example reshape([2, 3]).]`,
    );
    expect(() => x.transpose(1 as never)).toThrow(/axes is 1/);
    expect(() => x.repeat(2 as never)).toThrow(/shape is 2/);
  });

  it("pass an argument of the function beside it, or leave it out", () => {
    const f = (z: typeof x) => sum(square(z));
    const problems = [
      () => grad(f, x as never),
      () => vmap(f, x as never),
      () => (grad(f) as () => unknown)(),
      () => checkpoint(f),
      () => x.item(),
    ].map(messageOf);
    expect(problems).toMatchInlineSnapshot(`
      [
        "grad: options are a Variable; expected an object such as { argnums }. grad(f) gives a function: write grad(f)(x).",
        "vmap: options are a Variable; expected an object such as { inAxes }. vmap(f) gives a function: write vmap(f)(x).",
        "grad: argument 0 does not exist: the function was called with 0; expected an argument.",
        "checkpoint: fn takes arguments, and there are none; expected the arguments of fn. checkpoint computes at once: write checkpoint(f, x) for checkpoint(f)(x).",
        "item: x has shape [2, 2]; expected one element. Reduce it first, for example with .sum(), or read all of it by toArray().",
      ]
    `);
    expect(checkpoint(() => f(x)).item()).toBe(14);
  });

  it("give a direction another shape than the point's", () => {
    expect(() => hvp((z) => sum(square(z)), tensor([1, 2]), tensor([1]))).toThrow(
      /v has shape \[1\]; expected \[2\], the shape of x/,
    );
  });
});

describe("other forms of calls", () => {
  it("jacobian and hessian take the point at once, or later", () => {
    const point = tensor([1, 2], { dtype: "float64" });
    expect(jacobian((z) => square(z), point).toArray()).toEqual(jacobian((z) => square(z))(point).toArray());
    expect(hessian((z) => sum(square(z)), point).toArray()).toEqual([
      [2, 0],
      [0, 2],
    ]);
  });

  it("argmax and argmin keep axes without a named one, as max does", () => {
    for (const of of [argmax, argmin]) {
      expect(of(x, { keepDims: true }).shape).toEqual([1, 1]);
      expect(of(x, { keepDims: true }).item()).toBe(of(x).item());
      expect(of(x, { keepDims: true, axis: 1 }).shape).toEqual([2, 1]);
      expect(of(variable(3), { keepDims: true }).shape).toEqual([]);
    }
    expect(x.argmax({ keepDims: true }).toArray()).toEqual([[2]]);
    expect(x.argmin({ keepDims: true }).toArray()).toEqual([[3]]);
  });

  it("cat and clamp are PyTorch's names for concat and clip", () => {
    expect(cat([x, x], { axis: 1 }).shape).toEqual([2, 4]);
    expect(x.cat(x).shape).toEqual([4, 2]);
    expect(x.clamp({ min: 1, max: 2 }).toArray()).toEqual(clamp(x, { min: 1, max: 2 }).toArray());
    expect(clamp(x, { max: 2 }).toArray()).toEqual([
      [1, 2],
      [2, 0],
    ]);
  });

  it("concat and stack are methods, too", () => {
    expect(x.concat(x).shape).toEqual([4, 2]);
    expect(x.concat([x, x], { axis: 1 }).shape).toEqual([2, 6]);
    expect(x.stack(x).shape).toEqual([2, 2, 2]);
  });
});

it("keeps what was read of a Variable before it was given another value, every time", () => {
  const w = variable([1, 2]);
  for (const value of [3, 4, 5]) {
    const before = w.value;
    const copy = before.toArray();
    w.assign([value, value]);
    expect(before.toArray()).toEqual(copy);
    expect(w.toArray()).toEqual([value, value]);
  }
});
