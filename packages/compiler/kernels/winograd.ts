/**
 * Convolutions with windows of 3 × 3 that move by one: four results at a time need 16 multiplications where their windows have
 * 36 elements. Images and filters are transformed, multiplied number by number, and transformed back, with additions and
 * halves alone.
 *
 * Numbers are off by a few more units in the last place than those of a sum of products.
 * Source: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, CVPR 2016, F(2 × 2, 3 × 3).
 */
import { framed } from "./convolution";
import { columnsTimesColumns, EDGE_BYTES, rowsTimesPanel, TILE_BYTES } from "./tile";

/** Numbers of a transformed window. */
const NUMBERS: usize = 16;

/** Windows that are transformed at once, when that is up to whole rows of them: what is made of them stays in the caches. */
const WINDOWS: i32 = 32;

/** The same, for gradients of filters: so many terms are added up in registers. */
const TERMS: i32 = 64;

/** Bytes between two numbers of windows beyond those of the windows: without them many would be at home in one line of a cache. */
const GAP: usize = 64;

/**
 * Filters begin · 8 … end · 8 − 1, transformed and packed: 16 operands of products, one after the other, each as panels. The
 * elements of a filter are numbered by row, column and channel, each with a stride in bytes.
 */
export function winogradFilters32(
  b: usize, strideY: i32, strideX: i32, c: i32, strideC: i32, f: i32, strideF: i32, target: usize, scratch: usize,
  begin: i32, end: i32,
): void {
  const panels = (f + 7) / 8;
  const apart = <usize>(panels * c) * TILE_BYTES;
  for (let j = begin * 8; j < min<i32>(f, end * 8); j++) {
    for (let channel = 0; channel < c; channel++) {
      const from = b + <usize>(channel * strideC + j * strideF);
      const to = target + <usize>((j / 8) * c + channel) * TILE_BYTES + <usize>((j % 8) * 4);
      // Rows first: 1, ½ ½ ½, ½ −½ ½, 1 of the three; then columns.
      for (let row = 0; row < 4; row++) {
        const g0 = mixed(from, strideY, row);
        const g1 = mixed(from + <usize>strideX, strideY, row);
        const g2 = mixed(from + <usize>(2 * strideX), strideY, row);
        const at = to + <usize>(row * 4) * apart;
        store<f32>(at, g0);
        store<f32>(at + apart, <f32>0.5 * (g0 + g1 + g2));
        store<f32>(at + 2 * apart, <f32>0.5 * (g0 - g1 + g2));
        store<f32>(at + 3 * apart, g2);
      }
    }
  }
}

/** A row of the transform applied to three numbers. */
function mixed(from: usize, stride: i32, row: i32): f32 {
  const g0 = load<f32>(from);
  const g1 = load<f32>(from + <usize>stride);
  const g2 = load<f32>(from + <usize>(2 * stride));
  if (row == 0) return g0;
  if (row == 3) return g2;
  return <f32>0.5 * (row == 1 ? g0 + g1 + g2 : g0 - g1 + g2);
}

/**
 * A row of the transform of `count` windows side by side, from two rows of their pixels: p + q, or p − q where `sign` has the
 * bits of signs.
 */
function mixedRows(p: usize, q: usize, sign: v128, pixel: usize, count: i32, target: usize, apart: usize): void {
  for (; count > 0; count--) {
    for (const end = p + pixel; p < end; p += 16) {
      const d0 = f32x4.add(v128.load(p), v128.xor(v128.load(q), sign));
      const d1 = f32x4.add(v128.load(p + pixel), v128.xor(v128.load(q + pixel), sign));
      const d2 = f32x4.add(v128.load(p + 2 * pixel), v128.xor(v128.load(q + 2 * pixel), sign));
      const d3 = f32x4.add(v128.load(p + 3 * pixel), v128.xor(v128.load(q + 3 * pixel), sign));
      v128.store(target, f32x4.sub(d0, d2));
      v128.store(target + apart, f32x4.add(d1, d2));
      v128.store(target + 2 * apart, f32x4.sub(d2, d1));
      v128.store(target + 3 * apart, f32x4.sub(d1, d3));
      q += 16;
      target += 16;
    }
    p += pixel;
    q += pixel;
  }
}

