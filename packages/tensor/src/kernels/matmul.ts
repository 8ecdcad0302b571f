/** The matrix product: its batches and views, and the plain TypeScript kernels. */
import { allocate, promote } from "../dtype.ts";
import { matmulShape, type Shape, sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { runsAsWasm } from "./backend.ts";
import { resultDType } from "./elementwise/result-dtype.ts";
import { forEachPlane } from "./planes.ts";
import type { Product } from "./product.ts";
import { wasmProduct } from "./wasm/matmul.ts";

/** Multiply-adds of one matrix product from which WASM is faster, calls and copies included. */
const LEAST_WASM = 1024;

/**
 * The reference product of floats: each element of the result is summed in float64 in the order of l and rounded once,
 * when it is stored. Four columns at a time, so that each element of A is read a quarter as often.
 */
export function floatProduct(p: Product<Float32Array | Float64Array>): void {
  const { m, n, k, a, aRow, aColumn, b, bRow, bColumn, out } = p;
  for (let i = 0; i < m; i++) {
    const row = p.outStart + i * n;
    let j = 0;
    for (; j + 4 <= n; j += 4) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let l = 0, at = p.aStart + i * aRow, bt = p.bStart + j * bColumn; l < k; l++, at += aColumn, bt += bRow) {
        const x = a[at];
        s0 += x * b[bt];
        s1 += x * b[bt + bColumn];
        s2 += x * b[bt + 2 * bColumn];
        s3 += x * b[bt + 3 * bColumn];
      }
      out[row + j] = s0;
      out[row + j + 1] = s1;
      out[row + j + 2] = s2;
      out[row + j + 3] = s3;
    }
    for (; j < n; j++) {
      let sum = 0;
      for (let l = 0, at = p.aStart + i * aRow, bt = p.bStart + j * bColumn; l < k; l++, at += aColumn, bt += bRow) {
        sum += a[at] * b[bt];
      }
      out[row + j] = sum;
    }
  }
}

/** The product of integers, exact modulo 2³² as NumPy's: float64 could not hold every product. */
function integerProduct(p: Product<Int32Array>): void {
  const { m, n, k, a, aRow, aColumn, b, bRow, bColumn, out } = p;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let l = 0, at = p.aStart + i * aRow, bt = p.bStart + j * bColumn; l < k; l++, at += aColumn, bt += bRow) {
        sum = (sum + Math.imul(a[at], b[bt])) | 0;
      }
      out[p.outStart + i * n + j] = sum;
    }
  }
}

/** The strides of the leading axes of `x` once they are broadcast to `batch`. */
function batchStrides(x: Tensor, batch: Shape): number[] {
  const lead = batch.length - (x.ndim - 2);
  return batch.map((_, axis) => (axis < lead || x.shape[axis - lead] === 1 ? 0 : x.strides[axis - lead]));
}

/** Calls `multiply` for every matrix of a batch, moving the starts of `p`. */
function forEachMatrix(
  batch: Shape,
  aStrides: readonly number[],
  bStrides: readonly number[],
  p: Product,
  multiply: (p: Product) => void,
): void {
  const at = [p.aStart, p.bStart];
  const each = (matrix: number): void => {
    [p.aStart, p.bStart] = at;
    p.outStart = matrix * p.m * p.n;
    multiply(p);
  };
  forEachPlane({ shape: batch, strides: [aStrides, bStrides] }, at, each, 0);
}

/**
 * The matrix product: y[…, i, j] = Σ_l a[…, i, l] · b[…, l, j]; leading axes broadcast.
 *
 * The operands may be any views (transposed, sliced, flipped, repeated) and are read where they lie. float32 sums are
 * float32 in the WASM kernel and float64 in the reference kernel: either way
 * |error| ≤ γ_K · Σ_l |a| |b|, γ_K = K·u / (1 − K·u), u the unit roundoff of the result's dtype.
 * int32 and bool give int32, exact modulo 2³².
 *
 * @param a  matrices, [..., M, K]
 * @param b  matrices, [..., K, N]
 * @returns  [..., M, N], contiguous, of the promoted dtype
 * @throws ShapeError  when an operand has fewer than two axes, the inner dimensions differ or batches do not broadcast
 * Adjoint (linear in each operand): ā = ȳ·bᵀ, b̄ = aᵀ·ȳ. Source of the bound: Higham, Accuracy and Stability of
 * Numerical Algorithms, 2nd edition, section 3.5.
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const shape = matmulShape("matmul", a.shape, b.shape);
  const dtype = resultDType("counted", promote(a.dtype, b.dtype));
  const size = sizeOf(shape);
  const out = allocate(dtype, size);
  const k = b.shape[b.ndim - 2];
  if (size === 0 || k === 0) return new Tensor(out, shape);

  const n = shape[shape.length - 1];
  let m = shape[shape.length - 2];
  let aRow = m === 1 ? 0 : a.strides[a.ndim - 2];
  const batch = shape.slice(0, -2);
  const aStrides = batchStrides(a, batch);
  const bStrides = batchStrides(b, batch);
  // Rows of matrices that share B and follow one another are rows of one taller matrix.
  while (batch.length > 0) {
    const last = batch.length - 1;
    if (batch[last] !== 1) {
      if (bStrides[last] !== 0 || (m !== 1 && aStrides[last] !== m * aRow)) break;
      if (m === 1) aRow = aStrides[last];
      m *= batch[last];
    }
    batch.pop();
  }

  const product: Product = {
    m,
    n,
    k,
    a: a.data,
    aStart: a.offset,
    aRow,
    aColumn: k === 1 ? 0 : a.strides[a.ndim - 1],
    b: b.data,
    bStart: b.offset,
    bRow: k === 1 ? 0 : b.strides[b.ndim - 2],
    bColumn: n === 1 ? 0 : b.strides[b.ndim - 1],
    out,
    outStart: 0,
  };
  const floats = runsAsWasm(m * n * k, LEAST_WASM) ? wasmProduct : floatProduct;
  const multiply = (dtype === "int32" ? integerProduct : floats) as (p: Product) => void;
  if (batch.length === 0) multiply(product);
  else forEachMatrix(batch, aStrides, bStrides, product, multiply);
  return new Tensor(out, shape);
}
