/** DataLoader: samples in batches, epoch after epoch, from any place on. */
import {
  checkInteger,
  checkKind,
  checkOneOf,
  checkOptions,
  isPlain,
  SpecError,
  Tensor,
  uniformAt,
} from "@adjoint/tensor";
import { checkTensor, countSamples, takeRows } from "../samples/rows.ts";
import { Ahead, type BatchNumber, type BatchParts } from "./ahead/ahead.ts";
import type { Change } from "./changes.ts";
import { epochRows, mostTransforms, transformGenerator } from "./order.ts";
import { changeOf, type Transform, withoutChance } from "./transforms.ts";

/** Where a loader is: the batch that comes next. Plain data, to be saved as JSON. */
export interface LoaderState {
  /** The seed of the loader. */
  readonly seed: number;
  /** The number of the epoch, from 0. */
  readonly epoch: number;
  /** The number of the batch in the epoch, from 0. */
  readonly batch: number;
}

/** Options of {@link DataLoader}. */
export interface DataLoaderOptions {
  /** Samples in a batch. */
  readonly batchSize: number;
  /** Whether each epoch has an order of its own. Default true. */
  readonly shuffle?: boolean;
  /** Seed of orders, of drawing by weights and of transforms. Default 0. */
  readonly seed?: number;
  /** Whether to leave out a last batch that is smaller than the others. Default false. */
  readonly dropLast?: boolean;
  /**
   * How likely each sample is, in relation to the others: an epoch then draws as many samples as there are, with
   * replacement. `classWeights` makes classes equally likely. Default: every sample once an epoch.
   */
  readonly weights?: ArrayLike<number>;
  /** Changes of the samples `x` of a batch, one after the other. Default: none. */
  readonly transforms?: readonly Transform[];
  /**
   * How many batches a worker makes ahead, while the program computes with those before; true: 2. It does the transforms of
   * this package up to the first function of one's own, which cannot be sent to it. Batches are the same with it and without.
   * Only in Node.js; elsewhere the loop makes all batches, and says so once. Default false.
   */
  readonly prefetch?: boolean | number;
  /** The state of another loader with the same options, to go on from. Default: the beginning. */
  readonly from?: LoaderState;
}

/** A batch of a loader. */
export interface LoadedBatch<X extends Tensor, T extends Tensor> {
  readonly x: X;
  readonly t: T;
  /** The rows of the samples that it has. */
  readonly rows: Int32Array;
  /** The numbers of its epoch and of itself in that, from 0. */
  readonly epoch: number;
  readonly batch: number;
}

const op = "DataLoader";

/** Batches that are made ahead where no number is given, and the most. */
const [someAhead, mostAhead] = [2, 64];

/** How long an asynchronous loop goes on before timers and events have their turn, in milliseconds. */
const patience = 10;

/** Sums of the weights up to each; throws unless they are weights of `count` samples. */
function cumulativeWeights(weights: ArrayLike<number>, count: number): Float64Array {
  checkKind(op, "weights", weights, typeof weights === "object" && weights !== null && "length" in weights, "an array");
  if (weights.length !== count) {
    throw SpecError.of(op, "weights", `${weights.length} weights`, `${count}, one for each sample`);
  }
  const sums = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    if (!(weights[i] >= 0)) throw SpecError.of(op, `weights[${i}]`, weights[i], "a number ≥ 0");
    sum += weights[i];
    sums[i] = sum;
  }
  if (!(sum > 0 && Number.isFinite(sum))) {
    throw SpecError.of(op, "weights", sum, "weights with a sum above 0 that a number holds", {
      problem: `the weights add up to ${sum}`,
    });
  }
  return sums;
}

function checkState(state: LoaderState, seed: number, batches: number): void {
  checkKind(op, "from", state, isPlain(state), "the state of a loader");
  checkInteger(op, "from.seed", state.seed, 0);
  checkInteger(op, "from.epoch", state.epoch, 0);
  checkInteger(op, "from.batch", state.batch, 0);
  if (state.seed !== seed) {
    throw SpecError.of(op, "from.seed", state.seed, `${seed}, the seed of this loader`, {
      hint: "Give the loader the options that the other had.",
    });
  }
  if (state.batch > 0 && state.batch >= batches) {
    throw SpecError.of(op, "from.batch", state.batch, `less than ${batches}, the batches of an epoch`, {
      hint: "Give the loader the samples and the options that the other had.",
    });
  }
}

/**
 * Gives samples in batches. A loop over it goes through one epoch; the next loop through the next.
 *
 * The order of epoch e depends on the seed and on e alone, and random transforms on the place of a sample in the epoch,
 * too: not on what was drawn before. So a loader that starts from the `state` of another gives what that would have given.
 *
 * ```ts
 * const loader = new DataLoader(train, { batchSize: 100, transforms: [randomShift({ by: 2 })] });
 * for (const { x, t } of loader) step(x, t);
 * ```
 */
