/**
 * Convolutions and their gradients without rows of windows in memory: windows are read where they lie, in images that are
 * channels last, with the padding around them. In such an image a row of a window is one run of numbers.
 *
 * An image that is not so is copied first, one at a time: it stays in the cache, and is read once for each element of the
 * window.
 */
import { EDGE_BYTES, packedTimesPanels, panel, tile, TILE_BYTES, tilePacked, TILE_ROWS } from "./tile";
import { leavesNumbers, unpool } from "./windows";

/** Positions of windows whose terms are added up in registers, at the most, when that is up to whole rows of them. */
const POSITIONS: i32 = 640;

/**
 * An image [c, h, w] of any strides, in bytes, as one that is channels last and has `rows` and `columns`: element (i, j)
 * goes to (padY + i·spreadY, padX + j·spreadX), unless that is outside; elsewhere are zeros.
 */
export function framed(
  x: usize, strideC: i32, strideY: i32, strideX: i32, target: usize, c: i32, h: i32, w: i32, rows: i32, columns: i32,
  padY: i32, padX: i32, spreadY: i32, spreadX: i32,
): void {
  const bytes = c * 4;
  memory.fill(target, 0, <usize>(rows * columns * bytes));
  // A row of one channel, or of channels side by side, is one run.
  if (c == 1) strideC = strideX;
  const isDense = spreadX == 1 && strideX == strideC * c;
  for (let i = 0; i < h; i++) {
    const row = padY + i * spreadY;
    if (<u32>row >= <u32>rows) continue;
    if (isDense) {
      const first = max<i32>(0, -padX);
      const count = min<i32>(w, columns - padX) - first;
      const from = x + <usize>(i * strideY + first * strideX);
      copy(from, strideC, target + <usize>((row * columns + padX + first) * bytes), max<i32>(0, count) * bytes);
      continue;
    }
    for (let j = 0; j < w; j++) {
      const column = padX + j * spreadX;
      if (<u32>column >= <u32>columns) continue;
      copy(x + <usize>(i * strideY + j * strideX), strideC, target + <usize>((row * columns + column) * bytes), bytes);
    }
  }
}

/** Numbers that lie `stride` bytes apart, side by side. */
// @ts-ignore: decorator
@inline
function copy(from: usize, stride: i32, to: usize, bytes: i32): void {
  const end = to + <usize>bytes;
  if (stride == 4) {
    for (; to + 16 <= end; to += 16) {
      v128.store(to, v128.load(from));
      from += 16;
    }
  }
  for (; to < end; to += 4) {
    store<f32>(to, load<f32>(from));
    from += <usize>stride;
  }
}

/** Offsets of m × n places, row by row: i·down + j·across. Returns the end of the table. */
function grid(table: usize, m: i32, down: i32, n: i32, across: i32): usize {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      store<i32>(table, i * down + j * across);
      table += 4;
    }
  }
  return table;
}

/** Packs four windows whose elements lie side by side. */
function packSides(from: usize, table: usize, runs: usize, run: usize, packed: usize): void {
  for (const last = table + 4 * runs; table < last; table += 4) {
    let p = from + load<u32>(table);
    for (const end = packed + 16 * run; packed < end; packed += 16) {
      v128.store(packed, v128.load(p));
      p += 4;
    }
  }
}

/**
 * y = the convolution of images [·, c, h, w] of any strides, in bytes, with f filters, packed with their elements in the
 * order of (row, column, channel): images begin … end − 1, written as dense [·, oh, ow, f]. Before that images are spread
 * and padded.
 */
export function convolve32(
  x: usize, strideN: i32, strideC: i32, strideY: i32, strideX: i32, filters: usize, y: usize, c: i32, h: i32, w: i32,
  fh: i32, fw: i32, oh: i32, ow: i32, stepY: i32, stepX: i32, padY: i32, padX: i32, dilationY: i32, dilationX: i32,
  spreadY: i32, spreadX: i32, f: i32, scratch: usize, begin: i32, end: i32,
): void {
  convolve(
    x, strideN, strideC, strideY, strideX, filters, y, 0, 0, 0, c, h, w, fh, fw, oh, ow, stepY, stepX, padY, padX,
    dilationY, dilationX, spreadY, spreadX, f, 0, 0, 0, 0, 0, 0, 0, 0, scratch, begin, end,
  );
}

