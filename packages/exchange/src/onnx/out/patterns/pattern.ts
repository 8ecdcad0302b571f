/** Patterns: what was written out in several ops and ONNX has one for. Each is found at its last op. */
import type { GraphNode } from "@adjoint/autograd";
import type { NodeAt } from "@adjoint/compiler/internal";
import type { Emitter, OnnxValue } from "../emitter.ts";

/** A graph, as patterns look at it. */
export interface GraphView {
  readonly nodes: readonly GraphNode[];
  readonly at: NodeAt;
  /** The version of the operators that are written. */
  readonly opset: number;
  /** How often a node is read, by others or as a result. */
  uses(id: number): number;
}

export interface Found {
  readonly inputs: readonly number[];
  /** Writes it; inputs that repeat themselves come without their repetitions. */
  write(out: Emitter, inputs: readonly OnnxValue[]): OnnxValue;
}

export interface Pattern {
  readonly name: string;
  /** The ops that it may end with. */
  readonly ops: readonly string[];
  find(node: GraphNode, graph: GraphView): Found | null;
}
