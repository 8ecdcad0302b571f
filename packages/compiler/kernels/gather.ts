/** Elements, and slices, taken from places along an axis, and added there. */

/**
 * far[a, places[a, k, b], b] goes to near[a, k, b] or, where `adds`, the other way; 1 when a place is outside of
 * 0 … reduced − 1, where nothing is read or written.
 */
// @ts-ignore: decorator
@inline
function each(
  adds: bool, far: usize, places: usize, near: usize, reduced: usize, count: usize, inner: usize, begin: usize,
  end: usize,
): i32 {
  far += begin * reduced * inner * 4;
  places += begin * count * inner * 4;
  near += begin * count * inner * 4;
  for (let a = begin; a < end; a++) {
    for (let k: usize = 0; k < count; k++) {
      for (let b: usize = 0; b < inner; b++) {
        const place = <usize>load<i32>(places);
        if (place >= reduced) return 1;
        const at = far + (place * inner + b) * 4;
        if (adds) store<f32>(at, load<f32>(at) + load<f32>(near));
        else store<f32>(near, load<f32>(at));
        places += 4;
        near += 4;
      }
    }
    far += reduced * inner * 4;
  }
  return 0;
}

/** y[a, k, b] = x[a, places[a, k, b], b]; 1 when a place is outside of 0 … reduced − 1, where nothing is read. */
export function gather32(
  x: usize, places: usize, y: usize, reduced: usize, count: usize, inner: usize, scratch: usize, begin: usize,
  end: usize,
): i32 {
  return each(false, x, places, y, reduced, count, inner, begin, end);
}

/** y[a, places[a, k, b], b] += x[a, k, b]; 1 when a place is outside of 0 … reduced − 1, where nothing is written. */
export function scatterAdd32(
  y: usize, places: usize, x: usize, reduced: usize, count: usize, inner: usize, scratch: usize, begin: usize,
  end: usize,
): i32 {
  return each(true, y, places, x, reduced, count, inner, begin, end);
}

/** y[a, k, ·] = x[a, places[k], ·], slices of `inner` elements; 1 when a place is outside of 0 … reduced − 1, where nothing is read. */
export function indexSelect32(
  x: usize, places: usize, y: usize, reduced: usize, count: usize, inner: usize, scratch: usize, begin: usize,
  end: usize,
): i32 {
  const bytes = inner * 4;
  y += begin * count * bytes;
  for (let a = begin; a < end; a++) {
    for (let k: usize = 0; k < count; k++, y += bytes) {
      const place = <usize>load<i32>(places + k * 4);
      if (place >= reduced) return 1;
      memory.copy(y, x + (a * reduced + place) * bytes, bytes);
    }
  }
  return 0;
}

/** y[a, places[k], ·] += x[a, k, ·], slices of `inner` elements; 1 when a place is outside of 0 … reduced − 1, where nothing is written. */
export function indexAdd32(
  y: usize, places: usize, x: usize, reduced: usize, count: usize, inner: usize, scratch: usize, begin: usize,
  end: usize,
): i32 {
  const bytes = inner * 4;
  const whole = bytes & ~15;
  x += begin * count * bytes;
  for (let a = begin; a < end; a++) {
    for (let k: usize = 0; k < count; k++, x += bytes) {
      const place = <usize>load<i32>(places + k * 4);
      if (place >= reduced) return 1;
      const target = y + (a * reduced + place) * bytes;
      let i: usize = 0;
      for (; i < whole; i += 16) v128.store(target + i, f32x4.add(v128.load(target + i), v128.load(x + i)));
      for (; i < bytes; i += 4) store<f32>(target + i, load<f32>(target + i) + load<f32>(x + i));
    }
  }
  return 0;
}

/**
 * Blocks begin … end − 1 of `bytes` bytes, one after the other at x, to y, where they lie `apart` bytes apart, with `before` bytes of 0 before
 * each and `after` behind it.
 */
export function blocks(
  x: usize, y: usize, bytes: usize, apart: usize, before: usize, after: usize, scratch: usize, begin: usize,
  end: usize,
): void {
  for (let i = begin; i < end; i++) {
    const to = y + i * apart;
    memory.fill(to - before, 0, before);
    memory.copy(to, x + i * bytes, bytes);
    memory.fill(to + bytes, 0, after);
  }
}
