/**
 * The library of the WASM engine (AssemblyScript, compiled into src/engines/wasm/library.generated.ts by
 * scripts/build-library.ts): what is more than a loop over elements. It works on the memory of one program, by addresses;
 * strides are in bytes. Nothing here allocates.
 *
 * The matrix product is Goto's: blocks of A and B are packed into panels, so that the innermost loop reads both operands
 * one element after the other, and a tile of 4 rows and two vectors of C stays in registers over the whole depth.
 * Source: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, ACM TOMS 34(3), 2008.
 */

/** Rows of a tile of C: 4 × 2 vectors, two of B and one of A leave the engine registers to spare. */
const TILE_ROWS: usize = 4;

/** Bytes of a row of a tile of C: two vectors. */
const TILE_BYTES: usize = 32;

/** A block of A of that many rows, and a block of B of that depth and that many columns, lie packed in scratch memory. */
const ROWS: usize = 64;
const DEPTH: usize = 256;
const COLUMNS: usize = 512;

/** Where a tile that hangs over the edge of C is computed. */
const EDGE: usize = 64;

// @ts-expect-error: decorator
@inline
function put<T>(c: usize, sum: v128, accumulate: bool): void {
  v128.store(c, accumulate ? v128.add<T>(v128.load(c), sum) : sum);
}

