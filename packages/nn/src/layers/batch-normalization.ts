/** Batch normalization: activations brought to mean 0 and variance 1 over the batch. */
import {
  add,
  asVariable,
  div,
  mean,
  moveAxis,
  mul,
  noGrad,
  reshape,
  sqrt,
  square,
  sub,
  Variable,
  type VariableLike,
  variable,
} from "@adjoint/autograd";
import { checkOptions, formatShape, full, type Shape, ShapeError, sizeOf } from "@adjoint/tensor";
import { type ForwardOptions, layerKind } from "./kind/layer-kind.ts";
import { Normalization, normalizationPlan, type OwnNormalization, scaledAndCentered } from "./kind/normalization.ts";
import { epsilon, flag, numberIn, optional } from "./kind/options.ts";
import { checkNumberThat, checkParameter, filled, type ParameterLike } from "./kind/parameter.ts";

/** The book's epsilon, written `10e-7`. */
const EPSILON = 10e-7;

const optionNames = [
  "momentum",
  "perChannel",
  "epsilon",
  "runningMean",
  "runningVar",
  "initialVariance",
  "allowSingleValue",
];

/** Options of {@link BatchNormalization}. */
export interface BatchNormalizationOptions {
  /** The weight of the old running statistics, 0 … 1. Default 0.9. */
  readonly momentum?: number;
  /**
   * Whether statistics are those of a channel, over the batch and all pixels ([N, C, …], D = C), as for convolutions;
   * else, the default and the book's, those of each activation alone.
   */
  readonly perChannel?: boolean;
  /** Added to the variance, > 0. Default 1e-6, the book's. */
  readonly epsilon?: number;
  /** Running mean to start from, [D]. Default zeros. */
  readonly runningMean?: ParameterLike | null;
  /** Running variance to start from, [D]. Default: `initialVariance` everywhere. */
  readonly runningVar?: ParameterLike | null;
  /** The running variance before any training, ≥ 0. Default 0 for given γ and β, as in the book, else 1. */
  readonly initialVariance?: number;
  /**
   * Whether training takes one value for each activation, which becomes β whatever it is. Default true for given γ and β,
   * as in the book, else false.
   */
  readonly allowSingleValue?: boolean;
}

/**
 * Training: x̂ = (x − μ) / √(σ² + ε) with mean and (biased) variance over the batch; prediction: with the running
 * ones. y = γ · x̂ + β. An input of more than two axes is flattened to [N, D], so statistics are per activation; or,
 * with `perChannel`, to [N · pixels, C].
 *
 * Training moves the running statistics: running ← momentum · running + (1 − momentum) · batch.
 *
 * `new BatchNormalization(gamma, beta)` is the book's layer: it takes the scale γ and the shift β, [D]. Its running
 * variance starts from 0, so predictions before some twenty steps of training are far too large.
 * `new BatchNormalization(D)` makes γ of ones and β of zeros, or with `{ scale: false }` and `{ center: false }` leaves them
 * out; it starts from variance 1, and refuses to train on one value for each activation: that has no variance, and nothing
 * would be learned from it. Null in place of a given γ or β leaves it out, too.
 *
 * @throws ShapeError for parameters that do not fit; SpecError for a momentum outside 0 … 1, an initial variance below 0, or
 *         an epsilon that is not positive
 * Source: Deep Learning from Scratch, 6.3; Ioffe and Szegedy (2015).
 */
export class BatchNormalization extends Normalization {
  readonly momentum: number;
  readonly perChannel: boolean;
  private readonly initialVariance: number;
  private readonly dtype: "float32" | "float64";
  /** [D]. */
  private readonly shape: Shape;
  /** Whether training takes one value for each activation. */
  allowSingleValue: boolean;
  /** Null until the first forward, unless given. */
  runningMean: Variable | null;
  runningVar: Variable | null;

  constructor(gamma: ParameterLike | null, beta: ParameterLike | null, options?: BatchNormalizationOptions);
  constructor(units: number, options?: BatchNormalizationOptions & OwnNormalization);
  constructor(
    first: ParameterLike | number | null,
    second: ParameterLike | (BatchNormalizationOptions & OwnNormalization) | null = {},
    third: BatchNormalizationOptions = {},
  ) {
    const isOwn = typeof first === "number";
    const options: BatchNormalizationOptions & OwnNormalization = isOwn ? (second as OwnNormalization) : third;
    const op = "BatchNormalization";
    const own = isOwn ? { sizes: { units: first }, shape: [first] } : null;
    super(op, optionNames, own, { gamma: first, beta: second }, options, EPSILON);
    const { momentum = 0.9, runningMean, runningVar, initialVariance = isOwn ? 1 : 0 } = options;
    checkNumberThat(op, "momentum", momentum, (x) => x >= 0 && x <= 1, "a number from 0 to 1");
    const isVariance = (x: number): boolean => x >= 0 && x < Infinity;
    checkNumberThat(op, "initialVariance", initialVariance, isVariance, "a finite number ≥ 0");
    this.initialVariance = initialVariance;
    this.allowSingleValue = options.allowSingleValue ?? !isOwn;
    this.momentum = momentum;
    this.perChannel = options.perChannel ?? false;
    const one = this.gamma ?? this.beta ?? runningMean ?? runningVar ?? null;
    const instead = "new BatchNormalization(D, { scale: false, center: false })";
    this.shape = [isOwn ? first : sizeOf(one?.shape ?? this.scaleShape(op, instead))];
    this.dtype = (one ?? (options as OwnNormalization)).dtype === "float64" ? "float64" : "float32";
    for (const [name, x] of Object.entries(this.params)) {
      checkParameter(op, name, x, this.shape, `${name} is a vector, also for images: [C · H · W].`);
    }
    this.runningMean = this.statistic(runningMean, "runningMean");
    this.runningVar = this.statistic(runningVar, "runningVar");
  }

