/** A graph as plain data: nodes that refer to each other by number, to be printed, drawn and written to files. */
import type { DType, Shape, Tensor } from "@adjoint/tensor";
import { checkKind } from "@adjoint/tensor";

/**
 * What a node is for: a leaf that gradients flow to (`parameter`), a named leaf without (`input`), an unnamed one
 * (`constant`), a result (`op`), or part of the backward pass (`gradient`).
 */
export type Role = "input" | "parameter" | "constant" | "op" | "gradient";

/** One node as data. */
export interface GraphNode {
  /** Its place in `nodes`; inputs come before the nodes that use them. */
  readonly id: number;
  /** The op's name, null for a leaf. */
  readonly op: string | null;
  /** The attributes of the op. */
  readonly attributes: object;
  /** The ids of the op's inputs, in order. */
  readonly inputs: readonly number[];
  /** The shape of its value. */
  readonly shape: Shape;
  /** The dtype of its value. */
  readonly dtype: DType;
  /** The name that it was given, where it has one. */
  readonly name?: string;
  /** `outer/inner`, empty outside all scopes. */
  readonly scope: string;
  /** What it is for. */
  readonly role: Role;
  /** In the backward pass: the id of the forward node whose rule made this node. */
  readonly gradientOf?: number;
  /** Of a constant that an op computed which was not recorded: a replay with other inputs cannot compute it again. */
  readonly frozen?: true;
  /** The value: of leaves and of what the rules read; of all nodes on request. */
  readonly value?: Tensor;
}

/** A gradient that the backward pass starts from. */
export interface BackwardStart {
  /** The output. */
  readonly node: number;
  /** Its gradient: the node of the ones. */
  readonly gradient: number;
  /** What has been added up for the output then: `gradient` itself, or the node of the sum. */
  readonly total: number;
}

/** What the rule of an op gave to one of its inputs. */
export interface BackwardContribution {
  /** Which of the op's inputs, from 0. */
  readonly input: number;
  /** The node that the rule computed. */
  readonly gradient: number;
  /** What has been added up for that input then: `gradient` itself if it is the first, else the node of the sum. */
  readonly total: number;
}

/** The rules of one node, as they ran. */
export interface BackwardEntry {
  /** The forward node. */
  readonly node: number;
  /** The node that is its complete gradient. */
  readonly upstream: number;
  /** What its rules gave, in the order of the op's inputs. */
  readonly contributions: readonly BackwardContribution[];
}

/** The course of the backward pass: which node of the graph arrives where, and when. */
export interface BackwardPass {
  /** The outputs that gradients were given for, and those gradients. */
  readonly starts: readonly BackwardStart[];
  /** The nodes whose rules ran, in that order. */
  readonly steps: readonly BackwardEntry[];
}

/** A graph as data. */
export interface GraphData {
  /** In topological order: inputs come before the nodes that use them. */
  readonly nodes: readonly GraphNode[];
  /** The ids of the outputs. */
  readonly outputs: readonly number[];
  /** For each leaf (by id) the node that is its gradient; empty without a backward pass. */
  readonly gradients: Readonly<Record<number, number>>;
  /** How the gradients came about; absent without a backward pass. */
  readonly backward?: BackwardPass;
}

/** @throws SpecError for anything but a graph, or its data */
export function checkGraph(op: string, graph: GraphData): void {
  const { nodes, gradients } = (graph ?? {}) as Partial<GraphData>;
  const ok = Array.isArray(nodes) && typeof gradients === "object" && gradients !== null;
  checkKind(op, "graph", graph, ok, "a Graph", `Pass the graph of a result: ${op}(graphOf(y)).`);
}

/** A node for people: `node 3 (mul "price")`. */
export function describeGraphNode({ id, op, name }: GraphNode): string {
  const what = [op, name === undefined ? null : `"${name}"`].filter((part) => part !== null).join(" ");
  return what === "" ? `node ${id}` : `node ${id} (${what})`;
}
