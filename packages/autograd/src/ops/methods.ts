/**
 * Every op as a method of Variable: `x.matmul(w).add(b).relu()` is `relu(add(matmul(x, w), b))`.
 *
 * The one file that knows both sides, so that neither op files nor variable.ts know the methods. Importing it attaches
 * them: every entry of the package does, and package.json tells bundlers that they must not drop it.
 */
import { GraphError, kernels, Tensor } from "@adjoint/tensor";
import { backward } from "../core/backward.ts";
import { Variable, type VariableLike } from "../core/variable.ts";
import * as activation from "./activation.ts";
import * as arithmetic from "./arithmetic.ts";
import * as casting from "./cast-detach.ts";
import * as comparison from "./comparison.ts";
import { onesLike, zerosLike } from "./composite/creation.ts";
import { einsum } from "./composite/einsum.ts";
import * as functions from "./composite/functions.ts";
import * as indexing from "./composite/indexing.ts";
import * as statistics from "./composite/statistics.ts";
import * as cutting from "./concat-split.ts";
import * as sorting from "./cumsum-sort.ts";
import * as diagonals from "./diagonal.ts";
import * as elementary from "./elementary.ts";
import * as gathering from "./gather-scatter.ts";
import * as windows from "./im2col-col2im.ts";
import * as logic from "./logic.ts";
import * as products from "./matmul.ts";
import * as extremes from "./max.ts";
import * as repeating from "./repeat-sum.ts";
import * as rearranging from "./reshape-transpose.ts";
import * as rounding from "./rounding.ts";
import * as slicing from "./slice-pad.ts";
import * as softmaxes from "./softmax.ts";
import * as special from "./special.ts";
import * as triangles from "./triangle.ts";
import * as trigonometric from "./trigonometric.ts";

/** An op's parameters after its first, which becomes `this`. */
type Rest<F> = F extends (x: VariableLike, ...rest: infer R) => unknown ? R : never;

/** An op as a method. */
type Method<F extends (...args: never[]) => unknown> = (...rest: Rest<F>) => ReturnType<F>;

/** The ops that become methods, by the method's name. */
const ops = {
  add: arithmetic.add,
  sub: arithmetic.sub,
  mul: arithmetic.mul,
  div: arithmetic.div,
  neg: arithmetic.neg,
  pow: elementary.pow,
  square: elementary.square,
  abs: elementary.abs,
  sign: elementary.sign,
  sqrt: elementary.sqrt,
  exp: elementary.exp,
  expm1: elementary.expm1,
  log: elementary.log,
  log1p: elementary.log1p,
  log2: elementary.log2,
  log10: elementary.log10,
  erf: special.erf,
  erfc: special.erfc,
  lgamma: special.lgamma,
  digamma: special.digamma,
  sin: trigonometric.sin,
  cos: trigonometric.cos,
  tan: trigonometric.tan,
  asin: trigonometric.asin,
  acos: trigonometric.acos,
  atan: trigonometric.atan,
  atan2: trigonometric.atan2,
  sinh: trigonometric.sinh,
  cosh: trigonometric.cosh,
  tanh: trigonometric.tanh,
  floor: rounding.floor,
  ceil: rounding.ceil,
  round: rounding.round,
  remainder: rounding.remainder,
  reciprocal: functions.reciprocal,
  rsqrt: functions.rsqrt,
  logaddexp: functions.logaddexp,
  sigmoid: activation.sigmoid,
  relu: activation.relu,
  leakyRelu: activation.leakyRelu,
  elu: activation.elu,
  softplus: activation.softplus,
  silu: activation.silu,
  gelu: activation.gelu,
  selu: activation.selu,
  mish: activation.mish,
  softsign: activation.softsign,
  logSigmoid: activation.logSigmoid,
  eq: comparison.eq,
  ne: comparison.ne,
  lt: comparison.lt,
  le: comparison.le,
  gt: comparison.gt,
  ge: comparison.ge,
  clip: comparison.clip,
  clamp: comparison.clamp,
  logicalAnd: logic.logicalAnd,
  logicalOr: logic.logicalOr,
  logicalNot: logic.logicalNot,
  isnan: logic.isnan,
  isfinite: logic.isfinite,
  any: logic.any,
  all: logic.all,
  maximum: extremes.maximum,
  minimum: extremes.minimum,
  max: extremes.max,
  min: extremes.min,
  argmax: extremes.argmax,
  argmin: extremes.argmin,
  zerosLike,
  onesLike,
  repeat: repeating.repeat,
  broadcastTo: repeating.broadcastTo,
  sum: repeating.sum,
  sumTo: repeating.sumTo,
  tile: repeating.tile,
  mean: statistics.mean,
  var: statistics.variance,
  std: statistics.std,
  prod: statistics.prod,
  norm: statistics.norm,
  softmax: softmaxes.softmax,
  logSoftmax: softmaxes.logSoftmax,
  logsumexp: softmaxes.logsumexp,
  reshape: rearranging.reshape,
  transpose: rearranging.transpose,
  permute: rearranging.permute,
  swapAxes: rearranging.swapAxes,
  moveAxis: rearranging.moveAxis,
  flip: rearranging.flip,
  squeeze: rearranging.squeeze,
  unsqueeze: rearranging.unsqueeze,
  flatten: rearranging.flatten,
  slice: slicing.slice,
  padSlice: slicing.padSlice,
  pad: slicing.pad,
  roll: slicing.roll,
  split: cutting.split,
  diagonal: diagonals.diagonal,
  trace: diagonals.trace,
  index: indexing.index,
  nonzero: indexing.nonzero,
  gather: gathering.gather,
  scatterAdd: gathering.scatterAdd,
  indexSelect: gathering.indexSelect,
  indexAdd: gathering.indexAdd,
  oneHot: gathering.oneHot,
  im2col: windows.im2col,
  col2im: windows.col2im,
  matmul: products.matmul,
  dot: products.dot,
  outer: products.outer,
  cumsum: sorting.cumsum,
  cumprod: sorting.cumprod,
  argsort: sorting.argsort,
  sort: sorting.sort,
  topk: sorting.topk,
  tril: triangles.tril,
  triu: triangles.triu,
  cast: casting.cast,
  detach: casting.detach,
  identity: casting.identity,
};

