/**
 * Comparisons, choices and logic: what gives or takes truth values. NaN equals nothing and is neither less nor greater.
 */
import { allocate, promote, type TypedArray } from "../../dtype.ts";
import { broadcastShapes } from "../../shape.ts";
import { Tensor } from "../../tensor.ts";
import { broadcastTo } from "../../views.ts";
import { runsAsWasm } from "../backend.ts";
import { forEachPlane, isDense, isSingle, mergeAxes, sameLayout } from "../planes.ts";
import { LEAST_ELEMENTS, type Stretch, wasmWhere } from "../wasm/elementwise.ts";
import { type Operand, operands } from "./operands.ts";
import { applyPair, type BinaryPlane } from "./pairs.ts";

const eqPlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = a[p] === b[q] ? 1 : 0;
  }
};

/** a = b, elementwise with broadcasting: bool. */
export function eq(a: Operand, b: Operand): Tensor<"bool"> {
  if (!(a instanceof Tensor && b instanceof Tensor)) return eq(...operands("eq", a, b));
  return applyPair("eq", eqPlane, a, b, "bool") as unknown as Tensor<"bool">;
}

const nePlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = a[p] !== b[q] ? 1 : 0;
  }
};

/** a ≠ b, elementwise with broadcasting: bool. */
export function ne(a: Operand, b: Operand): Tensor<"bool"> {
  if (!(a instanceof Tensor && b instanceof Tensor)) return ne(...operands("ne", a, b));
  return applyPair("ne", nePlane, a, b, "bool") as unknown as Tensor<"bool">;
}

const ltPlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = a[p] < b[q] ? 1 : 0;
  }
};

/** a < b, elementwise with broadcasting: bool. */
export function lt(a: Operand, b: Operand): Tensor<"bool"> {
  if (!(a instanceof Tensor && b instanceof Tensor)) return lt(...operands("lt", a, b));
  return applyPair("lt", ltPlane, a, b, "bool") as unknown as Tensor<"bool">;
}

const lePlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = a[p] <= b[q] ? 1 : 0;
  }
};

/** a ≤ b, elementwise with broadcasting: bool. */
export function le(a: Operand, b: Operand): Tensor<"bool"> {
  if (!(a instanceof Tensor && b instanceof Tensor)) return le(...operands("le", a, b));
  return applyPair("le", lePlane, a, b, "bool") as unknown as Tensor<"bool">;
}

const gtPlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = a[p] > b[q] ? 1 : 0;
  }
};

/** a > b, elementwise with broadcasting: bool. */
export function gt(a: Operand, b: Operand): Tensor<"bool"> {
  if (!(a instanceof Tensor && b instanceof Tensor)) return gt(...operands("gt", a, b));
  return applyPair("gt", gtPlane, a, b, "bool", "gt") as unknown as Tensor<"bool">;
}

const gePlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = a[p] >= b[q] ? 1 : 0;
  }
};

/** a ≥ b, elementwise with broadcasting: bool. */
export function ge(a: Operand, b: Operand): Tensor<"bool"> {
  if (!(a instanceof Tensor && b instanceof Tensor)) return ge(...operands("ge", a, b));
  return applyPair("ge", gePlane, a, b, "bool") as unknown as Tensor<"bool">;
}

/** Whether each element is 0 (or false): bool. */
export function logicalNot(x: Tensor): Tensor<"bool"> {
  return eq(x, new Tensor(allocate(x.dtype, 1), []));
}

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
  for (let r = 0; r < m; r++) {
    let h = cAt + r * cRow;
    let i = xAt + r * xRow;
    let j = yAt + r * yRow;
    for (let k = 0; k < n; k++) {
      out[o++] = c[h] !== 0 ? x[i] : y[j];
      h += cStep;
      i += xStep;
      j += yStep;
    }
  }
}

/**
 * a where the condition is not 0, b elsewhere; all three broadcast, a and b are promoted. Where the operands lie in
 * memory as the condition does, or are one repeated number, so does the result.
 */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  if (!(a instanceof Tensor && b instanceof Tensor)) return where(condition, ...operands("where", a, b));
  const shape = broadcastShapes("where", condition.shape, broadcastShapes("where", a.shape, b.shape));
  const parts = [condition, a, b].map((t) => broadcastTo(t, shape));
  const [c] = parts;
  const out = allocate(promote(a.dtype, b.dtype), c.size);
  if (out.length === 0) return new Tensor(out, shape);
  const data = parts.map((t) => t.data);
  const at = parts.map((t) => t.offset);
  if (isDense(c) && parts.every((t) => isSingle(t) || sameLayout(t, c))) {
    const steps = parts.map((t) => (t !== c && isSingle(t) ? 0 : 1));
    if (
      out instanceof Float32Array &&
      c.dtype === "bool" &&
      a.dtype === b.dtype &&
      runsAsWasm(c.size, LEAST_ELEMENTS)
    ) {
      const [condition, x, y] = data.map((values, k) => ({ data: values, start: at[k], step: steps[k] }));
      const [numbers, others] = [x, y] as Stretch<Float32Array>[];
      wasmWhere(out, condition as Stretch<Uint8Array>, numbers, others);
    } else wherePlane(out, 0, 1, c.size, data, at, [0, 0, 0], steps);
    return new Tensor(out, shape, c.strides);
  }
  const walk = mergeAxes(
    shape,
    parts.map((t) => t.strides),
  );
  const rows = walk.shape.length - 2;
  const m = walk.shape[rows];
  const n = walk.shape[rows + 1];
  const rowSteps = walk.strides.map((of) => of[rows]);
  const steps = walk.strides.map((of) => of[rows + 1]);
  forEachPlane(walk, at, (plane) => wherePlane(out, plane * m * n, m, n, data, at, rowSteps, steps));
  return new Tensor(out, shape);
}
