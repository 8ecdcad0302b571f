/** Tensors for tests: any shape and dtype, in any memory layout, with the values that follow from a seed. */
import fc from "fast-check";
import { allocate, type DType } from "../dtype.ts";
import { type Shape, sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";

/** Numbers in ±[2⁻¹⁰, 1], or whole ones, that depend on nothing but the seed; no product of two underflows. */
function fill(data: ReturnType<typeof allocate>, seed: number): void {
  const whole = data instanceof Int32Array ? 2 ** 32 : data instanceof Uint8Array ? 2 : 0;
  let state = seed | 1;
  for (let i = 0; i < data.length; i++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    const unit = ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
    data[i] = whole ? Math.floor(unit * whole) | 0 : (unit < 0.5 ? -1 : 1) * 2 ** (-10 * Math.abs(2 * unit - 1));
  }
}

/** How a tensor lies in memory: a step along each axis, the axes from the innermost out, and elements before it. */
export interface Layout {
  readonly steps: readonly number[];
  readonly order: readonly number[];
  readonly before: number;
  readonly seed: number;
}

export const layout: fc.Arbitrary<Layout> = fc.record({
  steps: fc.array(fc.constantFrom(1, 1, 1, -1, 0, 2, -2, 3), { minLength: 4, maxLength: 4 }),
  order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4, maxLength: 4 }),
  before: fc.nat(5),
  seed: fc.nat(),
});

/** A tensor of a shape in a layout: transposed, stepped, flipped, repeated, with an offset. */
export function laidOut(shape: Shape, dtype: DType, { steps, order, before, seed }: Layout): Tensor {
  const strides = shape.map(() => 0);
  let stride = 1;
  let offset = before;
  let span = before + 1;
  for (const axis of order.filter((axis) => axis < shape.length)) {
    strides[axis] = steps[axis] * stride;
    const reach = Math.max(0, shape[axis] - 1) * Math.abs(strides[axis]);
    if (steps[axis] < 0) offset += reach;
    span += reach;
    stride = Math.max(stride, stride * Math.abs(steps[axis]) * Math.max(1, shape[axis]));
  }
  const data = allocate(dtype, span + 3);
  fill(data, seed);
  return new Tensor(data, shape, strides, offset);
}

/** Shapes of up to four axes of up to five, empty and single ones included. */
export const anyShape: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 });

/** Every index of a shape, in row-major order. */
export function indicesOf(shape: Shape): number[][] {
  return Array.from({ length: sizeOf(shape) }, (_, flat) => {
    const index = new Array<number>(shape.length);
    for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
      index[axis] = rest % shape[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    return index;
  });
}

/** The elements in row-major order, read one by one. */
export function valuesOf(x: Tensor): number[] {
  return indicesOf(x.shape).map((index) => Number(x.at(...index)));
}

/** The elements that `f` says for each index, rounded as `dtype` stores them. */
export function expected(shape: Shape, dtype: DType, f: (index: readonly number[]) => number): number[] {
  const data = allocate(dtype, sizeOf(shape));
  indicesOf(shape).forEach((index, k) => {
    data[k] = f(index);
  });
  return Array.from(data);
}
