/** Elements taken from places along an axis, and added there. */

/** y[a, k, b] = x[a, places[a, k, b], b]; 1 when a place is outside of 0 … reduced − 1, where nothing is read. */
export function gather32(
  x: usize, places: usize, y: usize, reduced: usize, count: usize, inner: usize, scratch: usize, begin: usize,
  end: usize,
): i32 {
  x += begin * reduced * inner * 4;
  places += begin * count * inner * 4;
  y += begin * count * inner * 4;
  for (let a = begin; a < end; a++) {
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
  y: usize, places: usize, x: usize, reduced: usize, count: usize, inner: usize, scratch: usize, begin: usize,
  end: usize,
): i32 {
  y += begin * reduced * inner * 4;
  places += begin * count * inner * 4;
  x += begin * count * inner * 4;
  for (let a = begin; a < end; a++) {
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

