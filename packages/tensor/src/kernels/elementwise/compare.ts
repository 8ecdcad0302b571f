/**
 * Comparisons, choices and logic: what gives or takes truth values. NaN equals nothing and is neither less nor greater.
 */
import { allocate, promote } from "../../dtype.ts";
import { broadcastShapes } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { broadcastTo } from "../../views.ts";
import { forEachPlane, mergeAxes } from "../planes.ts";
import { applyPair, type BinaryPlane } from "./pairs.ts";

const eqPlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = a[p] === b[q] ? 1 : 0;
  }
};

/** a = b, elementwise with broadcasting: bool. */
export function eq(a: Tensor, b: Tensor): Tensor<"bool"> {
  return applyPair("eq", eqPlane, a, b, "bool") as unknown as Tensor<"bool">;
}

const nePlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = a[p] !== b[q] ? 1 : 0;
  }
};

/** a ≠ b, elementwise with broadcasting: bool. */
export function ne(a: Tensor, b: Tensor): Tensor<"bool"> {
  return applyPair("ne", nePlane, a, b, "bool") as unknown as Tensor<"bool">;
}

const ltPlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = a[p] < b[q] ? 1 : 0;
  }
};

/** a < b, elementwise with broadcasting: bool. */
export function lt(a: Tensor, b: Tensor): Tensor<"bool"> {
  return applyPair("lt", ltPlane, a, b, "bool") as unknown as Tensor<"bool">;
}

const lePlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = a[p] <= b[q] ? 1 : 0;
  }
};

/** a ≤ b, elementwise with broadcasting: bool. */
export function le(a: Tensor, b: Tensor): Tensor<"bool"> {
  return applyPair("le", lePlane, a, b, "bool") as unknown as Tensor<"bool">;
}

const gtPlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = a[p] > b[q] ? 1 : 0;
  }
};

/** a > b, elementwise with broadcasting: bool. */
export function gt(a: Tensor, b: Tensor): Tensor<"bool"> {
  return applyPair("gt", gtPlane, a, b, "bool") as unknown as Tensor<"bool">;
}

const gePlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = a[p] >= b[q] ? 1 : 0;
  }
};

/** a ≥ b, elementwise with broadcasting: bool. */
export function ge(a: Tensor, b: Tensor): Tensor<"bool"> {
  return applyPair("ge", gePlane, a, b, "bool") as unknown as Tensor<"bool">;
}

/** Whether each element is 0 (or false): bool. */
export function logicalNot(x: Tensor): Tensor<"bool"> {
  return eq(x, new Tensor(allocate(x.dtype, 1), []));
}

/** a where the condition is not 0, b elsewhere; all three broadcast, a and b are promoted. */
export function where(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  const shape = broadcastShapes("where", condition.shape, broadcastShapes("where", a.shape, b.shape));
  const [c, x, y] = [condition, a, b].map((t) => broadcastTo(t, shape));
  const out = allocate(promote(a.dtype, b.dtype), c.size);
  if (out.length === 0) return new Tensor(out, shape);
  const walk = mergeAxes(shape, [c.strides, x.strides, y.strides]);
  const [cs, xs, ys] = walk.strides;
  const rows = walk.shape.length - 2;
  const m = walk.shape[rows];
  const n = walk.shape[rows + 1];
  const at = [c.offset, x.offset, y.offset];
  const [cRow, xRow, yRow] = [cs[rows], xs[rows], ys[rows]];
  const [cStep, xStep, yStep] = [cs[rows + 1], xs[rows + 1], ys[rows + 1]];
  const [cData, xData, yData] = [c.data, x.data, y.data];
  forEachPlane(walk, at, (plane) => {
    let o = plane * m * n;
    for (let r = 0; r < m; r++) {
      let h = at[0] + r * cRow;
      let i = at[1] + r * xRow;
      let j = at[2] + r * yRow;
      for (let k = 0; k < n; k++) {
        out[o++] = cData[h] !== 0 ? xData[i] : yData[j];
        h += cStep;
        i += xStep;
        j += yStep;
      }
    }
  });
  return new Tensor(out, shape);
}