/** {@link tile} whose rows begin at offsets from `frame`, of which `rows` are left in a table; the last one stands for more. */
function tileAt(
  frame: usize, at: usize, step: usize, table: usize, runs: usize, run: usize, b: usize, c: usize, ldc: usize,
  rows: usize, columns: usize, accumulate: bool, edge: usize,
): void {
  const a0 = frame + load<u32>(at);
  const a1 = frame + load<u32>(at + 4 * min<usize>(1, rows - 1));
  const a2 = frame + load<u32>(at + 4 * min<usize>(2, rows - 1));
  const a3 = frame + load<u32>(at + 4 * min<usize>(3, rows - 1));
  tile<f32>(a0, a1, a2, a3, step, table, runs, run, b, c, ldc, rows, columns, accumulate, edge);
}

/** The convolution of an image in its frame: a row of `ldc` bytes for each position, `f` results in it. */
function convolveFrame(
  frame: usize, corners: usize, positions: usize, isSide: bool, table: usize, runs: usize, run: usize, filters: usize,
  to: usize, ldc: usize, f: i32, packed: usize, scratch: usize,
): void {
  let b = filters;
  if (isSide) {
    for (let i: usize = 0; i < positions; i += TILE_ROWS) {
      packSides(frame + load<u32>(corners + 4 * i), table, runs, run, packed);
      const panels = <usize>(f >> 3);
      const target = to + i * ldc;
      packedTimesPanels(packed, runs * run, filters, panels, target, ldc);
      if ((f & 7) == 0) continue;
      const last = filters + panels * runs * run * TILE_BYTES;
      tilePacked<f32>(packed, runs * run, last, target + panels * 32, ldc, TILE_ROWS, f & 7, false, scratch);
    }
    return;
  }
  for (let j: usize = 0; j < <usize>f; j += 8) {
    for (let i: usize = 0; i < positions; i += TILE_ROWS) {
      const c = to + i * ldc + j * 4;
      tileAt(frame, corners + 4 * i, 4, table, runs, run, b, c, ldc, positions - i, <usize>f - j, false, scratch);
    }
    b += runs * run * TILE_BYTES;
  }
}

/**
 * relu(y + bias) of four numbers at an address, as integers: the order of positive floats is that of integers, with NaN above
 * all.
 */
// @ts-ignore: decorator
@inline
function biased(y: usize, bias: v128): v128 {
  return f32x4.abs(f32x4.pmax(f32x4.add(v128.load(y), bias), f32x4.splat(0)));
}

/**
 * The first largest number of each window, and its place there, of relu(y + bias) of one image y, whose rows of channels are
 * `across` bytes apart; windows do not reach beyond it. There are four channels or more.
 */