export class DataLoader<X extends Tensor = Tensor, T extends Tensor = Tensor> {
  /** Batches in an epoch. */
  readonly length: number;
  /** Samples that there are. */
  readonly count: number;
  /** Samples in a batch; the last of an epoch may have fewer. */
  readonly batchSize: number;
  /** The seed of orders, of drawing by weights and of transforms. */
  readonly seed: number;
  private readonly samples: { readonly x: X; readonly t: T };
  private readonly options: Required<Pick<DataLoaderOptions, "shuffle" | "transforms">>;
  private readonly cumulative: Float64Array | null;
  private epoch: number;
  private batch: number;
  /** Batches that a worker makes ahead; null where there is nothing for it to do. */
  private readonly ahead: Ahead | null;
  /** How many of the transforms, from the first on, the worker does. */
  private readonly sent: number;
  private order: { readonly epoch: number; readonly rows: Int32Array } | null = null;

  /**
   * @param samples  inputs `x` [N, …] and targets `t` [N, …]
   * @param options  `batchSize`; `shuffle` (true); `seed` (0); `dropLast` (false); `weights`; `transforms`;
   *                 `prefetch` (false); `from`
   * @throws ShapeError when x and t have different numbers of rows
   * @throws SpecError  when an option is out of range, the state is of a loader with another seed or fewer batches, or
   *                    batches are to be made ahead and the first transform is a function of one's own
   */
  constructor(samples: { readonly x: X; readonly t: T }, options: DataLoaderOptions) {
    const names = ["batchSize", "shuffle", "seed", "dropLast", "weights", "transforms", "prefetch", "from"];
    checkOptions(op, options, names);
    checkKind(op, "samples", samples, typeof samples === "object" && samples !== null, "samples { x, t }");
    const { x, t } = samples;
    const { batchSize, shuffle = true, seed = 0, dropLast = false, weights, transforms = [], from } = options;
    const { prefetch = false } = options;
    this.count = countSamples(op, x, t);
    checkInteger(op, "batchSize", batchSize, 1);
    checkInteger(op, "seed", seed, 0);
    for (const [name, value] of Object.entries({ shuffle, dropLast })) checkOneOf(op, name, value, [true, false]);
    const areFunctions = Array.isArray(transforms) && transforms.every((one) => typeof one === "function");
    checkKind(op, "transforms", transforms, areFunctions, "a list of functions such as randomFlip()");
    checkInteger(op, "transforms.length", transforms.length, 0, mostTransforms);
    if (typeof prefetch !== "boolean") checkInteger(op, "prefetch", prefetch, 0, mostAhead);
    this.length = dropLast ? Math.floor(this.count / batchSize) : Math.ceil(this.count / batchSize);
    if (this.length === 0) {
      throw SpecError.of(op, "batchSize", batchSize, `at most ${this.count}, the number of samples`, {
        problem: `an epoch has no batch: ${this.count} samples, batchSize ${batchSize}, dropLast ${dropLast}`,
      });
    }
    this.samples = { x, t };
    this.cumulative = weights === undefined ? null : cumulativeWeights(weights, this.count);
    this.batchSize = batchSize;
    this.seed = seed;
    this.options = { shuffle, transforms };
    const own = transforms.findIndex((transform) => changeOf(transform) === undefined);
    this.sent = own < 0 ? transforms.length : own;
    const most = prefetch === true ? someAhead : Number(prefetch);
    if (most > 0 && own === 0) {
      const expected = "a transform of this package, such as randomShift(…), as the first";
      throw SpecError.of(op, "prefetch", prefetch, expected, {
        problem: "transforms[0] is a function of your own, which cannot be sent to a worker",
        hint: "Put transforms of this package before it, or leave prefetch out.",
      });
    }
    this.ahead = most === 0 || this.sent === 0 ? null : new Ahead(most, this.parts());
    if (from !== undefined) checkState(from, seed, this.length);
    this.epoch = from?.epoch ?? 0;
    this.batch = from?.batch ?? 0;
  }

  /** The batch that comes next. A batch has been given when the loop begins with it. */
  get state(): LoaderState {
    return { seed: this.seed, epoch: this.epoch, batch: this.batch };
  }

  /** The rows of an epoch, in order: the same for equal seeds, samples and weights. @throws SpecError unless epoch ≥ 0 */
  rowsOf(epoch: number): Int32Array {
    checkInteger(op, "epoch", epoch, 0, 2 ** 40);
    return this.orderOf(epoch).slice();
  }

  /** The same, kept for the batches of the epoch. */
  private orderOf(epoch: number): Int32Array {
    if (this.order?.epoch !== epoch) {
      const { seed, cumulative } = this;
      const { shuffle } = this.options;
      this.order = { epoch, rows: epochRows(this.count, epoch, { seed, shuffle, cumulative }) };
    }
    return this.order.rows;
  }

