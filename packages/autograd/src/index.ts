/** The contents of @adjoint/autograd: names only. */

export { type BackwardOptions, backward, onGrad } from "./backward/backward.ts";
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
export { checkValue, heldValue } from "./transforms/abstract.ts";
export { detectAnomaly } from "./transforms/anomaly.ts";
export { checkpoint } from "./transforms/checkpoint.ts";
export { type GradOptions, grad, valueAndGrad } from "./transforms/grad.ts";
export { hessian, hvp, type JacobianOptions, jacobian } from "./transforms/jacobian.ts";
export { jvp } from "./transforms/jvp.ts";
export type { VariableFunction } from "./transforms/point.ts";
export { type AbstractOptions, abstractVariable, type InferShapesOptions, inferShapes } from "./transforms/shapes.ts";
export { vjp } from "./transforms/vjp.ts";

import "./methods.ts";

export { asVariable, constant, type VariableOptions, variable } from "./core/leaf.ts";
export type { BinaryOp, Op, UnaryOp } from "./core/op.ts";
export { topologicalOrder } from "./core/order.ts";
export {
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
export * from "./ops/all.ts";
export { defineOp } from "./ops/define-op.ts";
export { noGrad, recordAll, scope } from "./transforms/record.ts";
export { substitute } from "./transforms/substitute.ts";
export type { GradientTree, InputTree } from "./transforms/tree.ts";
export { type VmapOptions, type VmapResult, vmap } from "./transforms/vmap.ts";
export { withoutTrace } from "./transforms/without-trace.ts";