function largestOfBiased(
  y: usize, across: i32, line: i32, bias: usize, values: usize, places: usize, c: i32, fh: i32, fw: i32, oh: i32,
  ow: i32, stepY: i32, stepX: i32, dilationY: i32, dilationX: i32,
): void {
  // The size that pools have more often than not needs no loop.
  const isSquare = fh == 2 && fw == 2;
  for (let i = 0; i < oh; i++) {
    for (let j = 0; j < ow; j++) {
      const corner = y + <usize>(i * stepY * line + j * stepX * across);
      for (let next = 0; next < c; next += 4) {
        // The last vector begins within the one before where channels are no multiple of four.
        const channel = <usize>min<i32>(next, c - 4) * 4;
        const added = v128.load(bias + channel);
        let row = corner + channel;
        if (isSquare) {
          const below = row + <usize>(dilationY * line);
          const v0 = biased(row, added);
          const v1 = biased(row + <usize>(dilationX * across), added);
          const v2 = biased(below, added);
          const v3 = biased(below + <usize>(dilationX * across), added);
          const above = i32x4.max_s(v0, v1);
          const under = i32x4.max_s(v2, v3);
          if (values != 0) v128.store(values + channel, i32x4.max_s(above, under));
          if (places == 0) continue;
          // What is larger is −1.
          const first = i32x4.neg(i32x4.gt_s(v1, v0));
          const second = i32x4.sub(i32x4.splat(2), i32x4.gt_s(v3, v2));
          v128.store(places + channel, v128.bitselect(second, first, i32x4.gt_s(under, above)));
          continue;
        }
        let best = i32x4.splat(-1);
        let at = i32x4.splat(0);
        let place = 0;
        for (let p = 0; p < fh; p++) {
          let from = row;
          for (let q = 0; q < fw; q++) {
            const v = biased(from, added);
            at = v128.bitselect(i32x4.splat(place++), at, i32x4.gt_s(v, best));
            best = i32x4.max_s(v, best);
            from += <usize>(dilationX * across);
          }
          row += <usize>(dilationY * line);
        }
        if (values != 0) v128.store(values + channel, best);
        if (places != 0) v128.store(places + channel, at);
      }
      if (values != 0) values += <usize>c * 4;
      if (places != 0) places += <usize>c * 4;
    }
  }
}

/**
 * {@link convolve32}, then relu(y + bias), then the largest number of each window of that and its place there, both dense as
 * [n, ph, pw, f]; images of f channels, which four or more filters give, never leave the cache. Either result may be left out
 * by the address 0.
 */
export function convolvePool32(
  x: usize, strideN: i32, strideC: i32, strideY: i32, strideX: i32, filters: usize, bias: usize, values: usize,
  places: usize, c: i32, h: i32, w: i32, fh: i32, fw: i32, oh: i32, ow: i32, stepY: i32, stepX: i32, padY: i32,
  padX: i32, dilationY: i32, dilationX: i32, f: i32, poolH: i32, poolW: i32, ph: i32, pw: i32, poolStepY: i32,
  poolStepX: i32, poolDilationY: i32, poolDilationX: i32, scratch: usize, begin: i32, end: i32,
): void {
  convolve(
    x, strideN, strideC, strideY, strideX, filters, 0, bias, values, places, c, h, w, fh, fw, oh, ow, stepY, stepX, padY,
    padX, dilationY, dilationX, 1, 1, f, poolH, poolW, ph, pw, poolStepY, poolStepX, poolDilationY, poolDilationX,
    scratch, begin, end,
  );
}

/** Both; the results of an image are kept as they are where there is no window to pool them by. */
function convolve(
  x: usize, strideN: i32, strideC: i32, strideY: i32, strideX: i32, filters: usize, y: usize, bias: usize,
  values: usize, places: usize, c: i32, h: i32, w: i32, fh: i32, fw: i32, oh: i32, ow: i32, stepY: i32, stepX: i32,
  padY: i32, padX: i32, dilationY: i32, dilationX: i32, spreadY: i32, spreadX: i32, f: i32, poolH: i32, poolW: i32,
  ph: i32, pw: i32, poolStepY: i32, poolStepX: i32, poolDilationY: i32, poolDilationX: i32, scratch: usize, begin: i32,
  end: i32,
): void {
  const rows = (oh - 1) * stepY + (fh - 1) * dilationY + 1;
  const columns = (ow - 1) * stepX + (fw - 1) * dilationX + 1;
  const bytes = c * 4;
  const line = columns * bytes;
  // A row of a window is one run, unless its elements have gaps.
  const isWhole = dilationX == 1;
  const run = <usize>(isWhole ? fw * c : c);
  const table = scratch + EDGE_BYTES;
  const corners = grid(table, fh, dilationY * line, isWhole ? 1 : fw, dilationX * bytes);
  const runs = (corners - table) / 4;
  const packed = grid(corners, oh, stepY * line, ow, stepX * bytes);
  const frame = packed + runs * run * TILE_ROWS * 4;
  // Elements of four windows side by side that lie side by side, too, are packed by one vector.
  const isSide = stepX * c == 1 && ow % 4 == 0;
  const positions = <usize>(oh * ow);
  const isPooled = poolH != 0;
  // Rows of whole tiles, where they are pooled.
  const wide = isPooled ? (f + 7) & ~7 : f;
  const ldc = <usize>wide * 4;
  const map = (frame + <usize>(rows * line) + 63) & ~63;
  const pooled = <usize>(ph * pw * f) * 4;
  for (let image = begin; image < end; image++) {
    const from = x + <usize>(image * strideN);
    framed(from, strideC, strideY, strideX, frame, c, h, w, rows, columns, padY, padX, spreadY, spreadX);
    const to = isPooled ? map : y + <usize>image * positions * ldc;
    convolveFrame(frame, corners, positions, isSide, table, runs, run, filters, to, ldc, wide, packed, scratch);
    if (!isPooled) continue;
    const best = values == 0 ? 0 : values + <usize>image * pooled;
    const where = places == 0 ? 0 : places + <usize>image * pooled;
    largestOfBiased(
      map, wide * 4, ow * wide * 4, bias, best, where, f, poolH, poolW, ph, pw, poolStepY, poolStepX, poolDilationY,
      poolDilationX,
    );
  }
}

