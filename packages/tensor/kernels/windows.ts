/**
 * im2col and col2im of float32, one image at a time.
 *
 * Element (c, h, w) of the image lies at x + c·channelStep + h·rowStep + w·step (in bytes). Windows lie at `col` one
 * after the other, those of the rows of outputs from `first` to `end`. Forward they are read, with zeros outside of
 * the image; with `back` they are added to it.
 *
 * Where channels lie together four of them are moved at once, else four pixels of a row, if the window has them. Reads
 * go up to three elements beyond the image, and forward as many are written beyond a window: the next overwrites them.
 */

/** The channels of one pixel to or from their places in a window, `area` bytes apart. */
// @ts-ignore: decorator
@inline
function moveChannels(back: bool, isInside: bool, at: usize, to: usize, channels: i32, area: usize): void {
  if (!back) {
    for (; channels > 0; channels -= 4) {
      const v = isInside ? v128.load(at) : i32x4.splat(0);
      v128.store_lane<f32>(to, v, 0);
      v128.store_lane<f32>(to + area, v, 1);
      v128.store_lane<f32>(to + 2 * area, v, 2);
      v128.store_lane<f32>(to + 3 * area, v, 3);
      at += 16;
      to += 4 * area;
    }
  } else if (isInside) {
    for (; channels > 3; channels -= 4) {
      let v = v128.load32_zero(to);
      v = v128.load_lane<f32>(to + area, v, 1);
      v = v128.load_lane<f32>(to + 2 * area, v, 2);
      v = v128.load_lane<f32>(to + 3 * area, v, 3);
      v128.store(at, f32x4.add(v128.load(at), v));
      at += 16;
      to += 4 * area;
    }
    for (; channels > 0; channels--) {
      store<f32>(at, load<f32>(at) + load<f32>(to));
      at += 4;
      to += area;
    }
  }
}

export function windows(
  back: bool,
  x: usize,
  col: usize,
  channels: i32,
  channelStep: i32,
  height: u32,
  rowStep: i32,
  width: u32,
  step: i32,
  first: i32,
  end: i32,
  outputW: i32,
  filterH: i32,
  filterW: i32,
  strideH: i32,
  strideW: i32,
  padH: i32,
  padW: i32,
  dilationH: i32,
  dilationW: i32,
): void {
  const together = channelStep == 4 && channels >= 4;
  const area = 4 * filterH * filterW;
  const apart = dilationW * step;
  const run = 4 * filterW;
  for (let i = first; i < end; i++) {
    const top = i * strideH - padH;
    for (let j = 0; j < outputW; j++) {
      const left = j * strideW - padW;
      const wide = !back && apart == 4 && left >= 0 && <u32>(left + filterW) <= width;
      let channel = x + top * rowStep + left * step;
      for (let c = 0; c < channels; c++) {
        let h = top;
        let row = channel;
        for (let p = 0; p < filterH; p++) {
          let at = row;
          if (together) {
            for (let q = 0; q < filterW; q++) {
              moveChannels(back, <u32>h < height && <u32>(left + q * dilationW) < width, at, col, channels, area);
              at += apart;
              col += 4;
            }
          } else if (wide && <u32>h < height) {
            for (let b = 0; b < run; b += 16) v128.store(col + b, v128.load(at + b));
            col += run;
          } else {
            const inside: u32 = <u32>h < height ? width : 0;
            let w = left;
            for (let q = 0; q < filterW; q++) {
              if (<u32>w < inside) {
                if (back) store<f32>(at, load<f32>(at) + load<f32>(col));
                else store<f32>(col, load<f32>(at));
              } else if (!back) store<f32>(col, 0);
              at += apart;
              w += dilationW;
              col += 4;
            }
          }
          h += dilationH;
          row += dilationH * rowStep;
        }
        if (together) {
          col += (channels - 1) * area;
          break;
        }
        channel += channelStep;
      }
    }
  }
}
