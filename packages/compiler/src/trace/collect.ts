/**
 * From what a traced function left to a Program: the nodes that outputs, next states and checks follow from, as data.
 */
import { Graph, type GraphNode, type Node, type Role, type Variable } from "@adjoint/autograd";
import { nodeData } from "@adjoint/autograd/internal";
import { inOrder } from "../order.ts";
import type { Program } from "../program.ts";
import { isChanged } from "./bindings.ts";
import type { Tracing } from "./tracing.ts";

/** The program that computes `outputs`. */
export function programOf(tracing: Tracing, inputs: readonly Variable[], outputs: readonly Variable[]): Program {
  const { sources, bindings, checks } = tracing;
  const changed = bindings.filter(isChanged);
  const ends = [...outputs, ...changed.map(({ after }) => after as Variable), ...checks.map(({ x }) => x)].map(
    ({ node }) => node,
  );
  const leaves = [...inputs, ...bindings.flatMap(({ before }) => before ?? [])].map(({ node }) => node);
  /** What a node follows from: a leaf whose value was assigned, from what was assigned. */
  const before = (node: Node): readonly Node[] => {
    const source = sources.get(node);
    return source === undefined ? node.inputs : [source];
  };
  const order = inOrder([...leaves, ...ends], before).filter((node) => !sources.has(node));
  const ids = new Map(order.map((node, id) => [node, id]));
  const idOfNode = (node: Node): number => {
    const source = sources.get(node);
    return source === undefined ? (ids.get(node) as number) : idOfNode(source);
  };
  const idOf = ({ node }: Variable): number => idOfNode(node);
  const given = new Set(inputs.map(({ node }) => node));
  const nodes = order.map((node, id): GraphNode => {
    const gradientOf = node.gradientOf === null ? undefined : ids.get(node.gradientOf);
    const value = node.op === null && node.owner?.isReadable && node.owner.node === node ? node.owner.value : undefined;
    return {
      ...nodeData(node, id, node.inputs.map(idOfNode), roleOf(node, given.has(node))),
      ...(gradientOf === undefined ? {} : { gradientOf }),
      ...(value === undefined ? {} : { value }),
    };
  });
  const definitions = order.map(({ op }) => op);
  const states = bindings.map((binding) => ({
    kind: binding.kind,
    name: binding.name,
    node: binding.before === null ? null : idOf(binding.before),
    next: isChanged(binding) ? idOf(binding.after as Variable) : null,
  }));
  const results = outputs.map(idOf);
  const nexts = states.flatMap(({ next }) => next ?? []);
  const data = { nodes, outputs: [...results, ...nexts], gradients: {} };
  return {
    graph: new Graph(data, ({ id }) => definitions[id] ?? undefined),
    inputs: inputs.map(idOf),
    outputs: results,
    states,
    checks: checks.map(({ x, passes }) => ({ node: idOf(x), passes })),
  };
}

function roleOf(node: Node, isInput: boolean): Role {
  if (node.gradientOf !== null) return "gradient";
  if (node.op !== null) return "op";
  if (isInput) return "input";
  return node.requiresGrad ? "parameter" : node.name === undefined ? "constant" : "input";
}