/**
 * The 16 transformed numbers of windows of 4 × 4 pixels, two pixels from each other, in rows begin … end − 1 of them:
 * [16, windows, channels].
 */
function windowsOf(
  frame: usize, line: usize, pixel: usize, begin: i32, end: i32, across: i32, target: usize, apart: usize,
): void {
  for (let i = begin; i < end; i++) {
    const line0 = frame + <usize>(2 * i) * line;
    const line1 = line0 + line;
    const line2 = line1 + line;
    const minus = f32x4.splat(-0.0);
    mixedRows(line0, line2, minus, pixel, across, target, apart);
    mixedRows(line1, line2, f32x4.splat(0), pixel, across, target + 4 * apart, apart);
    mixedRows(line2, line1, minus, pixel, across, target + 8 * apart, apart);
    mixedRows(line1, line2 + line, minus, pixel, across, target + 12 * apart, apart);
    target += <usize>across * pixel;
  }
}

/** m0 + (m1 + m2), or m0 − (m1 + m2) where `sign` has the bits of signs; they are `apart` bytes from each other. */
// @ts-ignore: decorator
@inline
function column(m: usize, apart: usize, sign: v128): v128 {
  const sum = f32x4.add(v128.load(m + apart), v128.load(m + 2 * apart));
  return f32x4.add(v128.load(m), v128.xor(sum, sign));
}

/**
 * One row of the results of windows side by side, from the products of their numbers, `wide` bytes from window to window: rows
 * of numbers, and then the columns of what comes of them, are mixed as m0 + m1 + m2 or m1 − m2 − m3. With `isOdd` the last
 * window has only the first of its results.
 */
function results(
  m: usize, apart: usize, wide: usize, across: i32, isOdd: bool, isSecond: bool, target: usize, bytes: usize,
): void {
  const row = 4 * apart;
  const sign = f32x4.splat(isSecond ? -0.0 : 0.0);
  if (isSecond) m += row;
  for (let j = 1; j <= across; j++) {
    const isLast = isOdd && j == across;
    for (const end = m + bytes; m < end; m += 16) {
      const m0 = column(m, row, sign);
      const m1 = column(m + apart, row, sign);
      const m2 = column(m + 2 * apart, row, sign);
      const m3 = column(m + 3 * apart, row, sign);
      v128.store(target, f32x4.add(m0, f32x4.add(m1, m2)));
      if (!isLast) v128.store(target + bytes, f32x4.sub(m1, f32x4.add(m2, m3)));
      target += 16;
    }
    m += wide - bytes;
    target += bytes;
  }
}

/** The convolution of {@link convolve32} for 3 × 3 windows that move by one; c and f are multiples of 4. */
export function winograd32(
  x: usize, strideN: i32, strideC: i32, strideY: i32, strideX: i32, filters: usize, y: usize, c: i32, h: i32, w: i32,
  fh: i32, fw: i32, oh: i32, ow: i32, stepY: i32, stepX: i32, padY: i32, padX: i32, dilationY: i32, dilationX: i32,
  spreadY: i32, spreadX: i32, f: i32, scratch: usize, begin: i32, end: i32,
): void {
  const tilesY = (oh + 1) / 2;
  const tilesX = (ow + 1) / 2;
  const most = min<i32>(tilesY, max<i32>(1, WINDOWS / tilesX));
  const rows = 2 * tilesY + 2;
  const columns = 2 * tilesX + 2;
  const depth = <usize>c;
  const line = <usize>(columns * c * 4);
  const pixel = <usize>(c * 4);
  const panels = <usize>((f + 7) / 8);
  const ldc = <usize>f * 4;
  // Products come four rows and eight columns at a time.
  const tiles = <usize>(most * tilesX + 3) & ~3;
  const wide = panels * TILE_BYTES;
  const apart = tiles * pixel + GAP;
  const apartInProducts = tiles * wide + GAP;
  const frame = scratch + EDGE_BYTES;
  const windows = frame + <usize>rows * line;
  const numbers = windows + NUMBERS * apart;
  for (let image = begin; image < end; image++) {
    const from = x + <usize>(image * strideN);
    framed(from, strideC, strideY, strideX, frame, c, h, w, rows, columns, padY, padX, spreadY, spreadX);
    for (let i = 0; i < tilesY; i += most) {
      const last = min<i32>(tilesY, i + most);
      windowsOf(frame, line, pixel, i, last, tilesX, windows, apart);
      const count = <usize>((last - i) * tilesX);
      for (let k: usize = 0; k < NUMBERS; k++) {
        for (let j: usize = 0; j < panels; j++) {
          const b = filters + (k * panels + j) * depth * TILE_BYTES;
          const target = numbers + k * apartInProducts + j * TILE_BYTES;
          rowsTimesPanel(windows + k * apart, pixel, b, depth, target, wide, count);
        }
      }
      let m = numbers;
      for (let row = i; row < last; row++) {
        const target = y + <usize>((image * oh + 2 * row) * ow) * ldc;
        results(m, apartInProducts, wide, tilesX, (ow & 1) == 1, false, target, ldc);
        if (2 * row + 1 < oh) {
          results(m, apartInProducts, wide, tilesX, (ow & 1) == 1, true, target + <usize>ow * ldc, ldc);
        }
        m += <usize>tilesX * wide;
      }
    }
  }
}

