/**
 * Packed matrix multiplication with 128-bit SIMD, for float32 and float64 (AssemblyScript, compiled into
 * src/kernels/wasm/matmul.generated.ts by scripts/build-kernels.ts).
 *
 * The method is Goto's: blocks of A and B are packed into panels, so that the innermost loop reads both operands one
 * element after the other, and a tile of C stays in registers over the whole depth. Which blocks, and what lies where
 * in memory, is decided by the caller (src/kernels/wasm/matmul.ts); nothing here allocates.
 *
 * Source: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, ACM TOMS 34(3), 2008.
 */

/** Rows of a tile of C, and of a panel of A: 6 × 2 vectors, two of B and one of A fit the 16 registers of x64. */
const TILE_ROWS: usize = 6;

/** Bytes of a row of a tile of C, and of a row of a panel of B: two vectors. */
const TILE_BYTES: usize = 32;

/** A tile that hangs over the edge of C is computed here first; the caller leaves these bytes free. */
const EDGE_TILE: usize = 64;

/** c[r] = acc, or c[r] += acc. */
// @ts-ignore: decorator
@inline
function put<T>(c: usize, sum: v128, accumulate: bool): void {
  v128.store(c, accumulate ? v128.add<T>(v128.load(c), sum) : sum);
}

/** A tile of 6 rows and two vectors of columns: C (+)= A·B over `depth`; rows of C are `ldc` bytes apart. */
function wideTile<T>(a: usize, b: usize, depth: usize, c: usize, ldc: usize, accumulate: bool): void {
  let c00 = v128.splat<T>(<T>0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  let c40 = c00;
  let c41 = c00;
  let c50 = c00;
  let c51 = c00;
  const end = a + depth * (TILE_ROWS * sizeof<T>());
  while (a < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load_splat<T>(a);
    c00 = v128.add<T>(c00, v128.mul<T>(x, b0));
    c01 = v128.add<T>(c01, v128.mul<T>(x, b1));
    x = v128.load_splat<T>(a, sizeof<T>());
    c10 = v128.add<T>(c10, v128.mul<T>(x, b0));
    c11 = v128.add<T>(c11, v128.mul<T>(x, b1));
    x = v128.load_splat<T>(a, 2 * sizeof<T>());
    c20 = v128.add<T>(c20, v128.mul<T>(x, b0));
    c21 = v128.add<T>(c21, v128.mul<T>(x, b1));
    x = v128.load_splat<T>(a, 3 * sizeof<T>());
    c30 = v128.add<T>(c30, v128.mul<T>(x, b0));
    c31 = v128.add<T>(c31, v128.mul<T>(x, b1));
    x = v128.load_splat<T>(a, 4 * sizeof<T>());
    c40 = v128.add<T>(c40, v128.mul<T>(x, b0));
    c41 = v128.add<T>(c41, v128.mul<T>(x, b1));
    x = v128.load_splat<T>(a, 5 * sizeof<T>());
    c50 = v128.add<T>(c50, v128.mul<T>(x, b0));
    c51 = v128.add<T>(c51, v128.mul<T>(x, b1));
    a += TILE_ROWS * sizeof<T>();
    b += TILE_BYTES;
  }
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
  c += ldc;
  put<T>(c, c40, accumulate);
  put<T>(c + 16, c41, accumulate);
  c += ldc;
  put<T>(c, c50, accumulate);
  put<T>(c + 16, c51, accumulate);
}

/** The same with one vector of columns, for what is left when the columns do not fill two. */
function narrowTile<T>(a: usize, b: usize, depth: usize, c: usize, ldc: usize, accumulate: bool): void {
  let c0 = v128.splat<T>(<T>0);
  let c1 = c0;
  let c2 = c0;
  let c3 = c0;
  let c4 = c0;
  let c5 = c0;
  const end = a + depth * (TILE_ROWS * sizeof<T>());
  while (a < end) {
    const b0 = v128.load(b);
    c0 = v128.add<T>(c0, v128.mul<T>(v128.load_splat<T>(a), b0));
    c1 = v128.add<T>(c1, v128.mul<T>(v128.load_splat<T>(a, sizeof<T>()), b0));
    c2 = v128.add<T>(c2, v128.mul<T>(v128.load_splat<T>(a, 2 * sizeof<T>()), b0));
    c3 = v128.add<T>(c3, v128.mul<T>(v128.load_splat<T>(a, 3 * sizeof<T>()), b0));
    c4 = v128.add<T>(c4, v128.mul<T>(v128.load_splat<T>(a, 4 * sizeof<T>()), b0));
    c5 = v128.add<T>(c5, v128.mul<T>(v128.load_splat<T>(a, 5 * sizeof<T>()), b0));
    a += TILE_ROWS * sizeof<T>();
    b += TILE_BYTES / 2;
  }
  put<T>(c, c0, accumulate);
  put<T>((c += ldc), c1, accumulate);
  put<T>((c += ldc), c2, accumulate);
  put<T>((c += ldc), c3, accumulate);
  put<T>((c += ldc), c4, accumulate);
  put<T>((c += ldc), c5, accumulate);
}

/** C (+)= A·B for packed A [rows, depth] and packed B [depth, columns]; C is row-major without gaps. */
// @ts-ignore: decorator
@inline
function multiply<T>(a: usize, b: usize, c: usize, rows: usize, columns: usize, depth: usize, accumulate: bool): void {
  const wide: usize = TILE_BYTES / sizeof<T>();
  const ldc: usize = columns * sizeof<T>();
  for (let j: usize = 0; j < columns; j += wide) {
    const left = columns - j;
    const narrow = left <= wide / 2;
    let panel = a;
    for (let i: usize = 0; i < rows; i += TILE_ROWS) {
      const target = c + i * ldc + j * sizeof<T>();
      if (left >= wide && rows - i >= TILE_ROWS) wideTile<T>(panel, b, depth, target, ldc, accumulate);
      else {
        if (narrow) narrowTile<T>(panel, b, depth, EDGE_TILE, TILE_BYTES, false);
        else wideTile<T>(panel, b, depth, EDGE_TILE, TILE_BYTES, false);
        addEdge<T>(target, ldc, min(TILE_ROWS, rows - i), min(wide, left), accumulate);
      }
      panel += depth * (TILE_ROWS * sizeof<T>());
    }
    b += depth * (narrow ? TILE_BYTES / 2 : TILE_BYTES);
  }
}

/** Moves the part of the edge tile that lies inside C. */
function addEdge<T>(c: usize, ldc: usize, rows: usize, columns: usize, accumulate: bool): void {
  let tile = EDGE_TILE;
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < columns * sizeof<T>(); j += sizeof<T>()) {
      const sum = load<T>(tile + j);
      store<T>(c + j, accumulate ? load<T>(c + j) + sum : sum);
    }
    tile += TILE_BYTES;
    c += ldc;
  }
}

