/** The contents of @adjoint/autograd: names only. */

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
export { backward, onGrad } from "./core/backward.ts";
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
export { Graph, type GraphRun } from "./graph/graph.ts";
export { type GraphOptions, graphOf } from "./graph/graph-of.ts";
export { type DefinedOp, type GraphFromJSONOptions, graphFromJSON } from "./graph/json/from-json.ts";
export type { TensorJSON } from "./graph/json/tensor.ts";
export type { GraphJSON, GraphJSONOptions, GraphNodeJSON } from "./graph/json/to-json.ts";
export type { Replay, RunInputs } from "./graph/run.ts";
export { type BackwardStep, backwardSteps, type StepContribution } from "./graph/steps.ts";
export { detectAnomaly } from "./transforms/anomaly.ts";
export { checkpoint } from "./transforms/checkpoint.ts";
export { type GradOptions, grad, valueAndGrad } from "./transforms/grad.ts";
export { hessian, hvp, type JacobianOptions, jacobian } from "./transforms/jacobian.ts";
export { jvp } from "./transforms/jvp.ts";
export type { VariableFunction } from "./transforms/point.ts";
export { type AbstractOptions, abstractVariable, type InferShapesOptions, inferShapes } from "./transforms/shapes.ts";
export { vjp } from "./transforms/vjp.ts";

import "./ops/methods.ts";

export { asVariable, constant, type VariableOptions, variable } from "./core/leaf.ts";
export type { Op, UnaryOp } from "./core/op.ts";
export { topologicalOrder } from "./core/order.ts";
export { defineOp } from "./core/own-op.ts";
export {
  type BackwardOptions,
  type BackwardRule,
  type BatchContext,
  type BatchRule,
  type ForwardContext,
  type ForwardRule,
  type GradientHook,
  type NoAttributes,
  Node,
  type OpDefinition,
  type RuleContext,
  type ValueLike,
  type ValueSpec,
  Variable,
  type VariableLike,
} from "./core/variable.ts";
export { heldValue } from "./core/wrapped.ts";
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
export { type PrimitiveName, primitives } from "./ops/all.ts";
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
export { noGrad, recordAll, scope } from "./transforms/record.ts";
export { substitute } from "./transforms/substitute.ts";
export type { GradientTree, InputTree } from "./transforms/tree.ts";
export { type VmapOptions, type VmapResult, vmap } from "./transforms/vmap.ts";
export { withoutTrace } from "./transforms/without-trace.ts";
