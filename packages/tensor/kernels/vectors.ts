/** Four float32 numbers to and from memory, `step` bytes apart. */

// @ts-ignore: decorator
@inline
export function four(p: usize, step: usize): v128 {
  if (step == 4) return v128.load(p);
  let v = v128.load32_zero(p);
  v = v128.load_lane<f32>(p + step, v, 1);
  v = v128.load_lane<f32>(p + 2 * step, v, 2);
  return v128.load_lane<f32>(p + 3 * step, v, 3);
}

// @ts-ignore: decorator
@inline
export function putFour(p: usize, step: usize, v: v128): void {
  if (step == 4) v128.store(p, v);
  else {
    v128.store_lane<f32>(p, v, 0);
    v128.store_lane<f32>(p + step, v, 1);
    v128.store_lane<f32>(p + 2 * step, v, 2);
    v128.store_lane<f32>(p + 3 * step, v, 3);
  }
}
