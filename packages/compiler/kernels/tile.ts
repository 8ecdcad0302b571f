/**
 * What matrix products and convolutions are made of: a tile of C, 4 rows of two vectors, that stays in registers while all
 * of its terms are added: 4 × 2 vectors, two of B and one of A leave the engine registers to spare.
 *
 * Rows of A come packed, four at a time, one element of each after the other; those of windows are read where they lie, each
 * from an address of its own. Columns of B come packed: panels of two vectors, one row after the other.
 * Source: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, ACM TOMS 34(3), 2008.
 */

/** Rows of a tile. */
export const TILE_ROWS: usize = 4;

/** Bytes of a row of a tile, and of a row of a panel. */
export const TILE_BYTES: usize = 32;

/** Bytes of scratch memory for a tile that hangs over an edge. */
export const EDGE_BYTES: usize = TILE_ROWS * TILE_BYTES;

/** The table of a single run, which begins at once: nothing is ever stored at address 0. */
export const ONE_RUN: usize = 0;

/**
 * x·b + sum. The sum comes last, as the instruction that rounds once takes it: src/engines/wasm/kernels/fused.ts puts that one
 * in the place of the two that stand here.
 */
// @ts-ignore: decorator
@inline
function madd<T>(x: v128, b: v128, sum: v128): v128 {
  return v128.add<T>(v128.mul<T>(x, b), sum);
}

// @ts-ignore: decorator
@inline
function put<T>(c: usize, sum: v128, accumulate: bool): void {
  v128.store(c, accumulate ? v128.add<T>(v128.load(c), sum) : sum);
}

/**
 * C (+)= A·B for one tile. Rows of A begin at a0 … a3, or, packed, one element after the
 * other at a0. Their elements are `step` bytes apart, those of B `bStep`. They come in runs of that many, each from an offset of the table
 * on; with a single one there is no table.
 */
