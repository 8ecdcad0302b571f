/** Elements taken from places along an axis, and added there. */

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
