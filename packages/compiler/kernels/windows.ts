/** Windows of images: as rows, added up, and their largest numbers. */

/**
 * Windows of images begin … end − 1 as rows [n·oh·ow, c·fh·fw], one row after the other. Images have any strides, in
 * bytes; the rows are dense.
 */
export function im2col32(
  x: usize, strideN: i32, strideC: i32, strideY: i32, strideX: i32, y: usize, c: i32, h: i32, w: i32, fh: i32, fw: i32,
  oh: i32, ow: i32, stepY: i32, stepX: i32, padY: i32, padX: i32, dilationY: i32, dilationX: i32, scratch: usize,
  begin: i32, end: i32,
): void {
  const acrossX = dilationX * strideX;
  y += <usize>(begin * oh * ow * c * fh * fw) * 4;
  for (let image = begin; image < end; image++) {
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

/**
 * Rows of windows added up to images begin … end − 1 of any strides, which begin at 0; the adjoint of im2col. Images lie one
 * after the other, or all are done at once.
 */
export function col2im32(
  x: usize, strideN: i32, strideC: i32, strideY: i32, strideX: i32, y: usize, c: i32, h: i32, w: i32, fh: i32, fw: i32,
  oh: i32, ow: i32, stepY: i32, stepX: i32, padY: i32, padX: i32, dilationY: i32, dilationX: i32, scratch: usize,
  begin: i32, end: i32,
): void {
  memory.fill(y + <usize>(begin * strideN), 0, <usize>((end - begin) * c * h * w) * 4);
  x += <usize>(begin * oh * ow * c * fh * fw) * 4;
  for (let image = begin; image < end; image++) {
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
  x: usize, strideN: i32, strideC: i32, strideY: i32, strideX: i32, values: usize, places: usize, c: i32, h: i32,
  w: i32, fh: i32, fw: i32, oh: i32, ow: i32, stepY: i32, stepX: i32, padY: i32, padX: i32, dilationY: i32,
  dilationX: i32, scratch: usize, begin: i32, end: i32,
): void {
  if (values != 0) values += <usize>(begin * oh * ow * c) * 4;
  if (places != 0) places += <usize>(begin * oh * ow * c) * 4;
  for (let image = begin; image < end; image++) {
    for (let i = 0; i < oh; i++) {
      const top = i * stepY - padY;
      const isRowInside = top >= 0 && top + (fh - 1) * dilationY < h;
      for (let j = 0; j < ow; j++) {
        const left = j * stepX - padX;
        const corner = x + <usize>(image * strideN + top * strideY + left * strideX);
        const isInside = isRowInside && left >= 0 && left + (fw - 1) * dilationX < w;
        const vectors = isInside && strideC == 4 && c >= 4 ? c : 0;
        for (let next = 0; next < vectors; next += 4) {
          // The last vector begins within the one before where channels are no multiple of four.
          const channel = <usize>min<i32>(next, c - 4) * 4;
          let line = corner + channel;
          let best = v128.load(line);
          let at = i32x4.splat(0);
          let place = 0;
          for (let p = 0; p < fh; p++) {
            let from = line;
            for (let q = 0; q < fw; q++) {
              const v = v128.load(from);
              const isNew = v128.andnot(f32x4.eq(best, best), f32x4.le(v, best));
              best = v128.bitselect(v, best, isNew);
              at = v128.bitselect(i32x4.splat(place++), at, isNew);
              from += <usize>(dilationX * strideX);
            }
            line += <usize>(dilationY * strideY);
          }
          if (values != 0) v128.store(values + channel, best);
          if (places != 0) v128.store(places + channel, at);
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
          if (values != 0) store<f32>(values + <usize>channel * 4, best);
          if (places != 0) store<i32>(places + <usize>channel * 4, at);
        }
        if (values != 0) values += <usize>c * 4;
        if (places != 0) places += <usize>c * 4;
      }
    }
  }
}

/** Whether windows lie side by side and channels, too: every number of theirs is written once. */
// @ts-ignore: decorator
@inline
function isTiled(
  strideC: i32, fh: i32, fw: i32, stepY: i32, stepX: i32, padY: i32, padX: i32, dilationY: i32, dilationX: i32,
): bool {
  return strideC == 4 && stepY == fh && stepX == fw && dilationY == 1 && dilationX == 1 && (padY | padX) == 0;
}

/** Whether {@link unpool32} leaves numbers as they are, which have to be 0 before. */
export function leavesNumbers(
  strideC: i32, h: i32, w: i32, fh: i32, fw: i32, oh: i32, ow: i32, stepY: i32, stepX: i32, padY: i32, padX: i32,
  dilationY: i32, dilationX: i32,
): bool {
  return !isTiled(strideC, fh, fw, stepY, stepX, padY, padX, dilationY, dilationX) || oh * fh < h || ow * fw < w;
}

/**
 * The adjoint of maxPool: numbers, dense as [n, oh, ow, c], added to where the largest of each window was, in images of any
 * strides, which begin at 0.
 */
export function unpool32(
  x: usize, places: usize, strideN: i32, strideC: i32, strideY: i32, strideX: i32, y: usize, c: i32, h: i32, w: i32,
  fh: i32, fw: i32, oh: i32, ow: i32, stepY: i32, stepX: i32, padY: i32, padX: i32, dilationY: i32, dilationX: i32,
  scratch: usize, begin: i32, end: i32,
): void {
  if (leavesNumbers(strideC, h, w, fh, fw, oh, ow, stepY, stepX, padY, padX, dilationY, dilationX)) {
    memory.fill(y + <usize>(begin * strideN), 0, <usize>((end - begin) * c * h * w) * 4);
  }
  unpool(
    x, places, strideN, strideC, strideY, strideX, y, c, h, w, fh, fw, oh, ow, stepY, stepX, padY, padX, dilationY,
    dilationX, begin, end,
  );
}

/** {@link unpool32} on images that are 0 where it leaves numbers as they are. */
export function unpool(
  x: usize, places: usize, strideN: i32, strideC: i32, strideY: i32, strideX: i32, y: usize, c: i32, h: i32, w: i32,
  fh: i32, fw: i32, oh: i32, ow: i32, stepY: i32, stepX: i32, padY: i32, padX: i32, dilationY: i32, dilationX: i32,
  begin: i32, end: i32,
): void {
  x += <usize>(begin * oh * ow * c) * 4;
  places += <usize>(begin * oh * ow * c) * 4;
  const areSides = isTiled(strideC, fh, fw, stepY, stepX, padY, padX, dilationY, dilationX);
  const vectors = areSides && c >= 4 ? c : 0;
  for (let image = begin; image < end; image++) {
    for (let i = 0; i < oh; i++) {
      for (let j = 0; j < ow; j++) {
        const top = i * stepY - padY;
        const left = j * stepX - padX;
        const corner = y + <usize>(image * strideN + top * strideY + left * strideX);
        for (let next = 0; next < vectors; next += 4) {
          const channel = <usize>min<i32>(next, c - 4) * 4;
          const v = v128.load(x + channel);
          const at = v128.load(places + channel);
          // The size that pools have more often than not needs no loop.
          if (fh == 2 && fw == 2) {
            const above = corner + channel;
            const under = above + <usize>strideY;
            v128.store(above, v128.and(v, i32x4.eq(at, i32x4.splat(0))));
            v128.store(above + <usize>strideX, v128.and(v, i32x4.eq(at, i32x4.splat(1))));
            v128.store(under, v128.and(v, i32x4.eq(at, i32x4.splat(2))));
            v128.store(under + <usize>strideX, v128.and(v, i32x4.eq(at, i32x4.splat(3))));
            continue;
          }
          for (let p = 0; p < fh; p++) {
            for (let q = 0; q < fw; q++) {
              const isHere = i32x4.eq(at, i32x4.splat(p * fw + q));
              v128.store(corner + channel + <usize>(p * strideY + q * strideX), v128.and(v, isHere));
            }
          }
        }
        x += <usize>vectors * 4;
        places += <usize>vectors * 4;
        for (let channel = vectors; channel < c; channel++) {
          const at = load<i32>(places);
          const plane = y + <usize>(image * strideN + channel * strideC);
          if (areSides) {
            for (let p = 0; p < fh; p++) {
              for (let q = 0; q < fw; q++) {
                const target = plane + <usize>((top + p) * strideY + (left + q) * strideX);
                store<f32>(target, at == p * fw + q ? load<f32>(x) : 0);
              }
            }
          } else {
            const row = top + (at / fw) * dilationY;
            const column = left + (at % fw) * dilationX;
            if (<u32>row < <u32>h && <u32>column < <u32>w) {
              const target = plane + <usize>(row * strideY + column * strideX);
              store<f32>(target, load<f32>(target) + load<f32>(x));
            }
          }
          places += 4;
          x += 4;
        }
      }
    }
  }
}
