/** Multi-head attention: every step of a sequence gets a weighted mean of all steps' values. */
import {
  add,
  asVariable,
  constant,
  eq,
  ge,
  logicalAnd,
  logicalOr,
  matmul,
  mul,
  reshape,
  softmax,
  transpose,
  type Variable,
  type VariableLike,
  where,
} from "@adjoint/autograd";
import { checkKind, checkOptions, ShapeError } from "@adjoint/tensor";
import type { WeightInit } from "../initializers.ts";
import { sequenceAxes } from "./kind/axes.ts";
import { divisorsOf } from "./kind/fixes.ts";
import { layerKind } from "./kind/layer-kind.ts";
import { masked, maskedBy, maskOf, type SequenceOptions } from "./kind/mask.ts";
import { count, flag, optional, weighted } from "./kind/options.ts";
import {
  checkDivisor,
  checkParameter,
  drawn,
  filled,
  givenParameters,
  makeParameters,
  type OwnWeights,
  ownWeights,
  type ParameterLike,
  type ParameterPlan,
} from "./kind/parameter.ts";

/** The parameters of {@link MultiHeadAttention}: weights [D, D] and biases [D], for queries, keys, values, the output. */
export interface AttentionParameters {
  readonly Wq: ParameterLike;
  readonly Wk: ParameterLike;
  readonly Wv: ParameterLike;
  readonly Wo: ParameterLike;
  readonly bq: ParameterLike;
  readonly bk: ParameterLike;
  readonly bv: ParameterLike;
  readonly bo: ParameterLike;
}

/** The parameters of an attention layer. */
export function attentionPlan(
  units: number,
  weightInit: WeightInit = "glorotUniform",
): Record<keyof AttentionParameters, ParameterPlan> {
  const W = drawn([units, units], weightInit, units, units);
  const b = filled([units], 0);
  return { Wq: W, Wk: W, Wv: W, Wo: W, bq: b, bk: b, bv: b, bo: b };
}

/** Options of {@link MultiHeadAttention}. */
export interface AttentionOptions {
  /** Into how many heads the D numbers of a step are split. Default 1. */
  readonly heads?: number;
  /** Whether a step is answered by itself and those before it alone. Default false. */
  readonly causal?: boolean;
}

/**
 * Self-attention: softmax(Q Kᵀ / √(D / heads)) V for each head, heads side by side, then the output's affine map;
 * Q, K, V = x W + b.
 *
 * `new MultiHeadAttention(parameters)` takes its parameters; `new MultiHeadAttention(D, { heads, seed })` makes them:
 * `"glorotUniform"` weights and biases of zeros.
 *
 * @throws ShapeError for parameters that do not fit, or heads that do not divide D; SpecError for wrong options
 * Source: Vaswani et al. 2017, Attention Is All You Need.
 */
export class MultiHeadAttention {
  readonly parameters: Readonly<Record<keyof AttentionParameters, Variable>>;
  readonly heads: number;
  readonly causal: boolean;

  constructor(parameters: AttentionParameters, options?: AttentionOptions);
  constructor(units: number, options?: AttentionOptions & OwnWeights);
  constructor(first: AttentionParameters | number, options: AttentionOptions & OwnWeights = {}) {
    const isOwn = typeof first === "number";
    checkOptions("MultiHeadAttention", options, ["heads", "causal", ...(isOwn ? ownWeights : [])]);
    const { heads = 1, causal = false } = options;
    const parameters: AttentionParameters = isOwn
      ? makeParameters("MultiHeadAttention", { units: first }, () => attentionPlan(first, options.weightInit), options)
      : first;
    const hint = "Pass the parameters by name, or new MultiHeadAttention(units).";
    const isRight = Object(parameters).Wq !== undefined;
    checkKind("MultiHeadAttention", "parameters", parameters, isRight, "{ Wq, bq, … }", hint);
    this.parameters = givenParameters("MultiHeadAttention", { ...parameters });
    this.heads = heads;
    this.causal = causal;
    const size = this.parameters.Wq.shape[0];
    for (const [name, x] of Object.entries(this.parameters)) {
      const shape = name.startsWith("W") ? [size, size] : [size];
      checkParameter("MultiHeadAttention", name, x, shape, "Weights are [D, D], biases [D].");
    }
    checkDivisor("MultiHeadAttention", "heads", heads, size, "features");
  }

  /** The parameters by name, for an optimizer. */
  get params(): Readonly<Record<keyof AttentionParameters, Variable>> {
    return this.parameters;
  }

  /**
   * @param x  sequences, [N, T, D]
   * @returns  [N, T, D]; no step is answered by one that the mask calls padding, but a step of padding by itself
   * @throws ShapeError for other shapes
   */
  forward(x: VariableLike, options: SequenceOptions = {}): Variable {
    const input = asVariable("MultiHeadAttention", x);
    const { Wq, Wk, Wv, Wo, bq, bk, bv, bo } = this.parameters;
    const size = Wq.shape[0];
    if (input.ndim !== 3 || input.shape[2] !== size) {
      throw ShapeError.of("MultiHeadAttention", "x", input, `[batch, time, ${size}]`);
    }
    const [count, steps] = input.shape;
    const perHead = size / this.heads;
    const split = (w: Variable, b: Variable): Variable =>
      transpose(reshape(add(matmul(input, w), b), [count, steps, this.heads, perHead]), [0, 2, 1, 3]);
    const [queries, keys, values] = [split(Wq, bq), split(Wk, bk), split(Wv, bv)];
    const scores = mul(matmul(queries, transpose(keys, [0, 1, 3, 2])), 1 / Math.sqrt(perHead));
    const answering = this.answering(steps, maskOf("MultiHeadAttention", input, options));
    const weights = softmax(answering === null ? scores : where(answering, scores, Number.NEGATIVE_INFINITY));
    const answers = reshape(transpose(matmul(weights, values), [0, 2, 1, 3]), [count, steps, size]);
    return add(matmul(answers, Wo), bo);
  }

  /** Which steps answer which, [..., T, T] for [batch, heads]; null for all. A step answers itself, so that one does. */
  private answering(steps: number, mask: Variable | null): Variable | null {
    const times = constant(Int32Array.from({ length: steps }, (_, t) => t));
    const rows = reshape(times, [steps, 1]);
    const earlier = this.causal ? ge(rows, times) : null;
    if (mask === null) return earlier;
    const counting = logicalOr(reshape(mask, [mask.shape[0], 1, 1, steps]), eq(rows, times));
    return earlier === null ? counting : logicalAnd(counting, earlier);
  }
}

/** Self-attention with several heads: [T, D] → [T, D]. */
export const multiHeadAttention = layerKind({
  kind: "multiHeadAttention",
  options: {
    /** Number of heads; divides D. Default 1. */
    heads: optional(count(1)),
    /** Whether a step attends only to itself and earlier ones. Default false. */
    causal: optional(flag),
    ...masked,
    ...weighted,
  },
  prefix: "attention",
  synonyms: "attention selfattention mha multiheadselfattention multiheadedattention",
  axes: sequenceAxes,
  takesMask: true,
  parameters: ({ weightInit }, [{ shape }]) => attentionPlan(shape[1], weightInit),
  layer: ({ heads = 1, causal = false }, { inputs: [{ shape }], parameters }) => {
    const layer = new MultiHeadAttention(parameters as unknown as AttentionParameters, { heads, causal });
    return ([x, labels]) => layer.forward(x, maskedBy(labels, shape[0]));
  },
  fixes: ({ heads = 1 }, [{ shape }]) => divisorsOf(shape[1] ?? 1, heads).map((divisor) => ({ heads: divisor })),
});
