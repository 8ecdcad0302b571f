/** The contents of @adjoint/autograd: names only. */
export { type AbstractOptions, abstractVariable, type InferShapesOptions, inferShapes } from "./abstract.ts";
export { detectAnomaly } from "./anomaly.ts";
export { backward, onGrad } from "./backward.ts";
export { assertGradcheck, GradcheckError } from "./check/assert.ts";
export type { CheckedFunction } from "./check/engine/subject.ts";
export { type GradcheckOptions, gradcheck } from "./check/gradcheck.ts";
export { numericalGradient, type ScalarFunction } from "./check/numerical/numerical-gradient.ts";
export { type Estimate, ridders } from "./check/numerical/ridders.ts";
export { type RenderOptions, renderReport } from "./check/report/render.ts";
export type {
  Diagnosis,
  DiagnosisKind,
  GradcheckEntry,
  GradcheckReport,
  InputReport,
  KinkEntry,
} from "./check/report/report.ts";
export { checkpoint } from "./checkpoint.ts";
export {
  type GradOptions,
  grad,
  hessian,
  hvp,
  jacobian,
  jvp,
  type VariableFunction,
  valueAndGrad,
  vjp,
} from "./derivatives.ts";
export type {
  BackwardContribution,
  BackwardEntry,
  BackwardPass,
  BackwardStart,
  GraphData,
  GraphNode,
  Role,
} from "./graph/data.ts";
export { type DotOptions, toDot } from "./graph/drawing/dot.ts";
export { type MermaidOptions, toMermaid } from "./graph/drawing/mermaid.ts";
export { Graph } from "./graph/graph.ts";
export { type GraphOptions, graphOf } from "./graph/graph-of.ts";
export { type DefinedOp, type GraphFromJSONOptions, graphFromJSON } from "./graph/json/from-json.ts";
export type { TensorJSON } from "./graph/json/tensor.ts";
export type { GraphJSON, GraphJSONOptions, GraphNodeJSON } from "./graph/json/to-json.ts";
export type { GraphRun, RunInputs } from "./graph/run.ts";
export { type BackwardStep, backwardSteps, type StepContribution } from "./graph/steps.ts";

import "./methods.ts";

export { noGrad, recordAll, scope, withoutTrace } from "./modes.ts";
export { type GradientHook, Node } from "./node.ts";
export type {
  BackwardRule,
  BatchContext,
  BatchRule,
  NoAttributes,
  Op,
  OpDefinition,
  RuleContext,
  UnaryOp,
  ValueSpec,
} from "./op.ts";
export {
  elu,
  gelu,
  leakyRelu,
  logSigmoid,
  mish,
  relu,
  selu,
  sigmoid,
  silu,
  softplus,
  softsign,
} from "./ops/activation.ts";
export { add, div, mul, neg, sub } from "./ops/arithmetic.ts";
export { cast, detach, identity } from "./ops/cast-detach.ts";
export { type ClipOptions, clamp, clip, eq, ge, gt, le, lt, ne, where } from "./ops/comparison.ts";
export { type MeshgridOptions, meshgrid, onesLike, randint, zerosLike } from "./ops/composite/creation.ts";
export { einsum } from "./ops/composite/einsum.ts";
export { logaddexp, reciprocal, rsqrt } from "./ops/composite/functions.ts";
export { type AxisRange, type IndexEntry, index, type NestedIndices, nonzero } from "./ops/composite/indexing.ts";
export {
  mean,
  type NormOptions,
  norm,
  prod,
  std,
  type VarianceOptions,
  variance,
  variance as var,
} from "./ops/composite/statistics.ts";
export { cat, concat, split, stack } from "./ops/concat-split.ts";
export { argsort, type CumsumOptions, cumprod, cumsum, type SortOptions, sort, topk } from "./ops/cumsum-sort.ts";
export { type DiagonalOptions, diagonal, trace } from "./ops/diagonal.ts";
export { abs, exp, expm1, log, log1p, log2, log10, pow, sign, sqrt, square } from "./ops/elementary.ts";
export { type AxisOptions, gather, indexAdd, indexSelect, oneHot, scatterAdd } from "./ops/gather-scatter.ts";
export { col2im, im2col } from "./ops/im2col-col2im.ts";
export { all, any, isfinite, isnan, logicalAnd, logicalNot, logicalOr } from "./ops/logic.ts";
export { dot, matmul, outer } from "./ops/matmul.ts";
export { type ArgOptions, argmax, argmin, max, maximum, min, minimum } from "./ops/max.ts";
export { type RandomOptions, randomBernoulli, randomNormal, randomUniform } from "./ops/random.ts";
export { broadcastTo, type ReduceOptions, repeat, sum, sumTo, tile } from "./ops/repeat-sum.ts";
export {
  flatten,
  flip,
  moveAxis,
  permute,
  reshape,
  squeeze,
  swapAxes,
  transpose,
  unsqueeze,
} from "./ops/reshape-transpose.ts";
export { ceil, floor, remainder, round } from "./ops/rounding.ts";
export { pad, padSlice, roll, type SliceOptions, slice } from "./ops/slice-pad.ts";
export { logSoftmax, logsumexp, type SoftmaxOptions, softmax } from "./ops/softmax.ts";
export { digamma, erf, erfc, lgamma, polygamma } from "./ops/special.ts";
export { tril, triu } from "./ops/triangle.ts";
export { acos, asin, atan, atan2, cos, cosh, sin, sinh, tan, tanh } from "./ops/trigonometric.ts";
export { topologicalOrder } from "./order.ts";
export { defineOp } from "./own-op.ts";
export { type PrimitiveName, primitives } from "./primitives.ts";
export { substitute } from "./substitute.ts";
export type { GradientTree, InputTree } from "./tree.ts";
export {
  asVariable,
  type BackwardOptions,
  constant,
  type ValueLike,
  Variable,
  type VariableLike,
  type VariableOptions,
  variable,
} from "./variable.ts";
export { wholeBatch } from "./vmap/batched.ts";
export { type VmapOptions, type VmapResult, vmap } from "./vmap/vmap.ts";