/**
 * The 16 transformed numbers of gradients of 2 × 2 results: rows are y0, y0 + y1, y0 − y1, −y1, and so are columns. They are
 * `wide` bytes from window to window.
 */
function gradientsOf(
  frame: usize, line: usize, pixel: usize, begin: i32, end: i32, across: i32, target: usize, apart: usize, wide: usize,
): void {
  for (let i = begin; i < end; i++) {
    let p = frame + <usize>(2 * i) * line;
    for (let j = 0; j < across; j++) {
      for (const stop = p + pixel; p < stop; p += 16) {
        const a = v128.load(p);
        const b = v128.load(p + pixel);
        const c = v128.load(p + line);
        const d = v128.load(p + line + pixel);
        spreadPair(a, b, target, apart);
        spreadPair(f32x4.add(a, c), f32x4.add(b, d), target + 4 * apart, apart);
        spreadPair(f32x4.sub(a, c), f32x4.sub(b, d), target + 8 * apart, apart);
        spreadPair(f32x4.neg(c), f32x4.neg(d), target + 12 * apart, apart);
        target += 16;
      }
      p += pixel;
      target += wide - pixel;
    }
  }
}

// @ts-ignore: decorator
@inline
function spreadPair(a: v128, b: v128, target: usize, apart: usize): void {
  v128.store(target, a);
  v128.store(target + apart, f32x4.add(a, b));
  v128.store(target + 2 * apart, f32x4.sub(a, b));
  v128.store(target + 3 * apart, f32x4.neg(b));
}

/**
 * Transformed sums of windows times gradients for groups begin … end − 1 of the n images, as {@link correlate32} adds them up:
 * sums[group, 16, c, panels of filters]. The step is the adjoint of {@link winograd32} to its filters.
 */
export function winogradSums32(
  x: usize, strideN: i32, strideC: i32, strideY: i32, strideX: i32, gy: usize, gyRow: i32, gyColumn: i32, sums: usize,
  n: i32, c: i32, h: i32, w: i32, fh: i32, fw: i32, oh: i32, ow: i32, stepY: i32, stepX: i32, padY: i32, padX: i32,
  dilationY: i32, dilationX: i32, f: i32, groups: i32, scratch: usize, begin: i32, end: i32,
): void {
  const tilesY = (oh + 1) / 2;
  const tilesX = (ow + 1) / 2;
  const most = max<i32>(1, TERMS / tilesX);
  const room = most * tilesX;
  const rows = 2 * tilesY + 2;
  const columns = 2 * tilesX + 2;
  const pixel = <usize>(c * 4);
  const line = <usize>columns * pixel;
  const ldc = <usize>f * 4;
  const wide = <usize>((f + 7) / 8) * TILE_BYTES;
  const gyLine = <usize>(2 * tilesX) * ldc;
  const apart = <usize>room * pixel + GAP;
  const apartInGradients = <usize>room * wide + GAP;
  const frame = scratch + EDGE_BYTES;
  const gyFrame = frame + <usize>rows * line;
  const windows = gyFrame + <usize>(2 * tilesY) * gyLine;
  const gradients = windows + NUMBERS * apart;
  for (let group = begin; group < end; group++) {
    const to = sums + <usize>(group * c) * NUMBERS * wide;
    const last = ((group + 1) * n) / groups;
    let filled = 0;
    let isFirst = true;
    for (let image = (group * n) / groups; image < last; image++) {
      const from = x + <usize>(image * strideN);
      framed(from, strideC, strideY, strideX, frame, c, h, w, rows, columns, padY, padX, 1, 1);
      const gyFrom = gy + <usize>(image * oh * ow * gyRow);
      framed(gyFrom, gyColumn, ow * gyRow, gyRow, gyFrame, f, oh, ow, 2 * tilesY, 2 * tilesX, 0, 0, 1, 1);
      for (let i = 0; i < tilesY; i += most) {
        const stop = min<i32>(tilesY, i + most);
        const count = (stop - i) * tilesX;
        if (filled + count > room) {
          addProducts(windows, apart, gradients, apartInGradients, filled, to, pixel, wide, !isFirst);
          filled = 0;
          isFirst = false;
        }
        windowsOf(frame, line, pixel, i, stop, tilesX, windows + <usize>filled * pixel, apart);
        const to = gradients + <usize>filled * wide;
        gradientsOf(gyFrame, gyLine, ldc, i, stop, tilesX, to, apartInGradients, wide);
        filled += count;
      }
    }
    addProducts(windows, apart, gradients, apartInGradients, filled, to, pixel, wide, !isFirst);
  }
}