/**
 * Packs A [rows, depth] into panels of 6 rows, each stored column after column. Strides are in bytes and may be
 * negative or 0. Rows beyond the last repeat it: their results are never kept.
 */
// @ts-ignore: decorator
@inline
function packRows<T>(source: usize, rows: usize, depth: usize, rowStride: usize, depthStride: usize, target: usize): void {
  const last = rows - 1;
  for (let i: usize = 0; i < rows; i += TILE_ROWS) {
    let p0 = source + i * rowStride;
    if (rowStride == sizeof<T>()) {
      // Six neighbours: what is read beyond the last row is never kept either.
      for (let k: usize = 0; k < depth; k++) {
        v128.store(target, v128.load(p0));
        if (sizeof<T>() == 4) store<u64>(target, load<u64>(p0, 16), 16);
        else {
          v128.store(target, v128.load(p0, 16), 16);
          v128.store(target, v128.load(p0, 32), 32);
        }
        p0 += depthStride;
        target += TILE_ROWS * sizeof<T>();
      }
    } else {
      let p1 = source + min(i + 1, last) * rowStride;
      let p2 = source + min(i + 2, last) * rowStride;
      let p3 = source + min(i + 3, last) * rowStride;
      let p4 = source + min(i + 4, last) * rowStride;
      let p5 = source + min(i + 5, last) * rowStride;
      for (let k: usize = 0; k < depth; k++) {
        store<T>(target, load<T>(p0));
        store<T>(target, load<T>(p1), sizeof<T>());
        store<T>(target, load<T>(p2), 2 * sizeof<T>());
        store<T>(target, load<T>(p3), 3 * sizeof<T>());
        store<T>(target, load<T>(p4), 4 * sizeof<T>());
        store<T>(target, load<T>(p5), 5 * sizeof<T>());
        p0 += depthStride;
        p1 += depthStride;
        p2 += depthStride;
        p3 += depthStride;
        p4 += depthStride;
        p5 += depthStride;
        target += TILE_ROWS * sizeof<T>();
      }
    }
  }
}

