/** Strided blocks of elements copied, or added to others. */
import type { TypedArray } from "../dtype.ts";
import { SCRATCH, scratch } from "./wasm/runtime.ts";

/** Lengths of three axes, each with its stride: [l, stride, m, stride, n, stride]. */
export type Block = readonly [number, number, number, number, number, number];

/** to[o + block] (+)= from[i + block], element by element; the lengths are those of the first block. */
export type Move = (add: boolean, from: TypedArray, i: number, f: Block, to: TypedArray, o: number, t: Block) => void;

/** {@link Move} between arrays. */
export const move: Move = (add, from, i, [l, fromL, m, fromM, n, fromN], to, o, [, toL, , toM, , toN]) => {
  for (let a = 0; a < l; a++, i += fromL, o += toL) {
    for (let b = 0, p = i, q = o; b < m; b++, p += fromM, q += toM) {
      for (let c = 0, x = p, y = q; c < n; c++, x += fromN, y += toN) to[y] = add ? to[y] + from[x] : from[x];
    }
  }
};

interface MoveKernels {
  readonly move: (add: boolean, from: number, to: number, ...axes: readonly number[]) => void;
}

/** {@link Move} within scratch memory, of float32 by WASM: kernels/move.ts. */
export const moveByWasm: Move = (add, _from, i, [l, fromL, m, fromM, n, fromN], _to, o, [, toL, , toM, , toN]) => {
  const { kernels } = scratch<MoveKernels>(0);
  kernels.move(
    add,
    SCRATCH + 4 * i,
    SCRATCH + 4 * o,
    l,
    4 * fromL,
    4 * toL,
    m,
    4 * fromM,
    4 * toM,
    n,
    4 * fromN,
    4 * toN,
  );
};
