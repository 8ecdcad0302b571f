/** BatchNormalization: activations brought to mean 0 and variance 1 over the batch. */
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
import { checkOptions, formatShape, ShapeError, SpecError, sizeOf, zeros } from "@adjoint/tensor";
import type { ForwardOptions } from "./dropout.ts";
import { checkParameter, epsilonOf, type ParameterLike, parameter } from "./parameter.ts";

/** The book's epsilon, written `10e-7`. */
const EPSILON = 10e-7;

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
  /** Running variance to start from, [D]. Default zeros, as in the book. */
  readonly runningVar?: ParameterLike | null;
}

/**
 * Training: x̂ = (x − μ) / √(σ² + ε) with mean and (biased) variance over the batch; prediction: with the running
 * ones. y = γ · x̂ + β. An input of more than two axes is flattened to [N, D], so statistics are per activation; or,
 * with `perChannel`, to [N · pixels, C].
 *
 * Training moves the running statistics: running ← momentum · running + (1 − momentum) · batch.
 *
 * @param gamma  scale, [D]
 * @param beta   shift, [D]
 * @throws ShapeError for parameters that do not fit; SpecError for a momentum outside 0 … 1 or an epsilon that is not positive
 * Source: Deep Learning from Scratch, 6.3; Ioffe and Szegedy (2015).
 */
export class BatchNormalization {
  gamma: Variable;
  beta: Variable;
  readonly momentum: number;
  readonly perChannel: boolean;
  readonly epsilon: number;
  /** Null until the first forward, unless given. */
  runningMean: Variable | null;
  runningVar: Variable | null;

  constructor(gamma: ParameterLike, beta: ParameterLike, options: BatchNormalizationOptions = {}) {
    checkOptions("BatchNormalization", options, ["momentum", "perChannel", "epsilon", "runningMean", "runningVar"]);
    const { momentum = 0.9, runningMean, runningVar } = options;
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new SpecError({
        op: "BatchNormalization",
        problem: `momentum is ${momentum}`,
        argument: "momentum",
        expected: "0 … 1",
        received: String(momentum),
        hint: "The momentum is the weight of the old running statistics, from 0 to 1.",
      });
    }
    this.epsilon = epsilonOf("BatchNormalization", options.epsilon ?? EPSILON);
    this.gamma = parameter(gamma, "gamma");
    this.beta = parameter(beta, "beta");
    this.momentum = momentum;
    this.perChannel = options.perChannel ?? false;
    const { size } = this.gamma;
    checkParameter(
      "BatchNormalization",
      "gamma",
      this.gamma,
      [size],
      "gamma is a vector, also for images: [C · H · W].",
    );
    checkParameter("BatchNormalization", "beta", this.beta, this.gamma.shape, "gamma and beta have one shape, [D].");
    this.runningMean = this.statistic(runningMean, "runningMean");
    this.runningVar = this.statistic(runningVar, "runningVar");
  }

  /** @param x  [N, D], or [N, …] with D numbers for each sample  @returns the shape of x */
  forward(x: VariableLike, options: ForwardOptions = {}): Variable {
    checkOptions("BatchNormalization", options, ["train"]);
    const input = asVariable("BatchNormalization", x);
    const { perChannel } = this;
    const count = perChannel ? input.shape[1] : sizeOf(input.shape.slice(1));
    if (input.ndim < 2 || count !== this.gamma.size) {
      throw new ShapeError({
        op: "BatchNormalization",
        problem: `an input of shape ${formatShape(input.shape)} does not fit gamma of shape ${formatShape(this.gamma.shape)}`,
        argument: "x",
        expected: `[N, ${this.gamma.size}${perChannel ? ", …" : ""}]`,
        received: formatShape(input.shape),
        hint: perChannel
          ? `Each sample needs as many channels as gamma has numbers, ${this.gamma.size}.`
          : `Each sample needs as many numbers as gamma has, ${this.gamma.size}; statistics are per activation.`,
      });
    }
    const isMatrix = input.ndim === 2;
    const last = perChannel && !isMatrix ? moveAxis(input, 1, -1) : input;
    const rows = isMatrix ? input : reshape(last, [last.size === 0 ? 0 : last.size / count, count]);
    const y = (options.train ?? true) ? this.normalizeBatch(rows) : this.normalizeByRunning(rows);
    const scaled = add(mul(y, this.gamma), this.beta);
    if (isMatrix) return scaled;
    const shaped = reshape(scaled, last.shape);
    return perChannel ? moveAxis(shaped, -1, 1) : shaped;
  }

  private normalizeBatch(x: Variable): Variable {
    if (x.shape[0] === 0) {
      throw new ShapeError({
        op: "BatchNormalization",
        problem: "the batch is empty",
        argument: "x",
        expected: "at least one sample",
        received: formatShape(x.shape),
        hint: "No samples have no mean.",
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
    this.runningMean ??= this.statistic(
      zeros(this.gamma.shape, { dtype: this.floatType() }),
      "runningMean",
    ) as Variable;
    this.runningVar ??= this.statistic(zeros(this.gamma.shape, { dtype: this.floatType() }), "runningVar") as Variable;
    return [this.runningMean, this.runningVar];
  }

  private floatType(): "float32" | "float64" {
    return this.gamma.dtype === "float64" ? "float64" : "float32";
  }

  private statistic(value: ParameterLike | null | undefined, name: string): Variable | null {
    if (value === null || value === undefined) return null;
    const x = value instanceof Variable ? value : variable(value, { name, requiresGrad: false });
    checkParameter("BatchNormalization", name, x, this.gamma.shape, "Running statistics have the shape of gamma.");
    return x;
  }
}
