/** The backward pass, one op at a time: what a rule is given, what it gives, and what has been added up so far. */
import { GraphError, type Shape, type Tensor } from "@adjoint/tensor";
import { startingGradient } from "../backward/start.ts";
import { Variable } from "../core/variable.ts";
import { builtInWords } from "../ops/words.generated.ts";
import { describeGraphNode, type GraphNode } from "./data.ts";
import { Graph } from "./graph.ts";
import { graphOf } from "./graph-of.ts";

/** What a step gives to one input of its op. */
export interface StepContribution {
  /** Which input of the op, from 0. */
  readonly input: number;
  /** The node that receives it, and what that is. */
  readonly node: number;
  /** The name of the node that receives it, where it has one. */
  readonly name?: string;
  /** The op of that node, null for a leaf. */
  readonly op: string | null;
  /** The shape of the gradient. */
  readonly shape: Shape;
  /** The gradient that the rule gave. */
  readonly gradient: Tensor;
  /** The node of the graph that computed it. */
  readonly gradientNode: number;
  /** What had been added up for the receiving node, null before its first contribution. */
  readonly before: Tensor | null;
  /** What has been added up now: `before + gradient`. */
  readonly after: Tensor;
  /** It is the `count`-th contribution … */
  readonly count: number;
  /** … of so many. */
  readonly of: number;
  /** Whether `after` is now the gradient of a leaf. */
  readonly completesLeaf: boolean;
}

/** One step of the backward pass: the rules of one op. */
export interface BackwardStep {
  /** Which step, from 0, … */
  readonly index: number;
  /** … of so many. */
  readonly of: number;
  /** The forward node. */
  readonly node: number;
  /** The name of its op. */
  readonly op: string;
  /** The attributes of its op. */
  readonly attributes: object;
  /** The name of the node, where it has one. */
  readonly name?: string;
  /** The scopes around it as `outer/inner`, empty outside of all. */
  readonly scope: string;
  /** The shape of its output. */
  readonly shape: Shape;
  /** The gradient of the node's output, complete. */
  readonly upstream: Tensor;
  /** The node of the graph that computed it. */
  readonly upstreamNode: number;
  /** What the op's rules do, as formulas: `x̄ = ȳ · …`; and in words. Absent where the op's definition has none. */
  readonly formula?: string;
  /** The rules in words. */
  readonly words?: string;
  /** What the rules gave, in the order of the op's inputs; inputs that need no gradient are not there. */
  readonly contributions: readonly StepContribution[];
}

function heldBy(node: GraphNode): Tensor {
  if (node.value !== undefined) return node.value;
  throw GraphError.of("backwardSteps", "graph", undefined, "a graph with all values", {
    problem: `${describeGraphNode(node)} has no value`,
    hint: "Make the graph with graphOf(loss, { backward: true, values: true }), or take that of a replay: graph.run().graph.",
  });
}

/** The graph to step through. */
function graphToStep(source: Variable | Graph): Graph {
  if (source instanceof Variable) {
    startingGradient("backwardSteps", source, undefined);
    return graphOf(source, { backward: true, values: true });
  }
  if (!(source instanceof Graph)) {
    throw GraphError.of("backwardSteps", "source", source, "the loss, or a graph that has a backward pass");
  }
  if (source.backward === undefined) {
    throw GraphError.of("backwardSteps", "graph", undefined, "a backward pass and all values", {
      problem: `the graph of ${source.nodes.length} nodes has no backward pass`,
      hint: "Make the graph with graphOf(loss, { backward: true, values: true }).",
    });
  }
  for (const { upstream, contributions } of source.backward.steps) {
    for (const id of [upstream, ...contributions.flatMap(({ gradient, total }) => [gradient, total])]) {
      heldBy(source.nodes[id]);
    }
  }
  return source;
}

/**
 * The backward pass from `source`, step by step, as plain data. The gradients of `source`'s leaves do not change; what
 * is added up is what `backward` would give, to the last bit.
 *
 * @param source the loss, a single number; or a graph with its backward pass and all values
 * @throws GraphError when there is nothing to run backward, the loss is no single number, or values are missing
 */
export function backwardSteps(source: Variable | Graph): Generator<BackwardStep, void, undefined> {
  return steps(graphToStep(source));
}

function* steps(graph: Graph): Generator<BackwardStep, void, undefined> {
  const { nodes, backward } = graph;
  if (backward === undefined) return;
  const of = new Map<number, number>();
  const totals = new Map<number, Tensor>();
  const counts = new Map<number, number>();
  const count = (in_: Map<number, number>, node: number): number => {
    const n = (in_.get(node) ?? 0) + 1;
    in_.set(node, n);
    return n;
  };
  for (const { node } of backward.starts) count(of, node);
  for (const { node, contributions } of backward.steps) {
    for (const { input } of contributions) count(of, nodes[node].inputs[input]);
  }
  for (const { node, total } of backward.starts) {
    count(counts, node);
    totals.set(node, heldBy(nodes[total]));
  }
  for (const [index, entry] of backward.steps.entries()) {
    const node = nodes[entry.node];
    const { math, words } = { ...builtInWords[node.op as string], ...graph.definitionOf(node) };
    yield {
      index,
      of: backward.steps.length,
      node: node.id,
      op: node.op as string,
      attributes: node.attributes,
      ...(node.name === undefined ? {} : { name: node.name }),
      scope: node.scope,
      shape: node.shape,
      upstream: heldBy(nodes[entry.upstream]),
      upstreamNode: entry.upstream,
      ...(math === undefined ? {} : { formula: math.backward }),
      ...(words === undefined ? {} : { words }),
      contributions: entry.contributions.map(({ input, gradient, total }): StepContribution => {
        const receiver = nodes[node.inputs[input]];
        const before = totals.get(receiver.id) ?? null;
        const after = heldBy(nodes[total]);
        totals.set(receiver.id, after);
        const k = count(counts, receiver.id);
        const all = of.get(receiver.id) as number;
        return {
          input,
          node: receiver.id,
          ...(receiver.name === undefined ? {} : { name: receiver.name }),
          op: receiver.op,
          shape: receiver.shape,
          gradient: heldBy(nodes[gradient]),
          gradientNode: gradient,
          before,
          after,
          count: k,
          of: all,
          completesLeaf: receiver.op === null && k === all,
        };
      }),
    };
  }
}
