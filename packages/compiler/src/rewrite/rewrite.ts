/**
 * Rewriting programs: constants are computed, what is computed twice is computed once, and the table of rewrites is applied.
 */
import { abstractVariable, Graph, type GraphNode, type OpDefinition } from "@adjoint/autograd";
import { isFloat, type Tensor } from "@adjoint/tensor";
import type { Program } from "../program.ts";
import { traced } from "../trace/trace.ts";
import { treeOfArguments } from "../trace/tree.ts";
import { type Applied, Counts } from "./applied.ts";
import { rewrites } from "./rewrites.ts";

const common = { name: "common subexpressions", reason: "what is computed twice is computed once" };
const folded = { name: "constants", reason: "what follows from constants alone is computed when the program is made" };

/** Largest constant that is computed ahead: a larger one would take memory for what is quickly computed. */
const mostElements = 2 ** 16;

/** A program that computes the same, and what was rewritten. */
export function rewritten(program: Program): { readonly program: Program; readonly applied: readonly Applied[] } {
  const { graph } = program;
  const nodes: GraphNode[] = [];
  const definitions: (OpDefinition<never> | undefined)[] = [];
  const known = new Map<string, number>();
  const counts = new Counts();
  /** Adds a node whose inputs are new ones; returns its number, or that of one that is the same. */
  const add = (node: GraphNode, definition: OpDefinition<never> | undefined): number => {
    if (node.op !== null && definition !== undefined) {
      const key = JSON.stringify([node.op, node.attributes, node.inputs]);
      const same = known.get(key);
      if (same !== undefined && definitions[same] === definition) {
        counts.add(common);
        return same;
      }
      const constant = constantOf(node, definition, nodes);
      if (constant !== null) {
        counts.add(folded);
        const { gradientOf: _, ...leaf } = node;
        definitions.push(undefined);
        known.set(key, nodes.length);
        return (
          nodes.push({
            ...leaf,
            id: nodes.length,
            op: null,
            attributes: {},
            inputs: [],
            role: "constant",
            value: constant,
          }) - 1
        );
      }
      known.set(key, nodes.length);
    }
    definitions.push(definition);
    return nodes.push({ ...node, id: nodes.length }) - 1;
  };
  const ids: number[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((id) => ids[id]);
    const definition = graph.definitionOf(node);
    const rewrite = rewrites.find((one) => one.op === node.op && one.applies(node));
    if (rewrite === undefined) {
      ids.push(add(moved(node, inputs, ids), definition));
      continue;
    }
    counts.add(rewrite);
    const examples = inputs.map((id) => abstractVariable(nodes[id], { requiresGrad: false }));
    const replace = (...xs: never[]): unknown => rewrite.replace(xs, node.attributes as never);
    const { program: piece } = traced("compile", replace, treeOfArguments("compile", examples));
    const places: number[] = [];
    for (const part of piece.graph.nodes) {
      const argument = piece.inputs.indexOf(part.id);
      const around = { ...part, scope: node.scope, role: node.role };
      places.push(
        argument >= 0
          ? inputs[argument]
          : add({ ...around, inputs: part.inputs.map((id) => places[id]) }, piece.graph.definitionOf(part)),
      );
    }
    ids.push(places[piece.outputs[0]]);
  }
  const to = (id: number): number => ids[id];
  const outputs = program.outputs.map(to);
  const states = program.states.map((state) => ({
    ...state,
    node: state.node === null ? null : to(state.node),
    next: state.next === null ? null : to(state.next),
  }));
  const nexts = states.flatMap(({ next }) => next ?? []);
  return {
    program: {
      graph: new Graph({ nodes, outputs: [...outputs, ...nexts], gradients: {} }, ({ id }) => definitions[id]),
      inputs: program.inputs.map(to),
      outputs,
      states,
      checks: program.checks.map((check) => ({ ...check, node: to(check.node) })),
    },
    applied: counts.applied,
  };
}

function moved(node: GraphNode, inputs: readonly number[], ids: readonly number[]): GraphNode {
  const { gradientOf, ...rest } = node;
  return { ...rest, inputs, ...(gradientOf === undefined ? {} : { gradientOf: ids[gradientOf] }) };
}

/** The value of an op whose inputs are all constants; null where it has others, none, or would be large. */
function constantOf(node: GraphNode, definition: OpDefinition<never>, nodes: readonly GraphNode[]): Tensor | null {
  const values = node.inputs.map((id) =>
    nodes[id].op === null && nodes[id].role === "constant" ? nodes[id].value : undefined,
  );
  if (values.length === 0 || values.includes(undefined) || !isFloat(node.dtype)) return null;
  const value = definition.forward(values as Tensor[], node.attributes as never);
  return value.data.length <= mostElements ? value : null;
}
