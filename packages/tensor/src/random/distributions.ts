/**
 * Random tensors as functions of a key and a counter: element i depends on (key, counter + i) alone, so that a part of
 * a draw is the draw of that part, whoever makes it.
 *
 * Element i is made of one block of Philox: its counter has the element's number in its lower half, and in its upper
 * half what the block is for, so that tensors, integers and keys of split generators never share a block.
 * Different distributions at one counter do: whoever draws reserves counters for each draw (`RandomGenerator.take`).
 */
import { checkInteger, checkProbability } from "../checks.ts";
import { allocate, type DataOf, type DType, isFloat } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import { checkShape, type Shape, sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { blockAt, unit } from "./philox.ts";

type Float = "float32" | "float64";

/** The dtype of random real numbers, default float32. @throws DTypeError unless it is a real one */
export function floatDType(op: string, dtype: DType = "float32"): Float {
  if (isFloat(dtype)) return dtype;
  throw DTypeError.of(op, "dtype", dtype, "float32 or float64", {
    hint: "Use integers or permutation for random integers.",
  });
}

/** Storage for a draw, after a look at what it is to be. */
function storage<D extends Float>(op: string, key: number, counter: number, shape: Shape, dtype: D): DataOf<Float> {
  checkInteger(op, "key", key, 0);
  checkInteger(op, "counter", counter, 0);
  checkShape(op, shape);
  checkInteger(op, "the last counter", counter + sizeOf(shape), 0);
  return allocate(floatDType(op, dtype), sizeOf(shape));
}

/**
 * Uniform numbers in [0, 1): multiples of 2⁻²⁴ as float32, of 2⁻⁵³ as float64.
 * @throws SpecError for a key or counter that is not an integer; ShapeError, DTypeError
 */
export function uniformAt<D extends Float>(key: number, counter: number, shape: Shape, dtype: D): Tensor<D> {
  const data = storage("uniformAt", key, counter, shape, dtype);
  const single = dtype === "float32";
  for (let i = 0; i < data.length; i++) {
    const block = blockAt(key, counter + i);
    data[i] = single ? (block[0] >>> 8) * 2 ** -24 : unit(block[0], block[1]);
  }
  return new Tensor<D>(data as DataOf<D>, [...shape]);
}

/**
 * Normal numbers of mean 0 and standard deviation 1: √(−2 log(1 − u)) · cos 2πv, u and v uniform; all below 8.58 in
 * size, as u has 53 bits. float32 is the float64 number, rounded. Source: Box and Muller (1958).
 * @throws SpecError for a key or counter that is not an integer; ShapeError, DTypeError
 */
export function normalAt<D extends Float>(key: number, counter: number, shape: Shape, dtype: D): Tensor<D> {
  const data = storage("normalAt", key, counter, shape, dtype);
  for (let i = 0; i < data.length; i++) {
    const block = blockAt(key, counter + i);
    const radius = Math.sqrt(-2 * Math.log1p(-unit(block[0], block[1])));
    data[i] = radius * Math.cos(2 * Math.PI * unit(block[2], block[3]));
  }
  return new Tensor<D>(data as DataOf<D>, [...shape]);
}

/**
 * 1 with probability p, else 0: whether the uniform number of 53 bits at that counter is below p.
 * @throws SpecError for a p that is no probability, or a key or counter that is not an integer; ShapeError, DTypeError
 */
export function bernoulliAt<D extends Float>(
  key: number,
  counter: number,
  shape: Shape,
  p: number,
  dtype: D,
): Tensor<D> {
  checkProbability("bernoulliAt", "p", p);
  const data = storage("bernoulliAt", key, counter, shape, dtype);
  for (let i = 0; i < data.length; i++) {
    const block = blockAt(key, counter + i);
    data[i] = unit(block[0], block[1]) < p ? 1 : 0;
  }
  return new Tensor<D>(data as DataOf<D>, [...shape]);
}
