/** One matrix product as its kernels see it: two strided operands and a contiguous result. */
import type { TypedArray } from "../dtype.ts";

/**
 * out[outStart + i·n + j] = Σ_l a[aStart + i·aRow + l·aColumn] · b[bStart + l·bRow + j·bColumn], i < m, j < n, l < k.
 *
 * Every length is at least 1. Strides are in elements, 0 and negative ones included. The operands may have other
 * dtypes than the result, which holds all their values; the starts move from one matrix of a batch to the next.
 */
export interface Product<Out extends TypedArray = TypedArray> {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: TypedArray;
  aStart: number;
  readonly aRow: number;
  readonly aColumn: number;
  readonly b: TypedArray;
  bStart: number;
  readonly bRow: number;
  readonly bColumn: number;
  readonly out: Out;
  outStart: number;
}