/**
 * Packs B [depth, columns] into panels of two vectors of columns, each stored row after row; the last panel has one
 * vector when that is enough. Strides as for A; columns beyond the last hold anything: their results are never kept.
 */
// @ts-ignore: decorator
@inline
function packColumns<T>(
  source: usize,
  depth: usize,
  columns: usize,
  depthStride: usize,
  columnStride: usize,
  target: usize,
): void {
  const lanes: usize = 16 / sizeof<T>();
  const last = columns - 1;
  for (let j: usize = 0; j < columns; j += 2 * lanes) {
    const bytes: usize = columns - j <= lanes ? 16 : 32;
    let first = target;
    for (let v: usize = j; v < j + bytes / sizeof<T>(); v += lanes) {
      let p0 = source + min(v, last) * columnStride;
      let out = first;
      if (columnStride == sizeof<T>()) {
        for (let k: usize = 0; k < depth; k++) {
          v128.store(out, v128.load(p0));
          p0 += depthStride;
          out += bytes;
        }
      } else {
        let p1 = source + min(v + 1, last) * columnStride;
        if (sizeof<T>() == 8) {
          for (let k: usize = 0; k < depth; k++) {
            store<T>(out, load<T>(p0));
            store<T>(out, load<T>(p1), 8);
            p0 += depthStride;
            p1 += depthStride;
            out += bytes;
          }
        } else {
          let p2 = source + min(v + 2, last) * columnStride;
          let p3 = source + min(v + 3, last) * columnStride;
          for (let k: usize = 0; k < depth; k++) {
            store<T>(out, load<T>(p0));
            store<T>(out, load<T>(p1), 4);
            store<T>(out, load<T>(p2), 8);
            store<T>(out, load<T>(p3), 12);
            p0 += depthStride;
            p1 += depthStride;
            p2 += depthStride;
            p3 += depthStride;
            out += bytes;
          }
        }
      }
      first += 16;
    }
    target += depth * bytes;
  }
}

/** {@link packRows} for float32. */
export function packRows32(
  source: usize,
  rows: usize,
  depth: usize,
  rowStride: usize,
  depthStride: usize,
  target: usize,
): void {
  packRows<f32>(source, rows, depth, rowStride, depthStride, target);
}

/** {@link packRows} for float64. */
export function packRows64(
  source: usize,
  rows: usize,
  depth: usize,
  rowStride: usize,
  depthStride: usize,
  target: usize,
): void {
  packRows<f64>(source, rows, depth, rowStride, depthStride, target);
}

/** {@link packColumns} for float32. */
export function packColumns32(
  source: usize,
  depth: usize,
  columns: usize,
  depthStride: usize,
  columnStride: usize,
  target: usize,
): void {
  packColumns<f32>(source, depth, columns, depthStride, columnStride, target);
}

/** {@link packColumns} for float64. */
export function packColumns64(
  source: usize,
  depth: usize,
  columns: usize,
  depthStride: usize,
  columnStride: usize,
  target: usize,
): void {
  packColumns<f64>(source, depth, columns, depthStride, columnStride, target);
}

/** {@link multiply} for float32. */
export function multiply32(
  a: usize,
  b: usize,
  c: usize,
  rows: usize,
  columns: usize,
  depth: usize,
  accumulate: bool,
): void {
  multiply<f32>(a, b, c, rows, columns, depth, accumulate);
}

/** {@link multiply} for float64. */
export function multiply64(
  a: usize,
  b: usize,
  c: usize,
  rows: usize,
  columns: usize,
  depth: usize,
  accumulate: bool,
): void {
  multiply<f64>(a, b, c, rows, columns, depth, accumulate);
}