type OpMethods = { readonly [N in keyof typeof ops]: Method<(typeof ops)[N]> };

declare module "../core/variable.ts" {
  interface Variable extends OpMethods {
    /** a where this condition holds, b elsewhere. */
    where(a: VariableLike, b: VariableLike): Variable;
    /** Einstein's summation by `equation` over this Variable as the first operand, and the others. */
    einsum(equation: string, ...others: readonly VariableLike[]): Variable;
    /** This Variable and others joined along an axis. */
    concat(others: VariableLike | readonly VariableLike[], options?: { readonly axis?: number }): Variable;
    /** PyTorch's name for {@link Variable.concat}. */
    cat(others: VariableLike | readonly VariableLike[], options?: { readonly axis?: number }): Variable;
    /** This Variable and others as slices along a new axis. */
    stack(others: VariableLike | readonly VariableLike[], options?: { readonly axis?: number }): Variable;
    /**
     * Accumulates the gradients of this Variable into `.grad` of every leaf that it depends on.
     * @throws GraphError unless it is a single number or `grad` is given; no `.grad` has changed then
     */
    backward(options?: BackwardOptions): void;
  }
}

for (const [name, op] of Object.entries(ops)) {
  Object.defineProperty(Variable.prototype, name, {
    value(this: Variable, ...rest: never[]) {
      return (op as (x: Variable, ...rest: never[]) => unknown)(this, ...rest);
    },
    configurable: true,
    writable: true,
  });
}

/** Tensors compute by functions: a method that somebody reaches for says which. */
for (const name of [...Object.keys(ops), "where", "einsum", "concat", "stack"]) {
  if (name in Tensor.prototype) continue;
  Object.defineProperty(Tensor.prototype, name, {
    value() {
      const rest = name in kernels ? `, or kernels.${name}(x, …), which gives a Tensor` : "";
      throw new GraphError({
        op: name,
        problem: `a Tensor has no method ${name}`,
        expected: "a Variable",
        received: "a Tensor",
        hint: `Write ${name}(x, …), which gives a Variable${rest}; constant(x) has all ops as methods.`,
      });
    },
    configurable: true,
    writable: true,
  });
}

Variable.prototype.where = function (a, b) {
  return comparison.where(this, a, b);
};

Variable.prototype.einsum = function (equation, ...others) {
  return einsum(equation, this, ...others);
};

Variable.prototype.concat = function (others, options) {
  return cutting.concat([this, ...([others].flat() as VariableLike[])], options);
};

Variable.prototype.cat = Variable.prototype.concat;

Variable.prototype.stack = function (others, options) {
  return cutting.stack([this, ...([others].flat() as VariableLike[])], options);
};

Variable.prototype.backward = function (options) {
  backward(this, options);
};
