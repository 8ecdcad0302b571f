/**
 * Random tensors as functions of a key and a counter: element i depends on (key, counter + i) alone, so that a part of
 * a draw is the draw of that part, whoever makes it.
 *
 * Element i is made of one block of Philox: its counter has the element's number in its lower half, and in its upper
 * half what is drawn, so that different distributions at one counter are independent.
 */
import { allocate, type DataOf } from "../dtype.ts";
import { type Shape, sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { philox } from "./philox.ts";

type Float = "float32" | "float64";

const words = new Uint32Array(4);

/** Fills `words` with the block of one element. Keys and counters are whole numbers up to 2⁵³. */
export function blockAt(key: number, counter: number, purpose = 0): Uint32Array {
  philox(words, counter >>> 0, (counter / 2 ** 32) >>> 0, purpose, 0, key >>> 0, (key / 2 ** 32) >>> 0);
  return words;
}

/** A number in [0, 1) from two words: 53 bits. */
function unit(high: number, low: number): number {
  return (high * 2097152 + (low >>> 11)) * 2 ** -53;
}

function drawn<D extends Float>(shape: Shape, dtype: D, element: (i: number) => number): Tensor<D> {
  const data = allocate(dtype, sizeOf(shape)) as Float32Array | Float64Array;
  for (let i = 0; i < data.length; i++) data[i] = element(i);
  return new Tensor<D>(data as DataOf<D>, [...shape]);
}

/** Uniform numbers in [0, 1): multiples of 2⁻²⁴ as float32, of 2⁻⁵³ as float64. */
export function uniformAt<D extends Float>(key: number, counter: number, shape: Shape, dtype: D): Tensor<D> {
  if (dtype === "float32") return drawn(shape, dtype, (i) => (blockAt(key, counter + i)[0] >>> 8) * 2 ** -24);
  return drawn(shape, dtype, (i) => {
    const block = blockAt(key, counter + i);
    return unit(block[0], block[1]);
  });
}

/**
 * Normal numbers of mean 0 and standard deviation 1: √(−2 log(1 − u)) · cos 2πv, u and v uniform.
 * float32 is the float64 number, rounded. Source: Box and Muller (1958).
 */
export function normalAt<D extends Float>(key: number, counter: number, shape: Shape, dtype: D): Tensor<D> {
  return drawn(shape, dtype, (i) => {
    const block = blockAt(key, counter + i);
    const radius = Math.sqrt(-2 * Math.log1p(-unit(block[0], block[1])));
    return radius * Math.cos(2 * Math.PI * unit(block[2], block[3]));
  });
}

/** 1 with probability p, else 0: whether the uniform number of 53 bits at that counter is below p. */
export function bernoulliAt<D extends Float>(
  key: number,
  counter: number,
  shape: Shape,
  p: number,
  dtype: D,
): Tensor<D> {
  return drawn(shape, dtype, (i) => {
    const block = blockAt(key, counter + i);
    return unit(block[0], block[1]) < p ? 1 : 0;
  });
}
