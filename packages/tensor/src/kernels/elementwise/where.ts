/** The choice between two tensors by a third. */
import { allocate, promote, type TypedArray } from "../../dtype.ts";
import { broadcastShapes } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { broadcastTo } from "../../views.ts";
import { runsAsWasm } from "../backend.ts";
import { forEachMergedPlane, isDense, isSingle, sameLayout } from "../planes.ts";
import { LEAST_ELEMENTS, type Stretch, wasmElementwise } from "../wasm/elementwise.ts";
import { type Operand, operand } from "./operands.ts";

/** out = c ≠ 0 ? x : y over a plane of m × n. */
function wherePlane(
  out: TypedArray,
  start: number,
  m: number,
  n: number,
  [c, x, y]: readonly TypedArray[],
  [cAt, xAt, yAt]: readonly number[],
  [cRow, xRow, yRow]: readonly number[],
  [cStep, xStep, yStep]: readonly number[],
): void {
  let o = start;
  for (let r = 0; r < m; r++, cAt += cRow, xAt += xRow, yAt += yRow) {
    for (let k = 0, h = cAt, i = xAt, j = yAt; k < n; k++, h += cStep, i += xStep, j += yStep) {
      out[o++] = c[h] !== 0 ? x[i] : y[j];
    }
  }
}

/**
 * a where the condition is not 0, b elsewhere; all three broadcast, a and b are promoted. Where the operands lie in
 * memory as the condition does, or are one repeated number, so does the result.
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  const [x, y] = [operand("where", a, b), operand("where", b, a)];
  const shape = broadcastShapes("where", condition.shape, broadcastShapes("where", x.shape, y.shape));
  const parts = [condition, x, y].map((t) => broadcastTo(t, shape));
  const [c] = parts;
  const out = allocate(promote(x.dtype, y.dtype), c.size);
  if (out.length === 0) return new Tensor(out, shape);
  const data = parts.map((t) => t.data);
  const at = parts.map((t) => t.offset);
  if (isDense(c) && parts.every((t) => isSingle(t) || sameLayout(t, c))) {
    const steps = parts.map((t) => (t !== c && isSingle(t) ? 0 : 1));
    if (
      out instanceof Float32Array &&
      c.dtype === "bool" &&
      x.dtype === y.dtype &&
      runsAsWasm(c.size, LEAST_ELEMENTS)
    ) {
      const stretches = data.map((values, k) => ({
        data: values as Stretch["data"],
        start: at[k],
        period: 1 - steps[k],
      }));
      wasmElementwise("where", out, ...stretches);
    } else wherePlane(out, 0, 1, c.size, data, at, [0, 0, 0], steps);
    return new Tensor(out, shape, c.strides);
  }
  const strides = parts.map((t) => t.strides);
  forEachMergedPlane(shape, strides, at, (m, n, rows, steps, plane) =>
    wherePlane(out, plane * m * n, m, n, data, at, rows, steps),
  );
  return new Tensor(out, shape);
}
