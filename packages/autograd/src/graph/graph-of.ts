/** From Variables to the graph that they were computed by, forward and (on request) backward. */
import { checkOptions, GraphError, ones as onesOf } from "@adjoint/tensor";
import { type SweepObserver, sweep } from "../backward/backward.ts";
import { startingGradient } from "../backward/start.ts";
import { constant } from "../core/leaf.ts";
import { topologicalOrder } from "../core/order.ts";
import { type Node, Variable } from "../core/variable.ts";
import { recordAll } from "../transforms/record.ts";
import type { BackwardPass, GraphNode, Role } from "./data.ts";
import { Graph } from "./graph.ts";

/** Options of {@link graphOf}. */
export interface GraphOptions {
  /**
   * Whether to add the backward pass from the outputs (each started with ones), or the one output that it starts from.
   * Default false.
   */
  readonly backward?: boolean | Variable;
  /**
   * Whether every node has its value. Values that no rule reads are freed as soon as they can be, so they are computed
   * again. Default false: leaves have theirs, and ops whose rules read their output.
   */
  readonly values?: boolean;
}

/** The backward pass as it runs: nodes, which have no numbers yet. */
interface Recorded {
  readonly starts: { readonly node: Node; readonly gradient: Node; readonly total: Node }[];
  readonly steps: {
    readonly node: Node;
    readonly upstream: Node;
    readonly contributions: { readonly input: number; readonly gradient: Node; readonly total: Node }[];
  }[];
  readonly gradients: (readonly [leaf: Node, gradient: Node])[];
}

/** Runs backward from the outputs with everything recorded. */
function recordBackward(outputs: readonly Variable[]): Recorded {
  const { starts, steps, gradients }: Recorded = { starts: [], steps: [], gradients: [] };
  const observer: SweepObserver = {
    start: (node, gradient, total) => starts.push({ node, gradient: gradient.node, total: total.node }),
    enter: (node, upstream) => steps.push({ node, upstream: upstream.node, contributions: [] }),
    contribute: (_, input, gradient, total) =>
      steps[steps.length - 1].contributions.push({ input, gradient: gradient.node, total: total.node }),
  };
  recordAll(() => {
    const from = outputs.map((y) => {
      const ones = constant(onesOf(y.shape, { dtype: y.dtype }));
      ones.name = `gradient of ${y.name ?? "the output"}`;
      return { node: y.node, grad: startingGradient("graphOf", y, ones) };
    });
    for (const [leaf, grad] of sweep(from, null, { observer })) gradients.push([leaf, grad.node]);
  });
  return { starts, steps, gradients };
}

/** The recorded pass with the numbers of the nodes. */
function numbered({ starts, steps }: Recorded, ids: ReadonlyMap<Node, number>): BackwardPass {
  const id = (node: Node): number => ids.get(node) as number;
  return {
    starts: starts.map(({ node, gradient, total }) => ({ node: id(node), gradient: id(gradient), total: id(total) })),
    steps: steps.map(({ node, upstream, contributions }) => ({
      node: id(node),
      upstream: id(upstream),
      contributions: contributions.map(({ input, gradient, total }) => ({
        input,
        gradient: id(gradient),
        total: id(total),
      })),
    })),
  };
}

/**
 * The graph that `outputs` were computed by.
 *
 * Only what was recorded is there: ops that no gradient flows through appear as constants, unless the computation ran
 * inside `recordAll`.
 *
 * @throws GraphError when there is no output, `backward` is asked of outputs that require no gradient or of a Variable
 *         that is not an output, or values are asked for that were overwritten since
 */