// @ts-ignore: decorator
@inline
function tileOf<T>(
  a0: usize, a1: usize, a2: usize, a3: usize, step: usize, table: usize, runs: usize, run: usize, b: usize,
  bStep: usize, c: usize, ldc: usize, accumulate: bool, isPacked: bool, isSingle: bool,
): void {
  let c00 = v128.splat<T>(<T>0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  const last = table + 4 * runs;
  do {
    const offset: usize = isSingle ? 0 : load<u32>(table);
    let p0 = a0 + offset;
    let p1 = a1 + offset;
    let p2 = a2 + offset;
    let p3 = a3 + offset;
    for (const end = b + run * bStep; b < end; b += bStep) {
      const b0 = v128.load(b);
      const b1 = v128.load(b, 16);
      let x = v128.load_splat<T>(p0);
      c00 = madd<T>(x, b0, c00);
      c01 = madd<T>(x, b1, c01);
      x = isPacked ? v128.load_splat<T>(p0, sizeof<T>()) : v128.load_splat<T>(p1);
      c10 = madd<T>(x, b0, c10);
      c11 = madd<T>(x, b1, c11);
      x = isPacked ? v128.load_splat<T>(p0, 2 * sizeof<T>()) : v128.load_splat<T>(p2);
      c20 = madd<T>(x, b0, c20);
      c21 = madd<T>(x, b1, c21);
      x = isPacked ? v128.load_splat<T>(p0, 3 * sizeof<T>()) : v128.load_splat<T>(p3);
      c30 = madd<T>(x, b0, c30);
      c31 = madd<T>(x, b1, c31);
      p0 += step;
      if (!isPacked) {
        p1 += step;
        p2 += step;
        p3 += step;
      }
    }
    table += 4;
  } while (!isSingle && table < last);
  put<T>(c, c00, accumulate);
  put<T>(c + 16, c01, accumulate);
  c += ldc;
  put<T>(c, c10, accumulate);
  put<T>(c + 16, c11, accumulate);
  c += ldc;
  put<T>(c, c20, accumulate);
  put<T>(c + 16, c21, accumulate);
  c += ldc;
  put<T>(c, c30, accumulate);
  put<T>(c + 16, c31, accumulate);
}

/** A tile of rows in runs. */
function whole<T>(
  a0: usize, a1: usize, a2: usize, a3: usize, step: usize, table: usize, runs: usize, run: usize, b: usize, c: usize,
  ldc: usize, accumulate: bool,
): void {
  tileOf<T>(a0, a1, a2, a3, step, table, runs, run, b, TILE_BYTES, c, ldc, accumulate, false, false);
}

/** A tile of packed rows: one address less to move for each row. */
function wholePacked<T>(
  a: usize, step: usize, b: usize, bStep: usize, depth: usize, c: usize, ldc: usize, accumulate: bool,
): void {
  tileOf<T>(a, 0, 0, 0, step, ONE_RUN, 1, depth, b, bStep, c, ldc, accumulate, true, true);
}

/** C = A·B for four packed rows of A and whole panels of B, side by side. */
export function packedTimesPanels(a: usize, depth: usize, b: usize, panels: usize, c: usize, ldc: usize): void {
  for (const end = c + panels * TILE_BYTES; c < end; c += TILE_BYTES) {
    tileOf<f32>(a, 0, 0, 0, 4 * TILE_ROWS, ONE_RUN, 1, depth, b, TILE_BYTES, c, ldc, false, true, true);
    b += depth * TILE_BYTES;
  }
}

/**
 * C = A·B for rows of A that are dense, `aRow` bytes apart, and a panel of B. Rows come four at a time, and so many are there
 * of A and of C.
 */
export function rowsTimesPanel(a: usize, aRow: usize, b: usize, depth: usize, c: usize, ldc: usize, rows: usize): void {
  for (let i: usize = 0; i < rows; i += TILE_ROWS) {
    const a1 = a + aRow;
    const a2 = a1 + aRow;
    const a3 = a2 + aRow;
    tileOf<f32>(a, a1, a2, a3, 4, ONE_RUN, 1, depth, b, TILE_BYTES, c, ldc, false, false, true);
    a = a3 + aRow;
    c += TILE_ROWS * ldc;
  }
}

/**
 * C (+)= Aᵀ·B for `rows` columns of A, a multiple of 4, and 8 of B: rows of A and B are dense, `aRow` and `bRow` bytes apart,
 * and there are `depth` of them.
 */
export function columnsTimesColumns(
  a: usize, aRow: usize, b: usize, bRow: usize, depth: usize, c: usize, ldc: usize, rows: usize, accumulate: bool,
): void {
  for (let i: usize = 0; i < rows; i += TILE_ROWS) {
    wholePacked<f32>(a, aRow, b, bRow, depth, c, ldc, accumulate);
    a += TILE_ROWS * 4;
    c += TILE_ROWS * ldc;
  }
}

/** The part of an edge tile that lies inside C. */
function copyEdge<T>(edge: usize, c: usize, ldc: usize, rows: usize, columns: usize, accumulate: bool): void {
  const bytes = min<usize>(columns * sizeof<T>(), TILE_BYTES);
  for (let i: usize = 0; i < rows; i++) {
    let j: usize = 0;
    if (bytes >= 16) {
      put<T>(c, v128.load(edge), accumulate);
      j = 16;
    }
    for (; j < bytes; j += sizeof<T>()) {
      const sum = load<T>(edge + j);
      store<T>(c + j, accumulate ? load<T>(c + j) + sum : sum);
    }
    edge += TILE_BYTES;
    c += ldc;
  }
}

/** {@link tile} for rows of A that are packed. */
export function tilePacked<T>(
  a: usize, depth: usize, b: usize, c: usize, ldc: usize, rows: usize, columns: usize, accumulate: bool, edge: usize,
): void {
  const isWhole = rows >= TILE_ROWS && columns >= TILE_BYTES / sizeof<T>();
  const step = TILE_ROWS * sizeof<T>();
  if (isWhole) wholePacked<T>(a, step, b, TILE_BYTES, depth, c, ldc, accumulate);
  else {
    wholePacked<T>(a, step, b, TILE_BYTES, depth, edge, TILE_BYTES, false);
    copyEdge<T>(edge, c, ldc, min<usize>(rows, TILE_ROWS), columns, accumulate);
  }
}

/** The tile of C that has `rows` rows and `columns` columns left; one that hangs over an edge is computed at `edge`. */
export function tile<T>(
  a0: usize, a1: usize, a2: usize, a3: usize, step: usize, table: usize, runs: usize, run: usize, b: usize, c: usize,
  ldc: usize, rows: usize, columns: usize, accumulate: bool, edge: usize,
): void {
  const isWhole = rows >= TILE_ROWS && columns >= TILE_BYTES / sizeof<T>();
  if (isWhole) whole<T>(a0, a1, a2, a3, step, table, runs, run, b, c, ldc, accumulate);
  else {
    whole<T>(a0, a1, a2, a3, step, table, runs, run, b, edge, TILE_BYTES, false);
    copyEdge<T>(edge, c, ldc, min<usize>(rows, TILE_ROWS), columns, accumulate);
  }
}

/** Four rows of one column of C. */
// @ts-ignore: decorator
@inline
function putColumn(c: usize, ldc: usize, sum: v128, accumulate: bool): void {
  const c1 = c + ldc;
  const c2 = c1 + ldc;
  const c3 = c2 + ldc;
  if (accumulate) {
    sum = f32x4.add(sum, f32x4(load<f32>(c), load<f32>(c1), load<f32>(c2), load<f32>(c3)));
  }
  v128.store_lane<f32>(c, sum, 0);
  v128.store_lane<f32>(c1, sum, 1);
  v128.store_lane<f32>(c2, sum, 2);
  v128.store_lane<f32>(c3, sum, 3);
}

/**
 * C (+)= A·B for the last columns of C. Four packed rows of A are a vector, which is multiplied by single elements of B: sixteen
 * rows of one or two columns, or eight rows of three or four.
 */
// @ts-ignore: decorator
@inline
function columnsOf(
  a: usize, depth: usize, b: usize, c: usize, ldc: usize, columns: usize, accumulate: bool, isPair: bool,
): void {
  let c0 = f32x4.splat(0);
  let c1 = c0;
  let c2 = c0;
  let c3 = c0;
  let c4 = c0;
  let c5 = c0;
  let c6 = c0;
  let c7 = c0;
  const apart = 16 * depth;
  let p = a;
  let p1 = a + apart;
  let p2 = p1 + apart;
  let p3 = p2 + apart;
  for (const end = b + depth * TILE_BYTES; b < end; b += TILE_BYTES) {
    const b0 = v128.load32_splat(b);
    const b1 = v128.load32_splat(b, 4);
    let x = v128.load(p);
    c0 = madd<f32>(x, b0, c0);
    c1 = madd<f32>(x, b1, c1);
    if (isPair) {
      x = v128.load(p1);
      c2 = madd<f32>(x, b0, c2);
      c3 = madd<f32>(x, b1, c3);
      x = v128.load(p2);
      c4 = madd<f32>(x, b0, c4);
      c5 = madd<f32>(x, b1, c5);
      x = v128.load(p3);
      c6 = madd<f32>(x, b0, c6);
      c7 = madd<f32>(x, b1, c7);
      p2 += 16;
      p3 += 16;
    } else {
      const b2 = v128.load32_splat(b, 8);
      const b3 = v128.load32_splat(b, 12);
      c2 = madd<f32>(x, b2, c2);
      c3 = madd<f32>(x, b3, c3);
      x = v128.load(p1);
      c4 = madd<f32>(x, b0, c4);
      c5 = madd<f32>(x, b1, c5);
      c6 = madd<f32>(x, b2, c6);
      c7 = madd<f32>(x, b3, c7);
    }
    p += 16;
    p1 += 16;
  }
  const four = 4 * ldc;
  putColumn(c, ldc, c0, accumulate);
  if (columns > 1) putColumn(c + 4, ldc, c1, accumulate);
  if (!isPair) {
    putColumn(c + 8, ldc, c2, accumulate);
    if (columns > 3) putColumn(c + 12, ldc, c3, accumulate);
    c += four;
    putColumn(c, ldc, c4, accumulate);
    putColumn(c + 4, ldc, c5, accumulate);
    putColumn(c + 8, ldc, c6, accumulate);
    if (columns > 3) putColumn(c + 12, ldc, c7, accumulate);
    return;
  }
  c += four;
  putColumn(c, ldc, c2, accumulate);
  if (columns > 1) putColumn(c + 4, ldc, c3, accumulate);
  c += four;
  putColumn(c, ldc, c4, accumulate);
  if (columns > 1) putColumn(c + 4, ldc, c5, accumulate);
  c += four;
  putColumn(c, ldc, c6, accumulate);
  if (columns > 1) putColumn(c + 4, ldc, c7, accumulate);
}

/** Sixteen rows of the last column or two. */
export function lastTwo(
  a: usize, depth: usize, b: usize, c: usize, ldc: usize, columns: usize, accumulate: bool,
): void {
  columnsOf(a, depth, b, c, ldc, columns, accumulate, true);
}

/** Eight rows of the last three or four columns. */
export function lastFour(
  a: usize, depth: usize, b: usize, c: usize, ldc: usize, columns: usize, accumulate: bool,
): void {
  columnsOf(a, depth, b, c, ldc, columns, accumulate, false);
}

/** Turns four vectors into four columns of rows that are `width` bytes from each other. */
// @ts-ignore: decorator
@inline
export function turn(p0: usize, p1: usize, p2: usize, p3: usize, target: usize, width: usize): void {
  const a = v128.load(p0);
  const b = v128.load(p1);
  const c = v128.load(p2);
  const d = v128.load(p3);
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  v128.store(target, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(target + width, v128.shuffle<i64>(ab, cd, 1, 3));
  const ab2 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd2 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(target + 2 * width, v128.shuffle<i64>(ab2, cd2, 0, 2));
  v128.store(target + 3 * width, v128.shuffle<i64>(ab2, cd2, 1, 3));
}

/**
 * Packs a panel of B: rows, of which `columns` columns are left from here on. Strides are in bytes; columns beyond the last
 * hold anything, which may be read from behind the rows.
 */
export function panel<T>(
  source: usize, depth: usize, columns: usize, depthStride: isize, columnStride: isize, target: usize,
): void {
  const wide: usize = TILE_BYTES / sizeof<T>();
  const count = min<usize>(wide, columns);
  const end = target + depth * TILE_BYTES;
  if (columnStride == sizeof<T>()) {
    for (; target < end; target += TILE_BYTES) {
      v128.store(target, v128.load(source));
      v128.store(target, v128.load(source, 16), 16);
      source += <usize>depthStride;
    }
    return;
  }
  if (sizeof<T>() == 4 && depthStride == 4 && count == wide) {
    for (; target + 4 * TILE_BYTES <= end; target += 4 * TILE_BYTES) {
      for (let half: usize = 0; half < 2; half++) {
        const p0 = source + half * 4 * <usize>columnStride;
        const p1 = p0 + <usize>columnStride;
        const p2 = p1 + <usize>columnStride;
        turn(p0, p1, p2, p2 + <usize>columnStride, target + half * 16, TILE_BYTES);
      }
      source += 16;
    }
  }
  for (; target < end; target += TILE_BYTES) {
    let p = source;
    for (let v: usize = 0; v < count; v++) {
      store<T>(target + v * sizeof<T>(), load<T>(p));
      p += <usize>columnStride;
    }
    source += <usize>depthStride;
  }
}