/** sums[k, c, f] (+)= Σ over so many windows of their number k times that of their gradients. */
function addProducts(
  windows: usize, apart: usize, gradients: usize, apartInGradients: usize, count: i32, sums: usize, pixel: usize,
  wide: usize, accumulate: bool,
): void {
  for (let k: usize = 0; k < NUMBERS; k++) {
    for (let j: usize = 0; j < wide; j += TILE_BYTES) {
      columnsTimesColumns(windows, pixel, gradients + j, wide, count, sums + j, wide, pixel / 4, accumulate);
    }
    windows += apart;
    gradients += apartInGradients;
    sums += pixel / 4 * wide;
  }
}

/** Three numbers of four, `apart` bytes from each other: m0 + ½ (m1 + m2), ½ (m1 − m2), ½ (m1 + m2) + m3. */
function backOf(m: usize, apart: usize, target: usize): void {
  const half = f32x4.splat(0.5);
  const m1 = v128.load(m + apart);
  const m2 = v128.load(m + 2 * apart);
  const middle = f32x4.mul(half, f32x4.add(m1, m2));
  v128.store(target, f32x4.add(v128.load(m), middle));
  v128.store(target, f32x4.mul(half, f32x4.sub(m1, m2)), 16);
  v128.store(target, f32x4.add(middle, v128.load(m + 3 * apart)), 32);
}

/**
 * The sums of all groups of {@link winogradSums32}, transformed back, for filters 4·begin … 4·end − 1; y is dense
 * [f, c, 3, 3].
 */
export function winogradFold32(sums: usize, y: usize, groups: i32, c: i32, f: i32, scratch: usize, begin: i32, end: i32): void {
  const wide = <usize>((f + 7) / 8) * TILE_BYTES;
  const row = <usize>c * wide;
  const rows = scratch + 16 * NUMBERS;
  const back = rows + 192;
  for (let j = begin; j < end; j++) {
    for (let channel = 0; channel < c; channel++) {
      let from = sums + <usize>channel * wide + <usize>j * 16;
      for (let k: usize = 0; k < NUMBERS; k++) {
        let p = from;
        let sum = v128.load(p);
        for (let group = 1; group < groups; group++) {
          p += NUMBERS * row;
          sum = f32x4.add(sum, v128.load(p));
        }
        v128.store(scratch + k * 16, sum);
        from += row;
      }
      for (let k: usize = 0; k < 4; k++) backOf(scratch + k * 64, 16, rows + k * 48);
      const target = y + <usize>(4 * j * c + channel) * 36;
      for (let q: usize = 0; q < 3; q++) {
        backOf(rows + q * 16, 48, back);
        for (let lane: usize = 0; lane < 4; lane++) {
          const to = target + lane * <usize>c * 36 + q * 4;
          for (let p: usize = 0; p < 3; p++) store<f32>(to + p * 12, load<f32>(back + p * 16 + lane * 4));
        }
      }
    }
  }
}
