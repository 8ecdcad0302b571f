/**
 * A graph is plain data: run it again, save it as JSON, step through its backward pass, draw it.
 *
 * [graphs.md](../graphs.md) shows how. Import the names of this page from `adjoint`.
 *
 * @module Graphs
 */
export {
  type AbstractOptions,
  abstractVariable,
  type BackwardContribution,
  type BackwardEntry,
  type BackwardPass,
  type BackwardStart,
  type BackwardStep,
  backwardSteps,
  type DefinedOp,
  type DotOptions,
  Graph,
  type GraphData,
  type GraphFromJSONOptions,
  type GraphJSON,
  type GraphJSONOptions,
  type GraphNode,
  type GraphNodeJSON,
  type GraphOptions,
  type GraphRun,
  graphFromJSON,
  graphOf,
  type InferShapesOptions,
  inferShapes,
  type MermaidOptions,
  Node,
  type Replay,
  type Role,
  type RunInputs,
  type StepContribution,
  substitute,
  type TensorJSON,
  toDot,
  toMermaid,
  topologicalOrder,
} from "adjoint";
