/**
 * Matrix multiplication with 128-bit SIMD, for float32 and float64.
 *
 * The method is Goto's: a block of B is packed into panels, so that the innermost loop reads it one vector after the
 * other, and a tile of C stays in registers over the whole depth. Of A one element is read at a time and spread over a
 * vector, so A is read where it lies. The caller (src/kernels/wasm/matmul.ts) chooses blocks and addresses.
 *
 * A tile has 4 × 2 vectors: with 6 × 2 the loop needs all 16 registers of x64, and engines spill some of them. On
 * engines with relaxed SIMD src/kernels/wasm/runtime.ts fuses the multiplications and additions of these loops.
 *
 * Source: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, ACM TOMS 34(3), 2008.
 */

/** Rows of a tile of C. */
const TILE_ROWS: usize = 4;

/** Bytes of a row of a tile of C, and of a row of a panel of B: two vectors. */
const TILE_BYTES: usize = 32;

/**
 * C (+)= A·B for A [rows, depth] and packed B [depth, columns]; strides are in bytes.
 *
 * Tiles hang over the edges of C. Beyond its last row that needs free memory. Beyond the end of a row they overwrite
 * the start of the next one, which is written later: panels run from the last to the first, rows from the first to the
 * last. With `accumulate` rows of C need free memory up to a whole tile, since what is overwritten would be read again.
 */
// @ts-ignore: decorator
@inline
function multiply<T>(
  a: usize, aRow: usize, aStep: usize, b: usize, c: usize, ldc: usize, rows: usize, columns: usize, depth: usize,
  accumulate: bool,
): void {
  const panel = depth * TILE_BYTES;
  let left = (columns * sizeof<T>() + TILE_BYTES - 1) & ~(TILE_BYTES - 1);
  b += left * depth;
  while (left > 0) {
    left -= TILE_BYTES;
    b -= panel;
    const end = b + panel;
    for (let i: usize = 0; i < rows; i += TILE_ROWS) {
      // Rows beyond the last repeat it.
      const last = rows - 1 - i;
      let a0 = a + i * aRow;
      let a1 = a0 + min<usize>(1, last) * aRow;
      let a2 = a0 + min<usize>(2, last) * aRow;
      let a3 = a0 + min<usize>(3, last) * aRow;
      const t0 = c + i * ldc + left;
      const t1 = t0 + ldc;
      const t2 = t1 + ldc;
      const t3 = t2 + ldc;
      let c00 = v128.splat<T>(<T>0);
      let c01 = c00;
      let c10 = c00;
      let c11 = c00;
      let c20 = c00;
      let c21 = c00;
      let c30 = c00;
      let c31 = c00;
      if (accumulate) {
        c00 = v128.load(t0);
        c01 = v128.load(t0, 16);
        c10 = v128.load(t1);
        c11 = v128.load(t1, 16);
        c20 = v128.load(t2);
        c21 = v128.load(t2, 16);
        c30 = v128.load(t3);
        c31 = v128.load(t3, 16);
      }
      for (let p = b; p < end; p += TILE_BYTES) {
        const b0 = v128.load(p);
        const b1 = v128.load(p, 16);
        let x = v128.load_splat<T>(a0);
        c00 = v128.add<T>(v128.mul<T>(x, b0), c00);
        c01 = v128.add<T>(v128.mul<T>(x, b1), c01);
        x = v128.load_splat<T>(a1);
        c10 = v128.add<T>(v128.mul<T>(x, b0), c10);
        c11 = v128.add<T>(v128.mul<T>(x, b1), c11);
        x = v128.load_splat<T>(a2);
        c20 = v128.add<T>(v128.mul<T>(x, b0), c20);
        c21 = v128.add<T>(v128.mul<T>(x, b1), c21);
        x = v128.load_splat<T>(a3);
        c30 = v128.add<T>(v128.mul<T>(x, b0), c30);
        c31 = v128.add<T>(v128.mul<T>(x, b1), c31);
        a0 += aStep;
        a1 += aStep;
        a2 += aStep;
        a3 += aStep;
      }
      v128.store(t0, c00);
      v128.store(t0, c01, 16);
      v128.store(t1, c10);
      v128.store(t1, c11, 16);
      v128.store(t2, c20);
      v128.store(t2, c21, 16);
      v128.store(t3, c30);
      v128.store(t3, c31, 16);
    }
  }
}

/**
 * Packs B [depth, columns] into panels of two vectors of columns, each stored row after row. Strides are in bytes and
 * may be negative or 0. Columns beyond the last hold anything: their results are never kept.
 */
// @ts-ignore: decorator
@inline
function pack<T>(b: usize, depthStride: usize, columnStride: usize, target: usize, columns: usize, depth: usize): void {
  const lanes: usize = TILE_BYTES / sizeof<T>();
  for (let j: usize = 0; j < columns; j += lanes) {
    let p = b + j * columnStride;
    if (columnStride == sizeof<T>()) {
      for (let k: usize = 0; k < depth; k++) {
        v128.store(target + k * TILE_BYTES, v128.load(p));
        v128.store(target + k * TILE_BYTES, v128.load(p, 16), 16);
        p += depthStride;
      }
    } else {
      const some = min(lanes, columns - j);
      for (let v: usize = 0; v < some; v++) {
        let q = p;
        let out = target + v * sizeof<T>();
        for (let k: usize = 0; k < depth; k++) {
          store<T>(out, load<T>(q));
          q += depthStride;
          out += TILE_BYTES;
        }
        p += columnStride;
      }
    }
    target += depth * TILE_BYTES;
  }
}

/** {@link pack} for float32. */
export function pack32(b: usize, depthStride: usize, columnStride: usize, target: usize, columns: usize, depth: usize): void {
  pack<f32>(b, depthStride, columnStride, target, columns, depth);
}

/** {@link pack} for float64. */
export function pack64(b: usize, depthStride: usize, columnStride: usize, target: usize, columns: usize, depth: usize): void {
  pack<f64>(b, depthStride, columnStride, target, columns, depth);
}

/** {@link multiply} for float32. */
export function multiply32(
  a: usize, aRow: usize, aStep: usize, b: usize, c: usize, ldc: usize, rows: usize, columns: usize, depth: usize,
  accumulate: bool,
): void {
  multiply<f32>(a, aRow, aStep, b, c, ldc, rows, columns, depth, accumulate);
}

/** {@link multiply} for float64. */
export function multiply64(
  a: usize, aRow: usize, aStep: usize, b: usize, c: usize, ldc: usize, rows: usize, columns: usize, depth: usize,
  accumulate: bool,
): void {
  multiply<f64>(a, aRow, aStep, b, c, ldc, rows, columns, depth, accumulate);
}
