/** Matrix products: B is packed first, then each thread computes some of the rows of C. */
import { EDGE_BYTES, lastFour, lastTwo, panel, TILE_BYTES, tilePacked, TILE_ROWS, turn } from "./tile";

/** Rows and depth of a block of A. */
const ROWS: usize = 64;
const DEPTH: usize = 256;

/**
 * B as panels begin … end − 1. Its rows are numbered by three indices, the last one fastest, each with a length and a
 * stride in bytes.
 */
// @ts-ignore: decorator
@inline
function pack<T>(
  b: usize, n0: usize, stride0: isize, n1: usize, stride1: isize, n2: usize, stride2: isize, columns: usize,
  columnStride: isize, target: usize, begin: usize, end: usize,
): void {
  const wide: usize = TILE_BYTES / sizeof<T>();
  target += begin * n0 * n1 * n2 * TILE_BYTES;
  for (let j = begin * wide; j < end * wide; j += wide) {
    for (let i0: usize = 0; i0 < n0; i0++) {
      for (let i1: usize = 0; i1 < n1; i1++) {
        const from = b + <usize>(<isize>i0 * stride0 + <isize>i1 * stride1 + <isize>j * columnStride);
        panel<T>(from, n2, columns - j, stride2, columnStride, target);
        target += n2 * TILE_BYTES;
      }
    }
  }
}

/**
 * Sixteen rows of A whose elements lie side by side, as four times four are packed: what is read together is used together.
 * `apart` bytes lie between one four and the next.
 */
function packSides(source: usize, depth: usize, depthStride: isize, target: usize): void {
  const apart = depth * 16;
  for (const end = target + apart; target < end; target += 16) {
    v128.store(target, v128.load(source));
    v128.store(target + apart, v128.load(source, 16));
    v128.store(target + 2 * apart, v128.load(source, 32));
    v128.store(target + 3 * apart, v128.load(source, 48));
    source += <usize>depthStride;
  }
}

/** Four rows of A, of which `rows` are left, as they are read in turn: one element of each after the other. */
function packRows<T>(source: usize, rows: usize, depth: usize, rowStride: isize, depthStride: isize, target: usize): void {
  const end = target + depth * TILE_ROWS * sizeof<T>();
  if (sizeof<T>() == 4 && rowStride == 4) {
    for (; target < end; target += 16) {
      v128.store(target, v128.load(source));
      source += <usize>depthStride;
    }
    return;
  }
  let p0 = source;
  let p1 = p0 + <usize>(<isize>min<usize>(1, rows - 1) * rowStride);
  let p2 = p0 + <usize>(<isize>min<usize>(2, rows - 1) * rowStride);
  let p3 = p0 + <usize>(<isize>min<usize>(3, rows - 1) * rowStride);
  if (sizeof<T>() == 4 && depthStride == 4) {
    for (; target + 64 <= end; target += 64) {
      turn(p0, p1, p2, p3, target, 16);
      p0 += 16;
      p1 += 16;
      p2 += 16;
      p3 += 16;
    }
  }
  for (; target < end; target += TILE_ROWS * sizeof<T>()) {
    store<T>(target, load<T>(p0));
    store<T>(target, load<T>(p1), sizeof<T>());
    store<T>(target, load<T>(p2), 2 * sizeof<T>());
    store<T>(target, load<T>(p3), 3 * sizeof<T>());
    p0 += <usize>depthStride;
    p1 += <usize>depthStride;
    p2 += <usize>depthStride;
    p3 += <usize>depthStride;
  }
}