function tile<T>(a: usize, b: usize, depth: usize, c: usize, ldc: usize, accumulate: bool): void {
  let c00 = v128.splat<T>(<T>0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
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
}

/** Packs rows of A into panels of 4, each stored column after column; rows beyond the last repeat it. */
function packRows<T>(source: usize, rows: usize, depth: usize, rowStride: isize, depthStride: isize, target: usize): void {
  for (let i: usize = 0; i < rows; i += TILE_ROWS) {
    const last = rows - 1 - i;
    let p0 = source + <usize>(<isize>i * rowStride);
    let p1 = p0 + <usize>(<isize>min<usize>(1, last) * rowStride);
    let p2 = p0 + <usize>(<isize>min<usize>(2, last) * rowStride);
    let p3 = p0 + <usize>(<isize>min<usize>(3, last) * rowStride);
    for (let k: usize = 0; k < depth; k++) {
      store<T>(target, load<T>(p0));
      store<T>(target, load<T>(p1), sizeof<T>());
      store<T>(target, load<T>(p2), 2 * sizeof<T>());
      store<T>(target, load<T>(p3), 3 * sizeof<T>());
      p0 += <usize>depthStride;
      p1 += <usize>depthStride;
      p2 += <usize>depthStride;
      p3 += <usize>depthStride;
      target += TILE_ROWS * sizeof<T>();
    }
  }
}

/** Packs columns of B into panels of two vectors, each stored row after row; columns beyond the last hold anything. */
function packColumns<T>(
  source: usize,
  depth: usize,
  columns: usize,
  depthStride: isize,
  columnStride: isize,
  target: usize,
): void {
  const wide: usize = TILE_BYTES / sizeof<T>();
  for (let j: usize = 0; j < columns; j += wide) {
    let row = source + <usize>(<isize>j * columnStride);
    const count = min<usize>(wide, columns - j);
    if (columnStride == sizeof<T>() && count == wide) {
      for (let k: usize = 0; k < depth; k++) {
        v128.store(target, v128.load(row));
        v128.store(target, v128.load(row, 16), 16);
        row += <usize>depthStride;
        target += TILE_BYTES;
      }
    } else {
      for (let k: usize = 0; k < depth; k++) {
        let p = row;
        for (let v: usize = 0; v < count; v++) {
          store<T>(target + v * sizeof<T>(), load<T>(p));
          p += <usize>columnStride;
        }
        row += <usize>depthStride;
        target += TILE_BYTES;
      }
    }
  }
}

/** The part of the edge tile that lies inside C. */
function addEdge<T>(c: usize, ldc: usize, rows: usize, columns: usize, accumulate: bool): void {
  let from = EDGE;
  for (let i: usize = 0; i < rows; i++) {
    for (let j: usize = 0; j < columns * sizeof<T>(); j += sizeof<T>()) {
      const sum = load<T>(from + j);
      store<T>(c + j, accumulate ? load<T>(c + j) + sum : sum);
    }
    from += TILE_BYTES;
    c += ldc;
  }
}

// @ts-expect-error: decorator
@inline
function matmul<T>(
  a: usize,
  aRow: isize,
  aColumn: isize,
  b: usize,
  bRow: isize,
  bColumn: isize,
  c: usize,
  m: usize,
  n: usize,
  k: usize,
  scratch: usize,
): void {
  const wide: usize = TILE_BYTES / sizeof<T>();
  const ldc = n * sizeof<T>();
  const packedA = scratch;
  const packedB = scratch + ROWS * DEPTH * sizeof<T>();
  for (let j0: usize = 0; j0 < n; j0 += COLUMNS) {
    const columns = min<usize>(COLUMNS, n - j0);
    for (let l: usize = 0; l < k; l += DEPTH) {
      const depth = min<usize>(DEPTH, k - l);
      const accumulate = l > 0;
      packColumns<T>(b + <usize>(<isize>l * bRow + <isize>j0 * bColumn), depth, columns, bRow, bColumn, packedB);
      for (let i0: usize = 0; i0 < m; i0 += ROWS) {
        const rows = min<usize>(ROWS, m - i0);
        packRows<T>(a + <usize>(<isize>i0 * aRow + <isize>l * aColumn), rows, depth, aRow, aColumn, packedA);
        let panelB = packedB;
        for (let j: usize = 0; j < columns; j += wide) {
          const left = columns - j;
          let panelA = packedA;
          for (let i: usize = 0; i < rows; i += TILE_ROWS) {
            const target = c + (i0 + i) * ldc + (j0 + j) * sizeof<T>();
            if (left >= wide && rows - i >= TILE_ROWS) tile<T>(panelA, panelB, depth, target, ldc, accumulate);
            else {
              tile<T>(panelA, panelB, depth, EDGE, TILE_BYTES, false);
              addEdge<T>(target, ldc, min<usize>(TILE_ROWS, rows - i), min<usize>(wide, left), accumulate);
            }
            panelA += depth * (TILE_ROWS * sizeof<T>());
          }
          panelB += depth * TILE_BYTES;
        }
      }
    }
  }
}

/** C = A·B for strided A [m, k] and B [k, n]; C is dense. */
export function matmul32(
  a: usize,
  aRow: isize,
  aColumn: isize,
  b: usize,
  bRow: isize,
  bColumn: isize,
  c: usize,
  m: usize,
  n: usize,
  k: usize,
  scratch: usize,
): void {
  matmul<f32>(a, aRow, aColumn, b, bRow, bColumn, c, m, n, k, scratch);
}

export function matmul64(
  a: usize,
  aRow: isize,
  aColumn: isize,
  b: usize,
  bRow: isize,
  bColumn: isize,
  c: usize,
  m: usize,
  n: usize,
  k: usize,
  scratch: usize,
): void {
  matmul<f64>(a, aRow, aColumn, b, bRow, bColumn, c, m, n, k, scratch);
}

/** Terms that are added one after the other, before their sum is added to others: the error grows with this and the blocks. */
const BLOCK: usize = 64;

/** The sum of n elements side by side, in blocks: pairs of halves down to a block. */
function sumOf<T>(x: usize, n: usize): T {
  const lanes: usize = 16 / sizeof<T>();
  if (n > BLOCK * lanes) {
    const half = (n / 2 / lanes) * lanes;
    return <T>(sumOf<T>(x, half) + sumOf<T>(x + half * sizeof<T>(), n - half));
  }
  let sums = v128.splat<T>(<T>0);
  const whole = (n / lanes) * lanes;
  for (let i: usize = 0; i < whole; i += lanes) sums = v128.add<T>(sums, v128.load(x + i * sizeof<T>()));
  let sum: T = sizeof<T>() == 4
    ? <T>((v128.extract_lane<f32>(sums, 0) + v128.extract_lane<f32>(sums, 1)) +
        (v128.extract_lane<f32>(sums, 2) + v128.extract_lane<f32>(sums, 3)))
    : <T>(v128.extract_lane<f64>(sums, 0) + v128.extract_lane<f64>(sums, 1));
  for (let i = whole; i < n; i++) sum += load<T>(x + i * sizeof<T>());
  return sum;
}

/** y[j] = Σ over r < rows of x[r, j], j < columns: halves of the rows down to a block, each half at its own place. */
function sumRows<T>(x: usize, y: usize, rows: usize, columns: usize, scratch: usize): void {
  const bytes = columns * sizeof<T>();
  if (rows > BLOCK) {
    const half = rows / 2;
    sumRows<T>(x, y, half, columns, scratch + bytes);
    sumRows<T>(x + half * bytes, scratch, rows - half, columns, scratch + bytes);
    addTo<T>(y, scratch, bytes);
    return;
  }
  memory.copy(y, x, bytes);
  for (let r: usize = 1; r < rows; r++) {
    x += bytes;
    addTo<T>(y, x, bytes);
  }
}

// @ts-expect-error: decorator
@inline
function addTo<T>(y: usize, x: usize, bytes: usize): void {
  const whole = bytes & ~15;
  let i: usize = 0;
  for (; i < whole; i += 16) v128.store(y + i, v128.add<T>(v128.load(y + i), v128.load(x + i)));
  for (; i < bytes; i += sizeof<T>()) store<T>(y + i, load<T>(y + i) + load<T>(x + i));
}

// @ts-expect-error: decorator
@inline
function sum<T>(x: usize, y: usize, outer: usize, reduced: usize, inner: usize, scratch: usize): void {
  if (reduced == 0) {
    memory.fill(y, 0, outer * inner * sizeof<T>());
    return;
  }
  for (let a: usize = 0; a < outer; a++) {
    if (inner == 1) store<T>(y, sumOf<T>(x, reduced));
    else sumRows<T>(x, y, reduced, inner, scratch);
    x += reduced * inner * sizeof<T>();
    y += inner * sizeof<T>();
  }
}

/** y[a, b] = Σ over r of x[a, r, b], both dense. The scratch holds 32 rows of b. */
export function sum32(x: usize, y: usize, outer: usize, reduced: usize, inner: usize, scratch: usize): void {
  sum<f32>(x, y, outer, reduced, inner, scratch);
}

export function sum64(x: usize, y: usize, outer: usize, reduced: usize, inner: usize, scratch: usize): void {
  sum<f64>(x, y, outer, reduced, inner, scratch);
}

/**
 * The first of the largest (with a sign of −1: smallest) of x[a, ·, b], and where it is; NaN counts as larger than all. Either of the
 * results may be left out by the address 0.
 */
export function largest32(
  x: usize,
  values: usize,
  places: usize,
  outer: usize,
  reduced: usize,
  inner: usize,
  sign: f32,
): void {
  const step = inner * 4;
  for (let a: usize = 0; a < outer; a++) {
    for (let b: usize = 0; b < inner; b++) {
      let p = x + b * 4;
      let best = load<f32>(p);
      let at: i32 = 0;
      for (let r: usize = 1; r < reduced; r++) {
        p += step;
        const v = load<f32>(p);
        if (sign * v > sign * best || (v != v && best == best)) {
          best = v;
          at = <i32>r;
        }
      }
      if (values != 0) {
        store<f32>(values, best);
        values += 4;
      }
      if (places != 0) {
        store<i32>(places, at);
        places += 4;
      }
    }
    x += reduced * step;
  }
}

/** y[a, k, b] = x[a, places[a, k, b], b]; 1 when a place is outside of 0 … reduced − 1, where nothing is read. */
export function gather32(
  x: usize,
  places: usize,
  y: usize,
  outer: usize,
  reduced: usize,
  count: usize,
  inner: usize,
): i32 {
  for (let a: usize = 0; a < outer; a++) {
    for (let k: usize = 0; k < count; k++) {
      for (let b: usize = 0; b < inner; b++) {
        const place = <usize>load<i32>(places);
        if (place >= reduced) return 1;
        store<f32>(y, load<f32>(x + (place * inner + b) * 4));
        places += 4;
        y += 4;
      }
    }
    x += reduced * inner * 4;
  }
  return 0;
}

/** y[a, places[a, k, b], b] += x[a, k, b]; 1 when a place is outside of 0 … reduced − 1, where nothing is written. */
export function scatterAdd32(
  y: usize,
  places: usize,
  x: usize,
  outer: usize,
  reduced: usize,
  count: usize,
  inner: usize,
): i32 {
  for (let a: usize = 0; a < outer; a++) {
    for (let k: usize = 0; k < count; k++) {
      for (let b: usize = 0; b < inner; b++) {
        const place = <usize>load<i32>(places);
        if (place >= reduced) return 1;
        const target = y + (place * inner + b) * 4;
        store<f32>(target, load<f32>(target) + load<f32>(x));
        places += 4;
        x += 4;
      }
    }
    y += reduced * inner * 4;
  }
  return 0;
}

/**
 * Windows of images as rows [n·oh·ow, c·fh·fw], one row after the other. Images have any strides, in bytes; the rows are
 * dense.
 */
export function im2col32(
  x: usize,
  strideN: i32,
  strideC: i32,
  strideY: i32,
  strideX: i32,
  y: usize,
  n: i32,
  c: i32,
  h: i32,
  w: i32,
  fh: i32,
  fw: i32,
  oh: i32,
  ow: i32,
  stepY: i32,
  stepX: i32,
  padY: i32,
  padX: i32,
  dilationY: i32,
  dilationX: i32,
): void {
  const acrossX = dilationX * strideX;
  for (let image = 0; image < n; image++) {
    for (let i = 0; i < oh; i++) {
      const top = i * stepY - padY;
      for (let j = 0; j < ow; j++) {
        const left = j * stepX - padX;
        const isInside = left >= 0 && left + (fw - 1) * dilationX < w;
        for (let channel = 0; channel < c; channel++) {
          const plane = x + <usize>(image * strideN + channel * strideC + left * strideX);
          for (let p = 0; p < fh; p++) {
            const row = top + p * dilationY;
            if (<u32>row >= <u32>h) {
              for (let q = 0; q < fw; q++) {
                store<f32>(y, 0);
                y += 4;
              }
              continue;
            }
            let from = plane + <usize>(row * strideY);
            if (isInside) {
              for (let q = 0; q < fw; q++) {
                store<f32>(y, load<f32>(from));
                from += acrossX;
                y += 4;
              }
            } else {
              for (let q = 0; q < fw; q++) {
                store<f32>(y, <u32>(left + q * dilationX) < <u32>w ? load<f32>(from) : 0);
                from += acrossX;
                y += 4;
              }
            }
          }
        }
      }
    }
  }
}

/** Rows of windows added up to images of any strides, which begin at 0; the adjoint of im2col. */
export function col2im32(
  x: usize,
  strideN: i32,
  strideC: i32,
  strideY: i32,
  strideX: i32,
  y: usize,
  n: i32,
  c: i32,
  h: i32,
  w: i32,
  fh: i32,
  fw: i32,
  oh: i32,
  ow: i32,
  stepY: i32,
  stepX: i32,
  padY: i32,
  padX: i32,
  dilationY: i32,
  dilationX: i32,
): void {
  memory.fill(y, 0, <usize>(n * c * h * w) * 4);
  for (let image = 0; image < n; image++) {
    for (let i = 0; i < oh; i++) {
      const top = i * stepY - padY;
      for (let j = 0; j < ow; j++) {
        const left = j * stepX - padX;
        for (let channel = 0; channel < c; channel++) {
          const plane = y + <usize>(image * strideN + channel * strideC);
          for (let p = 0; p < fh; p++) {
            const row = top + p * dilationY;
            if (<u32>row >= <u32>h) {
              x += fw * 4;
              continue;
            }
            const line = plane + <usize>(row * strideY);
            for (let q = 0; q < fw; q++) {
              const column = left + q * dilationX;
              if (<u32>column < <u32>w) {
                const target = line + <usize>(column * strideX);
                store<f32>(target, load<f32>(target) + load<f32>(x));
              }
              x += 4;
            }
          }
        }
      }
    }
  }
}

/**
 * The first largest number of each window of images of any strides, and its place in the window, both dense as
 * [n, oh, ow, c]; what lies beyond the images is 0, NaN counts as larger than all. Either result may be left out by the
 * address 0.
 */
export function maxPool32(
  x: usize,
  strideN: i32,
  strideC: i32,
  strideY: i32,
  strideX: i32,
  values: usize,
  places: usize,
  n: i32,
  c: i32,
  h: i32,
  w: i32,
  fh: i32,
  fw: i32,
  oh: i32,
  ow: i32,
  stepY: i32,
  stepX: i32,
  padY: i32,
  padX: i32,
  dilationY: i32,
  dilationX: i32,
): void {
  const vectors = strideC == 4 ? c & ~3 : 0;
  for (let image = 0; image < n; image++) {
    for (let i = 0; i < oh; i++) {
      for (let j = 0; j < ow; j++) {
        const top = i * stepY - padY;
        const left = j * stepX - padX;
        const corner = x + <usize>(image * strideN + top * strideY + left * strideX);
        for (let channel = 0; channel < vectors; channel += 4) {
          let best = f32x4.splat(0);
          let at = i32x4.splat(0);
          for (let p = 0; p < fh; p++) {
            const isRow = <u32>(top + p * dilationY) < <u32>h;
            for (let q = 0; q < fw; q++) {
              let v = f32x4.splat(0);
              if (isRow && <u32>(left + q * dilationX) < <u32>w) {
                v = v128.load(corner + <usize>(p * dilationY * strideY + q * dilationX * strideX + channel * 4));
              }
              if ((p | q) == 0) best = v;
              else {
                const isNew = v128.or(f32x4.gt(v, best), v128.andnot(f32x4.eq(best, best), f32x4.eq(v, v)));
                best = v128.bitselect(v, best, isNew);
                at = v128.bitselect(i32x4.splat(p * fw + q), at, isNew);
              }
            }
          }
          if (values != 0) {
            v128.store(values, best);
            values += 16;
          }
          if (places != 0) {
            v128.store(places, at);
            places += 16;
          }
        }
        for (let channel = vectors; channel < c; channel++) {
          let best: f32 = 0;
          let at = 0;
          for (let p = 0; p < fh; p++) {
            const isRow = <u32>(top + p * dilationY) < <u32>h;
            for (let q = 0; q < fw; q++) {
              let v: f32 = 0;
              if (isRow && <u32>(left + q * dilationX) < <u32>w) {
                v = load<f32>(corner + <usize>(p * dilationY * strideY + q * dilationX * strideX + channel * strideC));
              }
              if ((p | q) == 0 || v > best || (v != v && best == best)) {
                best = v;
                at = p * fw + q;
              }
            }
          }
          if (values != 0) {
            store<f32>(values, best);
            values += 4;
          }
          if (places != 0) {
            store<i32>(places, at);
            places += 4;
          }
        }
      }
    }
  }
}

/**
 * The adjoint of maxPool: numbers, dense as [n, oh, ow, c], added to where the largest of each window was, in images of any
 * strides, which begin at 0.
 */
export function unpool32(
  x: usize,
  places: usize,
  strideN: i32,
  strideC: i32,
  strideY: i32,
  strideX: i32,
  y: usize,
  n: i32,
  c: i32,
  h: i32,
  w: i32,
  fh: i32,
  fw: i32,
  oh: i32,
  ow: i32,
  stepY: i32,
  stepX: i32,
  padY: i32,
  padX: i32,
  dilationY: i32,
  dilationX: i32,
): void {
  memory.fill(y, 0, <usize>(n * c * h * w) * 4);
  for (let image = 0; image < n; image++) {
    for (let i = 0; i < oh; i++) {
      for (let j = 0; j < ow; j++) {
        const top = i * stepY - padY;
        const left = j * stepX - padX;
        for (let channel = 0; channel < c; channel++) {
          const at = load<i32>(places);
          const row = top + (at / fw) * dilationY;
          const column = left + (at % fw) * dilationX;
          if (<u32>row < <u32>h && <u32>column < <u32>w) {
            const target = y + <usize>(image * strideN + channel * strideC + row * strideY + column * strideX);
            store<f32>(target, load<f32>(target) + load<f32>(x));
          }
          places += 4;
          x += 4;
        }
      }
    }
  }
}

/** The first two words of a block of Philox4x32-10, the first in the upper half. Source: Salmon et al. (2011). */
// @ts-ignore: decorator
@inline
function philox(key: u64, counter: u64): u64 {
  let c0 = <u32>counter;
  let c1 = <u32>(counter >> 32);
  let c2: u32 = 0;
  let c3: u32 = 0;
  let k0 = <u32>key;
  let k1 = <u32>(key >> 32);
  for (let round = 0; round < 10; round++) {
    const product0 = <u64>c0 * 0xd2511f53;
    const product1 = <u64>c2 * 0xcd9e8d57;
    c0 = <u32>(product1 >> 32) ^ c1 ^ k0;
    c1 = <u32>product1;
    c2 = <u32>(product0 >> 32) ^ c3 ^ k1;
    c3 = <u32>product0;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  return ((<u64>c0) << 32) | c1;
}

/**
 * n random numbers: 1 with probability p, else 0; for p < 0 uniform ones in [0, 1). Key and counter are those given, added to
 * the two float64 numbers at `state` unless that is 0.
 */
export function random32(y: usize, n: usize, state: usize, key: f64, counter: f64, p: f64): void {
  if (state != 0) {
    key += load<f64>(state);
    counter += load<f64>(state, 8);
  }
  const k = <u64>key;
  let at = <u64>counter;
  for (let i: usize = 0; i < n; i++) {
    const words = philox(k, at++);
    if (p < 0) store<f32>(y, <f32>(words >> 40) * <f32>(1.0 / 16777216.0));
    else store<f32>(y, <f64>(words >> 11) * (1.0 / 9007199254740992.0) < p ? 1 : 0);
    y += 4;
  }
}

/** Whether all of n dense elements are finite: x · 0 is NaN for those that are not. */
export function finite32(x: usize, n: usize): bool {
  let sums = f32x4.splat(0);
  const zero = sums;
  const whole = n & ~3;
  for (let i: usize = 0; i < whole; i += 4) sums = f32x4.add(sums, f32x4.mul(v128.load(x + i * 4), zero));
  let sum = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) + f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3);
  for (let i = whole; i < n; i++) sum += load<f32>(x + i * 4) * 0;
  return sum == 0;
}