  /**
   * @param x  [N, D], or [N, …] with D numbers for each sample
   * @returns  the shape of x
   * @throws ShapeError for another shape, and for training on no value, or on one where that is refused
   */
  forward(x: VariableLike, options: ForwardOptions = {}): Variable {
    checkOptions("BatchNormalization", options, ["train"]);
    const input = asVariable("BatchNormalization", x);
    const {
      perChannel,
      shape: [size],
    } = this;
    const count = perChannel ? input.shape[1] : sizeOf(input.shape.slice(1));
    if (input.ndim < 2 || count !== size) {
      const given = formatShape(input.shape);
      throw ShapeError.of("BatchNormalization", "x", given, `[N, ${size}${perChannel ? ", …" : ""}]`, {
        problem: `an input of shape ${given} does not fit gamma of shape ${formatShape(this.shape)}`,
        hint: perChannel
          ? `Each sample needs as many channels as gamma has numbers, ${size}.`
          : `Each sample needs as many numbers as gamma has, ${size}; statistics are per activation.`,
      });
    }
    const isMatrix = input.ndim === 2;
    const last = perChannel && !isMatrix ? moveAxis(input, 1, -1) : input;
    const rows = isMatrix ? input : reshape(last, [last.size === 0 ? 0 : last.size / count, count]);
    const y = (options.train ?? true) ? this.normalizeBatch(rows) : this.normalizeByRunning(rows);
    const result = this.scaled(y);
    if (isMatrix) return result;
    const shaped = reshape(result, last.shape);
    return perChannel ? moveAxis(shaped, -1, 1) : shaped;
  }

  private normalizeBatch(x: Variable): Variable {
    if (x.shape[0] === 0) {
      throw ShapeError.of("BatchNormalization", "x", formatShape(x.shape), "at least one sample", {
        problem: "the batch is empty",
      });
    }
    if (x.shape[0] === 1 && !this.allowSingleValue) {
      throw ShapeError.of("BatchNormalization", "x", "one", "two samples or more", {
        problem: `the batch has one value for each ${this.perChannel ? "channel" : "activation"}, which has no variance to train on`,
        hint: "Use larger batches, layer normalization, or pass { train: false }.",
      });
    }
    const mu = mean(x, { axis: 0 });
    const centered = sub(x, mu);
    const variance = mean(square(centered), { axis: 0 });
    const y = div(centered, sqrt(add(variance, this.epsilon)));
    const [runningMean, runningVar] = this.running();
    noGrad(() => {
      runningMean.assign(this.moved(runningMean, mu));
      runningVar.assign(this.moved(runningVar, variance));
    });
    return y;
  }

  private normalizeByRunning(x: Variable): Variable {
    const [runningMean, runningVar] = this.running();
    return div(sub(x, runningMean), sqrt(add(runningVar, this.epsilon)));
  }

  private moved(old: Variable, batch: Variable): Variable {
    return add(mul(old, this.momentum), mul(batch, 1 - this.momentum));
  }

  private running(): readonly [Variable, Variable] {
    const { shape, dtype } = this;
    const start = (value: number, name: string): Variable =>
      this.statistic(full(shape, value, { dtype }), name) as Variable;
    this.runningMean ??= start(0, "runningMean");
    this.runningVar ??= start(this.initialVariance, "runningVar");
    return [this.runningMean, this.runningVar];
  }

  private statistic(value: ParameterLike | null | undefined, name: string): Variable | null {
    if (value === null || value === undefined) return null;
    const x = value instanceof Variable ? value : variable(value, { name, requiresGrad: false });
    checkParameter("BatchNormalization", name, x, this.shape, "Running statistics have the shape of gamma.");
    return x;
  }
}

/**
 * Normalizes every activation to mean 0 and variance 1 over the batch, then scales by γ and shifts by β. Prediction
 * uses running statistics, which start at mean 0 and variance 1. Training needs two values or more for each activation.
 */
export const batchNormalization = layerKind({
  kind: "batchNormalization",
  options: {
    /** Weight of the old running statistics, 0 … 1. Default 0.9. */
    momentum: optional(numberIn("0 ≤ momentum ≤ 1", { low: 0, high: 1 })),
    /** Whether statistics are taken per channel, over all its pixels, instead of per activation. Default false. */
    perChannel: optional(flag),
    /** Added to the variance, > 0. Default 1e-6, the book's. */
    epsilon,
    /** The running variance before training, ≥ 0. Default 1; the book's is 0. */
    initialVariance: optional(numberIn("0 or more", { low: 0 })),
    ...scaledAndCentered,
  },
  prefix: "batchNorm",
  synonyms: "batchnorm batchnorm1d batchnorm2d bn",
  isTransparent: true,
  parameters: ({ perChannel, ...options }, [{ shape }]) => {
    const length = perChannel ? (shape[0] ?? 1) : sizeOf(shape);
    return normalizationPlan([length], options);
  },
  statistics: ({ perChannel, initialVariance = 1 }, [{ shape }]) => {
    const length = perChannel ? (shape[0] ?? 1) : sizeOf(shape);
    return { runningMean: filled([length], 0), runningVar: filled([length], initialVariance) };
  },
  minBatchSize: ({ perChannel }, [{ shape }]) => (perChannel && sizeOf(shape.slice(1)) > 1 ? 1 : 2),
  layer: (
    { kind: _, name: __, from: ___, scale: ____, center: _____, ...options },
    { parameters: { gamma = null, beta = null }, statistics },
  ) => {
    const { runningMean, runningVar } = statistics;
    return new BatchNormalization(gamma, beta, { ...options, runningMean, runningVar, allowSingleValue: false });
  },
});
