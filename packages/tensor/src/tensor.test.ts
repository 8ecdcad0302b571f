/** The methods of tensors that give other views of them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../testing/message-of.ts";
import { arange, tensor } from "./creation.ts";
import { ShapeError } from "./errors.ts";
import * as kernels from "./kernels/index.ts";
import { anyShape, laidOut, layout } from "./testing/layouts.ts";

describe("slice, transpose and reshape", () => {
  const x = arange(6).reshape([2, 3]);

  it("are views where there are any", () => {
    for (const y of [x.slice(1), x.transpose(), x.reshape([3, -1])]) expect(y.base).toBe(x.base);
    expect([x.slice(1).toArray(), x.transpose().toArray(), x.reshape([3, -1]).toArray()]).toEqual([
      [[3, 4, 5]],
      [
        [0, 3],
        [1, 4],
        [2, 5],
      ],
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
    ]);
    expect(x.transpose([0, 1]).slice(0, 1).transpose().reshape([-1]).toArray()).toEqual([0, 1, 2]);
  });

  it("copy in row-major order where no strides say the shape, as the kernel does", () => {
    fc.assert(
      fc.property(anyShape, layout, (shape, where) => {
        const y = laidOut(shape, "float32", where);
        expect(y.reshape([y.size]).toArray()).toEqual(kernels.reshape(y, [y.size]).toArray());
        expect(y.transpose().reshape([y.size]).toArray()).toEqual(
          kernels.reshape(kernels.transpose(y), [y.size]).toArray(),
        );
        if (y.ndim > 0) expect(y.slice(1).toArray()).toEqual((y.toArray() as number[]).slice(1));
      }),
    );
  });

  it("refuse what does not fit", () => {
    expect(() => x.reshape([4])).toThrow(ShapeError);
    expect(() => x.reshape(6 as never)).toThrow(ShapeError);
    expect(() => x.transpose([0])).toThrow(ShapeError);
    expect(() => x.transpose(1 as never)).toThrow(/transpose: axes is 1/);
    expect(messageOf(() => x.slice({ start: [0] } as never))).toMatchInlineSnapshot(
      `"slice: start is an object; expected an integer. Write x.slice(0, 10) for the first axis. For others, slice(x, { start, stop }) takes a list of each."`,
    );
    expect(messageOf(() => x.at(0))).toMatchInlineSnapshot(
      `"at: 1 indices for a tensor of shape [2, 3]; expected 2 indices. Give one index for each axis; x.slice(0, 1) is a part of the tensor along its first axis."`,
    );
    expect(messageOf(() => tensor(3).slice(0))).toMatchInlineSnapshot(
      `"slice: x has shape []; expected at least one axis. Use item for the number itself."`,
    );
  });
});