/**
 * Sums of windows times gradients, for groups begin … end − 1 of the n images: sums[group, (row, column, channel), f] =
 * Σ of x[window] · gy[window, f], for gradients of any strides, in bytes.
 */
export function correlate32(
  x: usize, strideN: i32, strideC: i32, strideY: i32, strideX: i32, gy: usize, gyRow: i32, gyColumn: i32, sums: usize,
  n: i32, c: i32, h: i32, w: i32, fh: i32, fw: i32, oh: i32, ow: i32, stepY: i32, stepX: i32, padY: i32, padX: i32,
  dilationY: i32, dilationX: i32, f: i32, groups: i32, scratch: usize, begin: i32, end: i32,
): void {
  correlate(
    x, strideN, strideC, strideY, strideX, gy, gyRow, gyColumn, 0, sums, n, c, h, w, fh, fw, oh, ow, stepY, stepX,
    padY, padX, dilationY, dilationX, f, groups, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, scratch, begin, end,
  );
}

/**
 * {@link correlate32} for the gradients of max pooling: numbers gy and places, dense as [n, ph, pw, f], of which the gradients
 * are made image by image, as unpool32 does.
 */
export function correlatePooled32(
  x: usize, strideN: i32, strideC: i32, strideY: i32, strideX: i32, gy: usize, places: usize, sums: usize, n: i32,
  c: i32, h: i32, w: i32, fh: i32, fw: i32, oh: i32, ow: i32, stepY: i32, stepX: i32, padY: i32, padX: i32,
  dilationY: i32, dilationX: i32, f: i32, groups: i32, poolH: i32, poolW: i32, ph: i32, pw: i32, poolStepY: i32, poolStepX: i32,
  poolPadY: i32, poolPadX: i32, poolDilationY: i32, poolDilationX: i32, scratch: usize,
  begin: i32, end: i32,
): void {
  // Rows of whole panels.
  const gyRow = ((f + 7) & ~7) * 4;
  correlate(
    x, strideN, strideC, strideY, strideX, gy, gyRow, 4, places, sums, n, c, h, w, fh, fw, oh, ow, stepY, stepX, padY,
    padX, dilationY, dilationX, f, groups, poolH, poolW, ph, pw, poolStepY, poolStepX, poolPadY, poolPadX,
    poolDilationY, poolDilationX, scratch, begin, end,
  );
}

