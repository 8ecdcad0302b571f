/**
 * The graph as plain data: what a computation consists of, forward and (on request) backward, in topological order.
 */
import { checkOptions, type DType, GraphError, ones as onesOf, type Shape, type Tensor } from "@adjoint/tensor";
import { startingGradient, sweep } from "../backward.ts";
import { recordAll } from "../modes.ts";
import type { Node } from "../node.ts";
import { topologicalOrder } from "../order.ts";
import { constant, Variable } from "../variable.ts";

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
  readonly attributes: object;
  /** The ids of the op's inputs, in order. */
  readonly inputs: readonly number[];
  readonly shape: Shape;
  readonly dtype: DType;
  readonly name?: string;
  /** `outer/inner`, empty outside all scopes. */
  readonly scope: string;
  readonly role: Role;
  /** In the backward pass: the id of the forward node whose rule made this node. */
  readonly gradientOf?: number;
  /** For leaves (and saved values): the value. Not part of the JSON. */
  readonly value?: Tensor;
}

/** A graph: its nodes in topological order, which of them are outputs, and the gradients of leaves (node id → gradient id). */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly number[];
  /** For each leaf (by id) the node that is its gradient; empty without a backward pass. */
  readonly gradients: Readonly<Record<number, number>>;
}

/** Options of {@link graphOf}. */
export interface GraphOptions {
  /** Whether to add the backward pass from the outputs (each started with ones). Default false. */
  readonly backward?: boolean;
}

/**
 * The graph that `outputs` were computed by.
 *
 * Only what was recorded is there: ops that no gradient flows through appear as constants, unless the computation ran
 * inside `recordAll`.
 *
 * @throws GraphError when there is no output, or `backward` is asked of outputs that require no gradient
 */
export function graphOf(...args: readonly (Variable | GraphOptions)[]): Graph {
  const last = args[args.length - 1];
  const options: GraphOptions = last !== undefined && !(last instanceof Variable) ? last : {};
  checkOptions("graphOf", options, ["backward"]);
  const outputs = args.filter((arg): arg is Variable => arg instanceof Variable);
  if (outputs.length === 0) {
    throw new GraphError({
      op: "graphOf",
      problem: "there is no output to start from",
      argument: "outputs",
      expected: "at least one Variable",
      received: "none",
      hint: "Pass the result of a computation, for example the loss.",
    });
  }
  const forward = topologicalOrder(outputs.map((y) => y.node));
  const inForward = new Set(forward);
  const gradientRoots: [Node, Node][] = [];
  if (options.backward === true) {
    recordAll(() => {
      const starts = outputs.map((y) => {
        const ones = constant(onesOf(y.shape, { dtype: y.dtype }));
        ones.name = `gradient of ${y.name ?? "the output"}`;
        return { node: y.node, grad: startingGradient("graphOf", y, ones) };
      });
      for (const [leaf, grad] of sweep(starts, null)) gradientRoots.push([leaf, grad.node]);
    });
  }
  const order = topologicalOrder([...outputs.map((y) => y.node), ...gradientRoots.map(([, grad]) => grad)]);
  const ids = new Map(order.map((node, id) => [node, id]));
  const nodes = order.map((node, id): GraphNode => describe(node, id, ids, inForward.has(node)));
  return {
    nodes,
    outputs: outputs.map((y) => ids.get(y.node) as number),
    gradients: Object.fromEntries(gradientRoots.map(([leaf, grad]) => [ids.get(leaf), ids.get(grad)])),
  };
}

function describe(node: Node, id: number, ids: ReadonlyMap<Node, number>, isForward: boolean): GraphNode {
  const gradientOf = node.gradientOf === null ? undefined : ids.get(node.gradientOf);
  const value = node.op === null ? node.owner?.value : node.savedOutput;
  return {
    id,
    op: node.op?.name ?? null,
    attributes: node.attributes,
    inputs: node.inputs.map((input) => ids.get(input) as number),
    shape: node.shape,
    dtype: node.dtype,
    ...(node.name === undefined ? {} : { name: node.name }),
    scope: node.scope,
    role: roleOf(node, isForward),
    ...(isForward || gradientOf === undefined ? {} : { gradientOf }),
    ...(value ? { value } : {}),
  };
}

function roleOf(node: Node, isForward: boolean): Role {
  if (!isForward) return "gradient";
  if (node.op !== null) return "op";
  if (node.requiresGrad) return "parameter";
  return node.name === undefined ? "constant" : "input";
}
