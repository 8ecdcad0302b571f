/** Generator: a key and the next counter. Everything random in Adjoint is drawn from one that somebody passed. */
import { type DType, isFloat } from "../dtype.ts";
import { DTypeError, SpecError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { checkShape, type Shape, sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { bernoulliAt, blockAt, normalAt, uniformAt } from "./distributions.ts";

type Float = "float32" | "float64";

/** Where a generator stands: two whole numbers that can be saved as JSON. */
export interface GeneratorState {
  readonly key: number;
  readonly counter: number;
}

/** Blocks for keys of split generators and for whole numbers are apart from those for tensors at the same counter. */
const SPLIT = 1;
const INTEGER = 2;

function checkWhole(op: string, argument: string, value: unknown, least = 0): void {
  if (Number.isSafeInteger(value) && (value as number) >= least) return;
  throw new SpecError({
    op,
    problem: `${argument} is ${String(value)}`,
    argument,
    expected: `a whole number from ${least} to 2⁵³ − 1`,
    received: String(value),
    hint: `${argument} must be a whole number ≥ ${least}.`,
  });
}

function checkNumber(op: string, argument: string, value: unknown, ok: boolean, expected: string): void {
  if (typeof value === "number" && ok) return;
  throw new SpecError({ op, problem: `${argument} is ${String(value)}`, argument, expected, received: String(value) });
}

function floatOption(op: string, dtype: DType = "float32"): Float {
  if (isFloat(dtype)) return dtype;
  throw new DTypeError({
    op,
    problem: `random real numbers cannot be ${String(dtype)}`,
    argument: "dtype",
    expected: "float32 or float64",
    received: String(dtype),
    hint: "Use integers or permutation for whole numbers.",
  });
}

/**
 * A source of random numbers. Equal states give equal numbers, on every machine; made by {@link rng}.
 * Source of the engine: Salmon et al. (2011), Philox4x32-10.
 */
export class Generator {
  /** What the numbers depend on besides the counter. */
  readonly key: number;
  private next: number;

  /** @throws SpecError unless both are whole numbers ≥ 0 */
  constructor(key: number, counter = 0) {
    checkWhole("Generator", "key", key);
    checkWhole("Generator", "counter", counter);
    this.key = key;
    this.next = counter;
  }

  /** A generator that goes on from a saved state. */
  static fromState(state: GeneratorState): Generator {
    return new Generator(state.key, state.counter);
  }

  /** Where this generator stands. */
  get state(): GeneratorState {
    return { key: this.key, counter: this.next };
  }

  /** Reserves `count` counters for the caller to draw from, and moves on. */
  take(count: number): GeneratorState {
    checkWhole("take", "count", count);
    const { state } = this;
    this.next += count;
    return state;
  }

  /** Uniform numbers in [low, high), by default [0, 1). */
  uniform<D extends Float = "float32">(
    shape: Shape,
    options: { readonly low?: number; readonly high?: number; readonly dtype?: D } = {},
  ): Tensor<D> {
    checkOptions("uniform", options, ["low", "high", "dtype"]);
    const { low = 0, high = 1 } = options;
    checkNumber("uniform", "low", low, Number.isFinite(low), "a finite number");
    checkNumber("uniform", "high", high, Number.isFinite(high) && high >= low, "a finite number ≥ low");
    checkShape("uniform", shape);
    const dtype = floatOption("uniform", options.dtype) as D;
    const { key, counter } = this.take(sizeOf(shape));
    const x = uniformAt(key, counter, shape, dtype);
    if (low !== 0 || high !== 1) for (let i = 0; i < x.size; i++) x.data[i] = low + x.data[i] * (high - low);
    return x;
  }

  /** Normal numbers of `mean` (default 0) and standard deviation `std` (default 1). */
  normal<D extends Float = "float32">(
    shape: Shape,
    options: { readonly mean?: number; readonly std?: number; readonly dtype?: D } = {},
  ): Tensor<D> {
    checkOptions("normal", options, ["mean", "std", "dtype"]);
    const { mean = 0, std = 1 } = options;
    checkNumber("normal", "mean", mean, Number.isFinite(mean), "a finite number");
    checkNumber("normal", "std", std, Number.isFinite(std) && std >= 0, "a finite number ≥ 0");
    checkShape("normal", shape);
    const dtype = floatOption("normal", options.dtype) as D;
    const { key, counter } = this.take(sizeOf(shape));
    const x = normalAt(key, counter, shape, dtype);
    if (mean !== 0 || std !== 1) for (let i = 0; i < x.size; i++) x.data[i] = mean + x.data[i] * std;
    return x;
  }

  /** 1 with probability `p` (default 0.5), else 0. */
  bernoulli<D extends Float = "float32">(
    shape: Shape,
    options: { readonly p?: number; readonly dtype?: D } = {},
  ): Tensor<D> {
    checkOptions("bernoulli", options, ["p", "dtype"]);
    const { p = 0.5 } = options;
    checkNumber("bernoulli", "p", p, p >= 0 && p <= 1, "a probability, 0 … 1");
    checkShape("bernoulli", shape);
    const dtype = floatOption("bernoulli", options.dtype) as D;
    const { key, counter } = this.take(sizeOf(shape));
    return bernoulliAt(key, counter, shape, p, dtype);
  }

  /** Whole numbers low ≤ k < high, all equally likely: int32. */
  integers(low: number, high: number, shape: Shape): Tensor<"int32"> {
    const fits = (low | 0) === low && Number.isInteger(high) && high > low && high <= 2 ** 31;
    checkNumber("integers", "high", high, fits, "whole numbers low < high of 32 bits");
    checkShape("integers", shape);
    const data = new Int32Array(sizeOf(shape));
    for (let i = 0; i < data.length; i++) data[i] = low + this.below(high - low);
    return new Tensor<"int32">(data, [...shape]);
  }

  /** The numbers 0 … n − 1 in random order, all orders equally likely: int32, [n]. Source: Fisher and Yates. */
  permutation(n: number): Tensor<"int32"> {
    checkWhole("permutation", "n", n);
    const data = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [data[i], data[j]] = [data[j], data[i]];
    }
    return new Tensor<"int32">(data, [n]);
  }

  /**
   * `count` of the numbers 0 … n − 1: int32, [count].
   * @throws SpecError when there are fewer than `count` to choose from without replacement
   */
  choice(n: number, count: number, options: { readonly replacement?: boolean } = {}): Tensor<"int32"> {
    checkOptions("choice", options, ["replacement"]);
    checkWhole("choice", "n", n, 1);
    checkWhole("choice", "count", count);
    if (options.replacement ?? true) return this.integers(0, n, [count]);
    checkNumber("choice", "count", count, count <= n, `at most ${n} without replacement`);
    const { data } = this.permutation(n);
    return new Tensor<"int32">(data.slice(0, count), [count]);
  }

  /** A generator of its own, independent of this one, which moves on by one. */
  split(): Generator {
    const { key, counter } = this.take(1);
    const block = blockAt(key, counter, SPLIT);
    return new Generator((block[0] & 0x1fffff) * 2 ** 32 + block[1]);
  }

  /** A whole number 0 ≤ k < n ≤ 2³², without bias: words from the incomplete last run of n are drawn again. */
  private below(n: number): number {
    const end = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const { key, counter } = this.take(1);
      const word = blockAt(key, counter, INTEGER)[0];
      if (word < end) return word % n;
    }
  }
}

/**
 * A new generator. @throws SpecError unless the seed is a whole number ≥ 0
 * @param seed equal seeds give equal numbers; default 0
 */
export function rng(seed = 0): Generator {
  checkWhole("rng", "seed", seed);
  return new Generator(seed);
}
