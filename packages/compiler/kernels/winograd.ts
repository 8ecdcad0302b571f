/**
 * Convolutions with windows of 3 × 3 that move by one: four results at a time need 16 multiplications where their windows have
 * 36 elements. Images and filters are transformed, multiplied number by number, and transformed back, with additions and
 * halves alone.
 *
 * Numbers are off by a few more units in the last place than those of a sum of products.
 * Source: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, CVPR 2016, F(2 × 2, 3 × 3).
 */
import { framed } from "./convolution";
import { EDGE_BYTES, ONE_RUN, tile, TILE_BYTES, TILE_ROWS } from "./tile";

/** Numbers of a transformed window. */
const NUMBERS: usize = 16;

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

/** Four vectors of a window, transformed, `apart` bytes from each other. */
// @ts-ignore: decorator
@inline
function spread(d0: v128, d1: v128, d2: v128, d3: v128, target: usize, apart: usize): void {
  v128.store(target, f32x4.sub(d0, d2));
  v128.store(target + apart, f32x4.add(d1, d2));
  v128.store(target + 2 * apart, f32x4.sub(d2, d1));
  v128.store(target + 3 * apart, f32x4.sub(d1, d3));
}

/** The 16 transformed numbers of a window of 4 × 4 pixels, for four channels. */
function transform(from: usize, line: usize, pixel: usize, target: usize, apart: usize): void {
  const line2 = from + 2 * line;
  const line3 = line2 + line;
  for (let row = 0; row < 4; row++) {
    // Rows of the transform: d0 − d2, d1 + d2, d2 − d1, d1 − d3.
    const p = row == 0 ? from : row == 2 ? line2 : from + line;
    const q = row == 3 ? line3 : row == 2 ? from + line : line2;
    const sign = f32x4.splat(row == 1 ? 1 : -1);
    const d0 = f32x4.add(v128.load(p), f32x4.mul(sign, v128.load(q)));
    const d1 = f32x4.add(v128.load(p + pixel), f32x4.mul(sign, v128.load(q + pixel)));
    const d2 = f32x4.add(v128.load(p + 2 * pixel), f32x4.mul(sign, v128.load(q + 2 * pixel)));
    const d3 = f32x4.add(v128.load(p + 3 * pixel), f32x4.mul(sign, v128.load(q + 3 * pixel)));
    spread(d0, d1, d2, d3, target, apart);
    target += 4 * apart;
  }
}

/** The sums of four numbers of a row, m0 + m1 + m2 or m1 − m2 − m3, where the rows are mixed in the same way. */
// @ts-ignore: decorator
@inline
function column(m: usize, apart: usize, isSecond: bool): v128 {
  const row = 4 * apart;
  const m1 = v128.load(m + row);
  const m2 = v128.load(m + 2 * row);
  if (isSecond) return f32x4.sub(f32x4.sub(m1, m2), v128.load(m + 3 * row));
  return f32x4.add(f32x4.add(v128.load(m), m1), m2);
}

/** The convolution of {@link convolve32} for 3 × 3 windows that move by one; c and f are multiples of 4. */
export function winograd32(
  x: usize, strideN: i32, strideC: i32, strideY: i32, strideX: i32, filters: usize, y: usize, c: i32, h: i32, w: i32,
  fh: i32, fw: i32, oh: i32, ow: i32, stepY: i32, stepX: i32, padY: i32, padX: i32, dilationY: i32, dilationX: i32,
  spreadY: i32, spreadX: i32, f: i32, scratch: usize, begin: i32, end: i32,
): void {
  const tilesY = (oh + 1) / 2;
  const tilesX = (ow + 1) / 2;
  const tiles = <usize>(tilesY * tilesX);
  const rows = 2 * tilesY + 2;
  const columns = 2 * tilesX + 2;
  const depth = <usize>c;
  const line = <usize>(columns * c * 4);
  const pixel = <usize>(c * 4);
  const ldc = <usize>f * 4;
  const frame = scratch + EDGE_BYTES;
  const windows = frame + <usize>rows * line;
  const products = windows + NUMBERS * tiles * pixel;
  const panels = <usize>((f + 7) / 8);
  for (let image = begin; image < end; image++) {
    const from = x + <usize>(image * strideN);
    framed(from, strideC, strideY, strideX, frame, c, h, w, rows, columns, padY, padX, spreadY, spreadX);
    for (let i = 0; i < tilesY; i++) {
      for (let j = 0; j < tilesX; j++) {
        const corner = frame + <usize>(2 * i) * line + <usize>(2 * j) * pixel;
        const target = windows + <usize>(i * tilesX + j) * pixel;
        for (let channel: usize = 0; channel < pixel; channel += 16) {
          transform(corner + channel, line, pixel, target + channel, tiles * pixel);
        }
      }
    }
    for (let k: usize = 0; k < NUMBERS; k++) {
      const a = windows + k * tiles * pixel;
      const sums = products + k * tiles * ldc;
      for (let j: usize = 0; j < panels; j++) {
        const b = filters + (k * panels + j) * depth * TILE_BYTES;
        for (let i: usize = 0; i < tiles; i += TILE_ROWS) {
          const left = tiles - 1 - i;
          const a0 = a + i * pixel;
          tile<f32>(
            a0,
            a0 + min<usize>(1, left) * pixel,
            a0 + min<usize>(2, left) * pixel,
            a0 + min<usize>(3, left) * pixel,
            4,
            ONE_RUN,
            1,
            depth,
            b,
            sums + i * ldc + j * TILE_BYTES,
            ldc,
            left + 1,
            <usize>f - 8 * j,
            false,
            scratch,
          );
        }
      }
    }
    const to = y + <usize>(image * oh * ow) * ldc;
    const apart = tiles * ldc;
    for (let i = 0; i < tilesY; i++) {
      for (let j = 0; j < tilesX; j++) {
        const sums = products + <usize>(i * tilesX + j) * ldc;
        const corner = to + <usize>(2 * i * ow + 2 * j) * ldc;
        for (let row = 0; row < 2; row++) {
          if (2 * i + row >= oh) break;
          const place = corner + <usize>(row * ow) * ldc;
          for (let filter: usize = 0; filter < ldc; filter += 16) {
            const m = sums + filter;
            const m0 = column(m, apart, row == 1);
            const m1 = column(m + apart, apart, row == 1);
            const m2 = column(m + 2 * apart, apart, row == 1);
            const m3 = column(m + 3 * apart, apart, row == 1);
            v128.store(place + filter, f32x4.add(f32x4.add(m0, m1), m2));
            if (2 * j + 1 < ow) v128.store(place + ldc + filter, f32x4.sub(f32x4.sub(m1, m2), m3));
          }
        }
      }
    }
  }
}