/** Both; the gradients are read as they lie where there are no places. */
function correlate(
  x: usize, strideN: i32, strideC: i32, strideY: i32, strideX: i32, gy: usize, gyRow: i32, gyColumn: i32,
  places: usize, sums: usize, n: i32, c: i32, h: i32, w: i32, fh: i32, fw: i32, oh: i32, ow: i32, stepY: i32,
  stepX: i32, padY: i32, padX: i32, dilationY: i32, dilationX: i32, f: i32, groups: i32, poolH: i32, poolW: i32, ph: i32, pw: i32, poolStepY: i32, poolStepX: i32,
  poolPadY: i32, poolPadX: i32, poolDilationY: i32, poolDilationX: i32, scratch: usize,
  begin: i32, end: i32,
): void {
  const rows = (oh - 1) * stepY + (fh - 1) * dilationY + 1;
  const columns = (ow - 1) * stepX + (fw - 1) * dilationX + 1;
  const bytes = c * 4;
  const line = columns * bytes;
  // Where each element of a window lies, and the rows of positions.
  const elements = <usize>(fh * fw * c);
  const elementsAt = scratch + EDGE_BYTES;
  let table = elementsAt;
  for (let p = 0; p < fh; p++) {
    for (let q = 0; q < fw; q++) {
      for (let channel = 0; channel < c; channel++) {
        store<i32>(table, p * dilationY * line + q * dilationX * bytes + channel * 4);
        table += 4;
      }
    }
  }
  const frame = grid(table, oh, stepY * line, 1, 0);
  const packed = (frame + <usize>(rows * line) + 63) & ~63;
  const ldc = <usize>f * 4;
  // Blocks of rows of about the same height.
  const blocks = (oh * ow + POSITIONS - 1) / POSITIONS;
  const most = (oh + blocks - 1) / blocks;
  const map = packed + <usize>(most * ow) * TILE_BYTES;
  const leaves = leavesNumbers(
    gyColumn, oh, ow, poolH, poolW, ph, pw, poolStepY, poolStepX, poolPadY, poolPadX, poolDilationY, poolDilationX,
  );
  for (let group = begin; group < end; group++) {
    const to = sums + <usize>group * elements * ldc;
    const first = (group * n) / groups;
    const last = ((group + 1) * n) / groups;
    for (let image = first; image < last; image++) {
      const from = x + <usize>(image * strideN);
      framed(from, strideC, strideY, strideX, frame, c, h, w, rows, columns, padY, padX, 1, 1);
      let gradients = gy + <usize>(image * oh * ow * gyRow);
      if (places != 0) {
        gradients = map;
        if (leaves) memory.fill(map, 0, <usize>(oh * ow * gyRow));
        unpool(
          gy, places, 0, gyColumn, ow * gyRow, gyRow, map, f, oh, ow, poolH, poolW, ph, pw, poolStepY, poolStepX,
          poolPadY, poolPadX, poolDilationY, poolDilationX, image, image + 1,
        );
      }
      for (let i = 0; i < oh; i += most) {
        const block = min<i32>(most, oh - i);
        const source = gradients + <usize>(i * ow * gyRow);
        const isFirst = image == first && i == 0;
        for (let j = 0; j < f; j += 8) {
          panel<f32>(source + <usize>(j * gyColumn), <usize>(block * ow), <usize>(f - j), gyRow, gyColumn, packed);
          for (let k: usize = 0; k < elements; k += TILE_ROWS) {
            const c = to + k * ldc + <usize>(4 * j);
            tileAt(
              frame, elementsAt + 4 * k, <usize>(stepX * bytes), table + <usize>(4 * i), <usize>block, <usize>ow, packed,
              c, ldc, elements - k, <usize>(f - j), !isFirst, scratch,
            );
          }
        }
      }
    }
  }
}

/**
 * The sums of all groups for filters begin … end − 1, with the elements of windows in the order of (channel, row, column);
 * y is dense [f, elements].
 */
export function fold32(
  sums: usize, y: usize, groups: i32, c: i32, area: i32, f: i32, scratch: usize, begin: i32, end: i32,
): void {
  const apart = <usize>(c * area * f) * 4;
  y += <usize>(begin * c * area) * 4;
  for (let j = begin; j < end; j++) {
    for (let channel = 0; channel < c; channel++) {
      for (let k = 0; k < area; k++) {
        let p = sums + <usize>((k * c + channel) * f + j) * 4;
        let sum = load<f32>(p);
        for (let group = 1; group < groups; group++) {
          p += apart;
          sum += load<f32>(p);
        }
        store<f32>(y, sum);
        y += 4;
      }
    }
  }
}
