/** Strided blocks of float32 copied, or added to others. */
import { four, putFour } from "./vectors";

/** to[i, j, k] (+)= from[i, j, k] for a block of l × m × n; strides are in bytes. */
export function move(
  add: bool, from: usize, to: usize, l: i32, fromL: usize, toL: usize, m: i32, fromM: usize, toM: usize, n: i32,
  fromN: usize, toN: usize,
): void {
  for (let i = 0; i < l; i++) {
    for (let j = 0; j < m; j++) {
      let p = from + i * fromL + j * fromM;
      let q = to + i * toL + j * toM;
      let k = n;
      for (; k > 3; k -= 4) {
        let v = four(p, fromN);
        if (add) v = f32x4.add(four(q, toN), v);
        putFour(q, toN, v);
        p += 4 * fromN;
        q += 4 * toN;
      }
      for (; k > 0; k--) {
        const v = load<f32>(p);
        store<f32>(q, add ? load<f32>(q) + v : v);
        p += fromN;
        q += toN;
      }
    }
  }
}
