/** RandomGenerator: a key and the next counter. Everything random in Adjoint is drawn from one that somebody passed. */
import { checkInteger, checkNumber, checkProbability } from "../checks.ts";
import { SpecError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { checkShape, type Shape, sizeOf } from "../shape.ts";
import { shown } from "../shown.ts";
import { Tensor } from "../tensor.ts";
import { bernoulliAt, floatDType, normalAt, uniformAt } from "./distributions.ts";
import { blockAt } from "./philox.ts";

type Float = "float32" | "float64";

/** Where a generator stands: two integers that can be saved as JSON. */
export interface GeneratorState {
  readonly key: number;
  readonly counter: number;
}

/** What is called with each generator that is made, with each before it moves on, and before its state is read or set. */
export interface GeneratorWatch {
  made(rng: RandomGenerator): void;
  moves(rng: RandomGenerator): void;
  touches?(rng: RandomGenerator): void;
}

let watch: GeneratorWatch | null = null;

/** What generators are watched by. @internal */
export function generatorWatch(): GeneratorWatch | null {
  return watch;
}

/** Runs `fn` while generators are watched, by null not at all. @internal */
export function watchingGenerators<Result>(by: GeneratorWatch | null, fn: () => Result): Result {
  const previous = watch;
  watch = by;
  try {
    return fn();
  } finally {
    watch = previous;
  }
}

/** Blocks for keys of split generators and for integers are apart from those for tensors at the same counter. */
const SPLIT = 1;
const INTEGER = 2;

/** The largest number of each dtype: ranges beyond it would give Infinity. */
const largest = { float32: (2 - 2 ** -23) * 2 ** 127, float64: Number.MAX_VALUE };

/** No normal number of mean 0 and standard deviation 1 is larger: √(−2 log 2⁻⁵³) < 8.58. */
const NORMAL_RANGE = 8.58;

/**
 * A source of random numbers. Equal states give equal numbers, on every machine; made by {@link rng}.
 * Source of the engine: Salmon et al. (2011), Philox4x32-10.
 */
export class RandomGenerator {
  private base = 0;
  private next = 0;

  /**
   * @param key      what the numbers depend on besides the counter
   * @param counter  where to begin
   * @throws SpecError unless both are integers ≥ 0
   */
  constructor(key: number, counter = 0) {
    this.goTo({ key, counter });
    watch?.made(this);
  }

  /** What the numbers depend on besides the counter. */
  get key(): number {
    watch?.touches?.(this);
    return this.base;
  }

  /** A generator that goes on from a saved state. */
  static fromState(state: GeneratorState): RandomGenerator {
    return new RandomGenerator(state.key, state.counter);
  }

  /** Its key and its next counter; set it to go on from another state. @throws SpecError unless both are integers ≥ 0 */
  get state(): GeneratorState {
    watch?.touches?.(this);
    return { key: this.base, counter: this.next };
  }

  set state(state: GeneratorState) {
    watch?.touches?.(this);
    this.goTo(state);
  }

  private goTo({ key, counter }: GeneratorState): void {
    checkInteger("RandomGenerator", "key", key, 0);
    checkInteger("RandomGenerator", "counter", counter, 0);
    this.base = key;
    this.next = counter;
  }

  /** Reserves `count` counters for the caller to draw from, and moves on. */
  take(count: number): GeneratorState {
    checkInteger("take", "count", count, 0);
    return { key: this.base, counter: this.advance(count) };
  }

  /**
   * Uniform numbers in [low, high), by default [0, 1); rounding to the dtype can give `high` itself where low is not 0
   * or high not 1.
   * @throws SpecError unless low ≤ high are numbers that the dtype can hold
   */
  uniform<D extends Float = "float32">(
    shape: Shape,
    options: { readonly low?: number; readonly high?: number; readonly dtype?: D } = {},
  ): Tensor<D> {
    checkOptions("uniform", options, ["low", "high", "dtype"]);
    const { low = 0, high = 1 } = options;
    checkShape("uniform", shape);
    const dtype = floatDType("uniform", options.dtype) as D;
    const most = largest[dtype];
    checkNumber("uniform", "low", low, Math.abs(low) <= most, `a finite number that ${dtype} can hold`);
    const fits = high >= low && high <= most && high - low <= most;
    const expected = `a finite number ≥ low, with high − low a number that ${dtype} can hold`;
    checkNumber("uniform", "high", high, fits, expected);
    const { key, counter } = this.take(sizeOf(shape));
    const x = uniformAt(key, counter, shape, dtype);
    if (low !== 0 || high !== 1) for (let i = 0; i < x.size; i++) x.data[i] = low + x.data[i] * (high - low);
    return x;
  }

  /**
   * Normal numbers of `mean` (default 0) and standard deviation `std` (default 1).
   * @throws SpecError unless mean and std ≥ 0 are finite and no number can exceed what the dtype holds
   */
  normal<D extends Float = "float32">(
    shape: Shape,
    options: { readonly mean?: number; readonly std?: number; readonly dtype?: D } = {},
  ): Tensor<D> {
    checkOptions("normal", options, ["mean", "std", "dtype"]);
    const { mean = 0, std = 1 } = options;
    checkShape("normal", shape);
    const dtype = floatDType("normal", options.dtype) as D;
    const most = largest[dtype];
    checkNumber("normal", "mean", mean, Math.abs(mean) <= most, `a finite number that ${dtype} can hold`);
    const fits = std >= 0 && Math.abs(mean) + NORMAL_RANGE * std <= most;
    checkNumber("normal", "std", std, fits, `a finite number ≥ 0 that keeps ${dtype} numbers finite`);
    const { key, counter } = this.take(sizeOf(shape));
    const x = normalAt(key, counter, shape, dtype);
    if (mean !== 0 || std !== 1) for (let i = 0; i < x.size; i++) x.data[i] = mean + x.data[i] * std;
    return x;
  }

  /** 1 with probability `p` (default 0.5), else 0; `p` may be given for the options. @throws SpecError unless 0 ≤ p ≤ 1 */
  bernoulli<D extends Float = "float32">(
    shape: Shape,
    probability: number | { readonly p?: number; readonly dtype?: D } = {},
  ): Tensor<D> {
    const options = typeof probability === "number" ? { p: probability } : probability;
    checkOptions("bernoulli", options, ["p", "dtype"]);
    const { p = 0.5, dtype: wanted }: { readonly p?: number; readonly dtype?: D } = options;
    checkProbability("bernoulli", "p", p);
    checkShape("bernoulli", shape);
    const dtype = floatDType("bernoulli", wanted) as D;
    const { key, counter } = this.take(sizeOf(shape));
    return bernoulliAt(key, counter, shape, p, dtype);
  }

  /** Integers low ≤ k < high, all equally likely: int32. @throws SpecError unless −2³¹ ≤ low < high ≤ 2³¹ are whole */
  integers(low: number, high: number, shape: Shape): Tensor<"int32"> {
    checkInteger("integers", "low", low, -(2 ** 31), 2 ** 31 - 1);
    checkInteger("integers", "high", high, low + 1, 2 ** 31);
    checkShape("integers", shape);
    const data = new Int32Array(sizeOf(shape));
    for (let i = 0; i < data.length; i++) data[i] = low + this.below(high - low);
    return new Tensor<"int32">(data, [...shape]);
  }

  /**
   * The numbers 0 … n − 1 in random order, all orders equally likely: int32, [n]. Source: Fisher and Yates.
   * @throws SpecError unless n is an integer from 0 to 2³¹
   */
  permutation(n: number): Tensor<"int32"> {
    checkInteger("permutation", "n", n, 0, 2 ** 31);
    const data = new Int32Array(n);
    for (let i = 0; i < n; i++) data[i] = i;
    for (let i = n - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const moved = data[i];
      data[i] = data[j];
      data[j] = moved;
    }
    return new Tensor<"int32">(data, [n]);
  }

  /**
   * `count` of the numbers 0 … n − 1: int32, [count].
   * @throws SpecError when there are fewer than `count` to choose from without replacement
   */
  choice(n: number, count: number, options: { readonly replacement?: boolean } = {}): Tensor<"int32"> {
    checkOptions("choice", options, ["replacement"]);
    checkInteger("choice", "n", n, 1, 2 ** 31);
    checkInteger("choice", "count", count, 0);
    if (options.replacement ?? true) return this.integers(0, n, [count]);
    checkNumber("choice", "count", count, count <= n, `at most ${n} without replacement`);
    const { data } = this.permutation(n);
    return new Tensor<"int32">(data.slice(0, count), [count]);
  }

  /** A generator of its own, independent of this one, which moves on by one. */
  split(): RandomGenerator {
    const { key, counter } = this.take(1);
    const block = blockAt(key, counter, SPLIT);
    return new RandomGenerator((block[0] & 0x1fffff) * 2 ** 32 + block[1]);
  }

  /** The next counter, after which it moves on by `count`. */
  private advance(count: number): number {
    watch?.moves(this);
    const counter = this.next;
    if (!(counter + count <= Number.MAX_SAFE_INTEGER)) {
      throw SpecError.of("RandomGenerator", "count", count, `at most ${Number.MAX_SAFE_INTEGER - counter}`, {
        problem: `${shown(count)} more numbers from counter ${counter} exceed its 2⁵³`,
        hint: "Use split() or another seed.",
      });
    }
    this.next = counter + count;
    return counter;
  }

  /** An integer 0 ≤ k < n ≤ 2³², without bias: words from the incomplete last run of n are drawn again. */
  private below(n: number): number {
    const end = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const word = blockAt(this.base, this.advance(1), INTEGER)[0];
      if (word < end) return word % n;
    }
  }
}

/**
 * A new generator. @throws SpecError unless the seed is an integer ≥ 0
 * @param seed equal seeds give equal numbers; default 0
 */
export function rng(seed = 0): RandomGenerator {
  checkInteger("rng", "seed", seed, 0);
  return new RandomGenerator(seed);
}