  /**
   * A batch by its number and that of its epoch, both from 0: what a loop gives there. The loader stays where it is.
   * @throws SpecError for numbers out of range, and for a transform that gives something else than samples
   */
  batchAt(epoch: number, batch: number): LoadedBatch<X, T> {
    checkInteger(op, "epoch", epoch, 0, 2 ** 40);
    checkInteger(op, "batch", batch, 0, this.length - 1);
    const at = { epoch, batch };
    const { rows, block } = this.ahead?.take(at) ?? { rows: this.rowsAt(at), block: null };
    const make = (): Tensor => this.transformed(takeRows(this.samples.x as Tensor, rows), at, 0, this.sent);
    const made = block === null ? (this.ahead?.make(make) ?? make()) : new Tensor(block.data, [...block.shape]);
    const x = this.transformed(made, at, this.sent, this.options.transforms.length);
    const t = takeRows(this.samples.t as Tensor, rows);
    return { x: x as X, t: t as T, rows, epoch, batch };
  }

  /** Samples of a batch, changed by the transforms from one to before another. */
  private transformed(samples: Tensor, { epoch, batch }: BatchNumber, from: number, to: number): Tensor {
    let x = samples;
    const count = x.shape[0];
    for (let k = from; k < to; k++) {
      const { key } = transformGenerator(this.seed, epoch, k);
      const draw = (perSample: number): Float64Array => {
        checkInteger(op, "perSample", perSample, 1);
        return uniformAt(key, batch * this.batchSize * perSample, [count * perSample], "float64").data;
      };
      const y = this.options.transforms[k](x, draw);
      checkTensor(op, `transforms[${k}]`, y, "A transform returns the samples, changed.");
      x = y;
    }
    return x;
  }

  /**
   * All samples in order, changed by what is not random: what a network is measured on. A transform that draws numbers is left
   * out, unless it says what it does in its place ({@link Transform.fixed}).
   */
  forEvaluation(): { readonly x: X; readonly t: T } {
    const { x, t } = this.samples;
    return { x: this.options.transforms.reduce((y: Tensor, transform) => withoutChance(transform, y), x) as X, t };
  }

  /** The batch that comes next; the loader moves on. */
  private next(): LoadedBatch<X, T> {
    const given = this.batchAt(this.epoch, this.batch);
    ({ epoch: this.epoch, batch: this.batch } = this.after(given));
    return given;
  }

  private after({ epoch, batch }: BatchNumber): BatchNumber {
    return batch + 1 < this.length ? { epoch, batch: batch + 1 } : { epoch: epoch + 1, batch: 0 };
  }

  private rowsAt({ epoch, batch }: BatchNumber): Int32Array {
    return this.orderOf(epoch).slice(batch * this.batchSize, (batch + 1) * this.batchSize);
  }

  /** What the worker makes batches of: samples, and the transforms that it does. */
  private parts(): BatchParts {
    const changes = this.options.transforms.slice(0, this.sent).map((transform) => changeOf(transform) as Change);
    return {
      after: (at) => this.after(at),
      rowsAt: (at) => this.rowsAt(at),
      orderOf: ({ epoch, batch }, rows) => ({
        block: takeRows(this.samples.x as Tensor, rows),
        changes,
        keys: changes.map((_, k) => transformGenerator(this.seed, epoch, k).key),
        start: batch * this.batchSize,
      }),
    };
  }

  /** The rest of the epoch: all of it at its beginning. A loop that is left early goes on there the next time. */
  *[Symbol.iterator](): Generator<LoadedBatch<X, T>, void, void> {
    const { epoch } = this;
    while (this.epoch === epoch) yield this.next();
  }

  /** The same for `for await`: timers and events have their turn every ten milliseconds, so that a page stays alive. */
  async *[Symbol.asyncIterator](): AsyncGenerator<LoadedBatch<X, T>, void, void> {
    const { epoch } = this;
    let since = performance.now();
    while (this.epoch === epoch) {
      if (performance.now() - since > patience) {
        await new Promise((resolve) => setTimeout(resolve));
        since = performance.now();
      }
      yield this.next();
    }
  }
}

/**
 * Weights by which every class is equally likely: 1 / (number of samples of the class).
 *
 * @param labels  classes by number, [N]
 * @returns       a weight for each sample, for the option `weights` of {@link DataLoader}
 */
export function classWeights(labels: Tensor): Float64Array {
  checkTensor("classWeights", "labels", labels, "Pass the labels t.");
  if (labels.ndim !== 1) {
    throw SpecError.of("classWeights", "labels", labels, "a vector of labels, [N]", {
      hint: "Take them before one-hot encoding.",
    });
  }
  const all = labels.toArray() as number[];
  const counts = new Map<number, number>();
  for (const label of all) counts.set(label, (counts.get(label) ?? 0) + 1);
  return Float64Array.from(all, (label) => 1 / counts.get(label)!);
}