// @ts-ignore: decorator
@inline
function matmul<T>(
  a: usize, aRow: isize, aStep: isize, b: usize, c: usize, m: usize, n: usize, k: usize, scratch: usize, begin: usize,
  end: usize,
): void {
  const wide: usize = TILE_BYTES / sizeof<T>();
  const ldc = n * sizeof<T>();
  const packed = scratch + EDGE_BYTES;
  const stop = min<usize>(m, end * TILE_ROWS);
  for (let l: usize = 0; l < k; l += DEPTH) {
    const depth = min<usize>(DEPTH, k - l);
    for (let i0 = begin * TILE_ROWS; i0 < stop; i0 += ROWS) {
      const block = min<usize>(stop, i0 + ROWS);
      let i = i0;
      if (sizeof<T>() == 4 && aRow == 4) {
        for (; i + 4 * TILE_ROWS <= block; i += 4 * TILE_ROWS) {
          const from = a + <usize>(<isize>i * aRow + <isize>l * aStep);
          packSides(from, depth, aStep, packed + (i - i0) * depth * 4);
        }
      }
      for (; i < block; i += TILE_ROWS) {
        const from = a + <usize>(<isize>i * aRow + <isize>l * aStep);
        packRows<T>(from, m - i, depth, aRow, aStep, packed + (i - i0) * depth * sizeof<T>());
      }
      for (let j: usize = 0; j < n; j += wide) {
        const columns = b + ((j / wide) * k + l) * TILE_BYTES;
        const left = n - j;
        i = i0;
        if (sizeof<T>() == 4 && left <= 4) {
          const rows: usize = left > 2 ? 8 : 16;
          for (; i + rows <= block; i += rows) {
            const from = packed + (i - i0) * depth * 4;
            const target = c + i * ldc + j * 4;
            if (left > 2) lastFour(from, depth, columns, target, ldc, left, l > 0);
            else lastTwo(from, depth, columns, target, ldc, left, l > 0);
          }
        }
        for (; i < block; i += TILE_ROWS) {
          const from = packed + (i - i0) * depth * sizeof<T>();
          tilePacked<T>(from, depth, columns, c + i * ldc + j * sizeof<T>(), ldc, m - i, left, l > 0, scratch);
        }
      }
    }
  }
}

/** {@link pack} for float32. */
export function pack32(
  b: usize, n0: usize, stride0: isize, n1: usize, stride1: isize, n2: usize, stride2: isize, columns: usize,
  columnStride: isize, target: usize, scratch: usize, begin: usize, end: usize,
): void {
  pack<f32>(b, n0, stride0, n1, stride1, n2, stride2, columns, columnStride, target, begin, end);
}

/** {@link pack} for float64. */
export function pack64(
  b: usize, n0: usize, stride0: isize, n1: usize, stride1: isize, n2: usize, stride2: isize, columns: usize,
  columnStride: isize, target: usize, scratch: usize, begin: usize, end: usize,
): void {
  pack<f64>(b, n0, stride0, n1, stride1, n2, stride2, columns, columnStride, target, begin, end);
}

/** Tiles begin … end − 1 of rows of C = A·B for strided A [m, k] and packed B [k, n]; C is dense. */
export function matmul32(
  a: usize, aRow: isize, aStep: isize, b: usize, c: usize, m: usize, n: usize, k: usize, scratch: usize, begin: usize,
  end: usize,
): void {
  matmul<f32>(a, aRow, aStep, b, c, m, n, k, scratch, begin, end);
}

/** {@link matmul32} for float64. */
export function matmul64(
  a: usize, aRow: isize, aStep: isize, b: usize, c: usize, m: usize, n: usize, k: usize, scratch: usize, begin: usize,
  end: usize,
): void {
  matmul<f64>(a, aRow, aStep, b, c, m, n, k, scratch, begin, end);
}

/**
 * Products begin … end − 1 of strided matrices A [m, k] and B [k, n]. Their numbers are those of two indices, the last one of length
 * `count`, each with a stride for A and one for B; C is dense. The scratch memory holds what {@link matmul32} takes, then B, packed.
 */
export function products32(
  a: usize, a0: isize, a1: isize, aRow: isize, aStep: isize, b: usize, b0: isize, b1: isize, bRow: isize,
  bColumn: isize, c: usize, count: usize, m: usize, n: usize, k: usize, scratch: usize, begin: usize, end: usize,
): void {
  const packed = scratch + EDGE_BYTES + ROWS * DEPTH * 4;
  const panels = (n * 4 + TILE_BYTES - 1) / TILE_BYTES;
  const tiles = (m + TILE_ROWS - 1) / TILE_ROWS;
  for (let i = begin; i < end; i++) {
    const i0 = <isize>(i / count);
    const i1 = <isize>(i % count);
    pack32(b + <usize>(i0 * b0 + i1 * b1), 1, 0, 1, 0, k, bRow, n, bColumn, packed, 0, 0, panels);
    matmul32(a + <usize>(i0 * a0 + i1 * a1), aRow, aStep, packed, c + i * m * n * 4, m, n, k, scratch, 0, tiles);
  }
}