export function graphOf(...args: readonly (Variable | GraphOptions)[]): Graph {
  const last = args[args.length - 1];
  const options: GraphOptions = last !== undefined && !(last instanceof Variable) ? last : {};
  checkOptions("graphOf", options, ["backward", "values"]);
  const outputs = args.filter((arg): arg is Variable => arg instanceof Variable);
  if (outputs.length === 0) {
    throw GraphError.of("graphOf", "outputs", "none", "at least one Variable, such as the loss", {
      problem: "there is no output to start from",
    });
  }
  const forward = topologicalOrder(outputs.map((y) => y.node));
  if (options.values === true) checkCurrent(forward);
  const inForward = new Set(forward);
  const starts = options.backward instanceof Variable ? [options.backward] : options.backward === true ? outputs : null;
  if (starts?.some((start) => !outputs.includes(start))) {
    throw GraphError.of("graphOf", "backward", "a Variable that is no output", "true, false or one of the outputs", {
      problem: "the backward pass cannot start from what is not an output",
      hint: "Pass the Variable as an output, too.",
    });
  }
  const backward = starts === null ? null : recordBackward(starts);
  // What a rule gave is in the graph even if nothing came of it.
  const gradientNodes =
    backward === null
      ? []
      : [
          ...backward.gradients.map(([, gradient]) => gradient),
          ...backward.starts.map(({ total }) => total),
          ...backward.steps.flatMap(({ upstream, contributions }) => [upstream, ...contributions.map((c) => c.total)]),
        ];
  const order = topologicalOrder([...outputs.map((y) => y.node), ...gradientNodes]);
  const ids = new Map(order.map((node, id) => [node, id]));
  const definitions = order.map(({ op }) => op);
  const graph = new Graph(
    {
      nodes: order.map((node, id): GraphNode => describe(node, id, ids, inForward.has(node))),
      outputs: outputs.map((y) => ids.get(y.node) as number),
      gradients: Object.fromEntries(backward?.gradients.map(([leaf, grad]) => [ids.get(leaf), ids.get(grad)]) ?? []),
      ...(backward === null ? {} : { backward: numbered(backward, ids) }),
    },
    ({ id }) => definitions[id] ?? undefined,
  );
  return options.values === true ? graph.run().graph : graph;
}

/** What a node says of itself, as data. */
export function nodeData(node: Node, id: number, inputs: readonly number[], role: Role): GraphNode {
  const { op, attributes, shape, dtype, name, scope } = node;
  return {
    id,
    op: op?.name ?? null,
    attributes,
    inputs,
    shape,
    dtype,
    ...(name !== undefined && { name }),
    scope,
    role,
  };
}

function describe(node: Node, id: number, ids: ReadonlyMap<Node, number>, isForward: boolean): GraphNode {
  const gradientOf = node.gradientOf === null ? undefined : ids.get(node.gradientOf);
  const value = node.op === null ? node.owner?.value : node.savedOutput;
  const inputs = node.inputs.map((input) => ids.get(input) as number);
  return {
    ...nodeData(node, id, inputs, roleOf(node, isForward)),
    ...(isForward || gradientOf === undefined ? {} : { gradientOf }),
    ...(node.op === null && node.owner?.isFrozen ? { frozen: true } : {}),
    ...(value ? { value } : {}),
  };
}

function roleOf(node: Node, isForward: boolean): Role {
  if (!isForward) return "gradient";
  if (node.op !== null) return "op";
  if (node.requiresGrad) return "parameter";
  return node.name === undefined ? "constant" : "input";
}

/** Refuses a graph one of whose leaves was assigned to since: its values belong to a leaf that is gone. */
function checkCurrent(forward: readonly Node[]): void {
  for (const node of forward) {
    for (const input of node.inputs) {
      if (input.op !== null || input.savedAt <= node.savedAt) continue;
      const leaf = input.name === undefined ? "a leaf without a name" : `"${input.name}"`;
      throw new GraphError({
        op: "graphOf",
        problem: `${leaf} was changed by assign after the result of ${node.op?.name} was computed from it, so the values cannot be computed again`,
        argument: "values",
        ...(node.scope === "" ? {} : { where: `layer "${node.scope}"` }),
        hint: "Call graphOf before the update, or compute the result again.",
      });
    }
  }
}
