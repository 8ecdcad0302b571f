/**
 * The WASM matrix product: cuts it into blocks that fit the caches, brings each block of the strided operands into
 * scratch memory, has it multiplied there (kernels/matmul.ts) and takes the result out.
 *
 * Scratch memory is bounded by the blocks, not by the operands.
 */
import type { Product } from "../product.ts";
import { SCRATCH, scratch } from "./runtime.ts";
import { stage, staged } from "./staging.ts";

type Pack = (b: number, depthStride: number, columnStride: number, target: number, n: number, depth: number) => void;
type Multiply = (
  a: number,
  aRow: number,
  aStep: number,
  b: number,
  c: number,
  ldc: number,
  m: number,
  n: number,
  depth: number,
  accumulate: boolean,
) => void;

interface MatmulKernels {
  readonly pack32: Pack;
  readonly pack64: Pack;
  readonly multiply32: Multiply;
  readonly multiply64: Multiply;
}

/** Rows of a tile of C. */
const TILE_ROWS = 4;

/** Largest depth of a block: a panel of B, 32 bytes wide, and one of A stay in the first-level cache together. */
const DEPTH = 384;

/** Elements of a block of A, and of one of C: they stay in the second-level cache. */
const BLOCK_A = 48 * 1024;

/** Elements of a block of B, which lies in the third-level cache. */
const BLOCK_B = 512 * 1024;

/** What the kernel may read and write beyond the end of a block, in bytes: a vector, and a row of a tile. */
const SLACK = 64;

/** The next multiple of `unit`: of 64, where a cache line starts. */
function upTo(unit: number, n: number): number {
  return Math.ceil(n / unit) * unit;
}

/** Length of the blocks of an axis: `length` cut into equal pieces of whole `unit`s, at most `largest` or one unit. */
function blockLength(length: number, largest: number, unit: number): number {
  const limit = Math.max(1, Math.floor(largest / unit)) * unit;
  if (length <= limit) return length;
  const pieces = Math.ceil(length / limit);
  return upTo(unit, length / pieces);
}

/** out = A·B, blocked for the caches, in the result's dtype; every length is at least 1. */
export function wasmProduct(p: Product<Float32Array | Float64Array>): void {
  const { m, n, k, a, aRow, aColumn, b, bRow, bColumn, out } = p;
  const single = out instanceof Float32Array;
  const bytes = single ? 4 : 8;
  const panel = 32 / bytes;
  const kc = blockLength(k, DEPTH, 4);
  const mc = blockLength(m, BLOCK_A / Math.max(kc, Math.min(n, 1024)), TILE_ROWS);
  const nc = blockLength(n, BLOCK_B / Math.max(kc, mc), panel);
  // Tiles that are added to need rows of whole panels.
  const padded = (columns: number): number => (k > kc ? upTo(panel, columns) : columns);

  // Scratch memory, from below: packed B, the block of C, and a block of an operand as it came.
  const c = upTo(64, SCRATCH + (nc + panel) * kc * bytes);
  const raw = upTo(64, c + (mc + TILE_ROWS) * padded(nc) * bytes + SLACK);
  const { kernels, f32, f64 } = scratch<MatmulKernels>(raw + 2 * kc * Math.max(mc, nc) * bytes + SLACK);
  const heap = single ? f32 : f64;
  const pack = single ? kernels.pack32 : kernels.pack64;
  const multiply = single ? kernels.multiply32 : kernels.multiply64;

  const oneBlock = mc >= m; // then C stays in scratch memory from one block of the depth to the next
  for (let j = 0; j < n; j += nc) {
    const columns = Math.min(nc, n - j);
    const ldc = padded(columns);
    for (let l = 0; l < k; l += kc) {
      const depth = Math.min(kc, k - l);
      stage(heap, raw / bytes, b, p.bStart + l * bRow + j * bColumn, depth, columns, bRow, bColumn);
      pack(staged.start * bytes, staged.row * bytes, staged.column * bytes, SCRATCH, columns, depth);
      for (let i = 0; i < m; i += mc) {
        const rows = Math.min(mc, m - i);
        stage(heap, raw / bytes, a, p.aStart + i * aRow + l * aColumn, rows, depth, aRow, aColumn);
        // C lies in `out` without gaps, or row by row.
        const [runs, run] = columns === n && ldc === n ? [1, rows * n] : [rows, columns];
        const start = p.outStart + i * n + j;
        const each = (move: (to: number, from: number) => void): void => {
          for (let r = 0; r < runs; r++) move(start + r * n, c / bytes + r * ldc);
        };
        if (l > 0 && !oneBlock) each((to, from) => heap.set(out.subarray(to, to + run), from));
        const { start: first, row, column } = staged;
        multiply(first * bytes, row * bytes, column * bytes, SCRATCH, c, ldc * bytes, rows, columns, depth, l > 0);
        if (l + kc >= k || !oneBlock) each((to, from) => out.set(heap.subarray(from, from + run), to));
      }
    }
  }
}
