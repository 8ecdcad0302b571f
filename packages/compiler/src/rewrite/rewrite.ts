/**
 * Rewriting programs: constants are computed, what is computed twice is computed once, and the table of rewrites is applied.
 */
import { abstractVariable, Graph, type GraphNode, type OpDefinition } from "@adjoint/autograd";
import { evaluate } from "@adjoint/autograd/internal";
import { isFloat, isPlain, kernels, sizeOf, type Tensor } from "@adjoint/tensor";
import type { Program } from "../program.ts";
import type { NodeAt } from "../recognize/nodes.ts";
import { traced } from "../trace/trace.ts";
import { treeOfArguments } from "../trace/tree.ts";
import { Counts, type Rewritten } from "./applied.ts";
import { checkComposition, compositions, type HasForm } from "./composition.ts";
import { type Rewrite, rewrites } from "./rewrites.ts";

const common = { name: "common subexpressions", reason: "what is computed twice is computed once" };
const folded = { name: "constants", reason: "what follows from constants alone is computed when the program is made" };

/** Most numbers of a constant that is compared with others. */
const mostCompared = 16;

/** Largest constant that is computed ahead: a larger one would take memory for what is quickly computed. */
const mostElements = 2 ** 16;

/**
 * Rewrites a program, by the rewrites of a table.
 *
 * @param hasForm of which nodes there is a form; ops of others are replaced by their compositions, if they have some.
 *                Default: of all
 * @param merges  whether constants are computed, and what is computed twice is computed once
 */
export function rewritten(
  program: Program,
  table: readonly Rewrite[] = rewrites,
  hasForm: HasForm = () => true,
  merges = true,
): Rewritten {
  const { graph } = program;
  const nodes: GraphNode[] = [];
  const definitions: (OpDefinition<never> | undefined)[] = [];
  const known = new Map<string, number>();
  const counts = new Counts();
  const compositionOf = compositions(hasForm);
  /** Adds a node whose inputs are new ones; returns its number, or that of one that is the same. */
  const add = (node: GraphNode, definition: OpDefinition<never> | undefined): number => {
    const key = merges ? keyOf(node) : null;
    const same = key === null ? undefined : known.get(key);
    if (same !== undefined && definitions[same] === definition) {
      if (node.op !== null) counts.add(common, same);
      return same;
    }
    const constant = definition === undefined || !merges ? null : constantOf(node, definition, nodes);
    if (constant !== null) {
      const { gradientOf: _, ...rest } = node;
      const id = add({ ...rest, op: null, attributes: {}, inputs: [], role: "constant", value: constant }, undefined);
      counts.add(folded, id);
      return id;
    }
    if (key !== null) known.set(key, nodes.length);
    definitions.push(definition);
    return nodes.push({ ...node, id: nodes.length }) - 1;
  };
  /**
   * Adds a node whose inputs are new ones, or what replaces it; returns the numbers of what was added, the last with its value.
   *
   * @param open the rewrites that this is part of: none replaces an op by itself
   */
  const place = (
    node: GraphNode,
    definition: OpDefinition<never> | undefined,
    open: readonly Rewrite[],
  ): readonly number[] => {
    const composition = definition === undefined ? null : compositionOf(node, definition);
    const candidates = composition === null ? table : [...table, composition];
    const found = foundIn(candidates, node, (id) => nodes[id], open);
    if (found === null) return [add(node, definition)];
    const { rewrite, inputs, replace } = found;
    const examples = inputs.map((id) => abstractVariable(nodes[id], { requiresGrad: false }));
    const { program: piece } = traced("compile", replace, treeOfArguments("compile", examples));
    checkComposition(piece.graph.nodes[piece.outputs[0]], node);
    const places: number[] = [];
    const own: number[] = [];
    for (const part of piece.graph.nodes) {
      const argument = piece.inputs.indexOf(part.id);
      if (argument >= 0) {
        places.push(inputs[argument]);
        continue;
      }
      const { gradientOf: _, ...rest } = part;
      const around = { ...rest, scope: node.scope, role: part.op === null ? part.role : node.role };
      const moved = { ...around, inputs: part.inputs.map((id) => places[id]) };
      const added = place(moved, piece.graph.definitionOf(part), [...open, rewrite]);
      own.push(...added);
      places.push(added[added.length - 1]);
    }
    counts.add(rewrite, ...own);
    const id = places[piece.outputs[0]];
    return [...own.filter((part) => part !== id), id];
  };
  const ids: number[] = [];
  const became: (readonly number[])[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((id) => ids[id]);
    const added = place(moved(node, inputs, ids), graph.definitionOf(node), []);
    ids.push(added[added.length - 1]);
    became.push(added);
  }
  return finished(program, { ids, nodes, definitions, became, applied: counts.applied });
}

/**
 * A program in which ops without a form are written by their compositions, as far as they have some. The program itself where
 * it has no such op.
 */
export function composed(program: Program, hasForm: HasForm): Program {
  const { graph } = program;
  const compositionOf = compositions(hasForm);
  const isNeeded = graph.nodes.some((node) => {
    const definition = node.op === null ? undefined : graph.definitionOf(node);
    return definition !== undefined && compositionOf(node, definition) !== null;
  });
  return isNeeded ? rewritten(program, [], hasForm, false).program : program;
}

/** The first rewrite, besides those that are open, that applies at a node, and what it puts there; null for none. */
function foundIn(table: readonly Rewrite[], node: GraphNode, at: NodeAt, open: readonly Rewrite[]) {
  for (const rewrite of table) {
    if (rewrite.op !== node.op || open.includes(rewrite)) continue;
    const found = rewrite.find(node, at);
    if (found !== null) return { rewrite, ...found };
  }
  return null;
}

/** The new nodes of a program. */
interface Replaced extends Omit<Rewritten, "program"> {
  /** The node that has the value of each old one. */
  readonly ids: readonly number[];
  readonly nodes: readonly GraphNode[];
  readonly definitions: readonly (OpDefinition<never> | undefined)[];
}

/** The program of new nodes, without constants that nobody reads any more. */
function finished(program: Program, { ids, nodes, definitions, became, applied }: Replaced): Rewritten {
  const { inputs, outputs, states, checks } = program;
  const ends = [
    inputs,
    outputs,
    states.flatMap(({ node, next }) => [node ?? [], next ?? []].flat()),
    checks.map(({ node }) => node),
  ];
  const used = new Set([...nodes.flatMap((node) => node.inputs), ...ends.flat().map((id) => ids[id])]);
  const kept = nodes.filter(({ id, role }) => role !== "constant" || used.has(id));
  const places: (number | null)[] = new Array<null>(nodes.length).fill(null);
  kept.forEach(({ id }, place) => {
    places[id] = place;
  });
  const to = (id: number): number => places[ids[id]] as number;
  const placesOf = (some: readonly number[]): number[] => some.flatMap((id) => places[id] ?? []);
  const next = {
    inputs: inputs.map(to),
    outputs: outputs.map(to),
    states: states.map((state) => ({
      ...state,
      node: state.node === null ? null : to(state.node),
      next: state.next === null ? null : to(state.next),
    })),
    checks: checks.map((check) => ({ ...check, node: to(check.node) })),
  };
  const data = {
    nodes: kept.map((node, id) => ({
      ...moved(
        node,
        node.inputs.map((input) => places[input] as number),
        places,
      ),
      id,
    })),
    outputs: [...next.outputs, ...next.states.flatMap((state) => state.next ?? [])],
    gradients: {},
  };
  return {
    program: { graph: new Graph(data, ({ id }) => definitions[kept[id].id]), ...next },
    became: became.map(placesOf),
    applied: applied.map((one) => ({ ...one, nodes: placesOf([...new Set(one.nodes)]) })),
  };
}

/** What nodes have in common that are the same: op, attributes and inputs; of small constants the value. Null for others. */
function keyOf({ op, attributes, inputs, role, value, dtype, shape }: GraphNode): string | null {
  if (op !== null) {
    return isData(attributes) ? JSON.stringify([op, attributes, inputs], (_, part) => exact(part)) : null;
  }
  if (role !== "constant" || value === undefined) return null;
  // Of repeated numbers one says all.
  const lengths = shape.map((n, axis) => (value.strides[axis] === 0 ? Math.min(n, 1) : n));
  if (sizeOf(lengths) > mostCompared) return null;
  const slices = lengths.map((length) => ({ start: 0, step: 1, length }));
  const numbers = kernels.slice(value, slices);
  return JSON.stringify([dtype, shape, lengths, Array.from(kernels.copy(numbers).data, exact)]);
}

/** Whether a value is all that JSON says of it, as functions, maps and objects of classes among attributes are not. */
function isData(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((part) => part !== undefined && isData(part));
  if (isPlain(value)) return Object.values(value).every(isData);
  return value === null || ["undefined", "boolean", "number", "string"].includes(typeof value);
}

/** Numbers that JSON has no form of as what no attribute is. */
function exact(part: unknown): unknown {
  const isOther = typeof part === "number" && (Object.is(part, -0) || !Number.isFinite(part));
  return isOther ? { number: Object.is(part, -0) ? "-0" : String(part) } : part;
}

/** A node with its inputs, and the node whose gradient it is, at their new numbers. */
function moved(node: GraphNode, inputs: readonly number[], ids: readonly (number | null)[]): GraphNode {
  const { gradientOf, ...rest } = node;
  const of = gradientOf === undefined ? null : ids[gradientOf];
  return { ...rest, inputs, ...(of === null ? {} : { gradientOf: of }) };
}

/** The value of an op whose inputs are all constants; null where it has others, none, or would be large. */
function constantOf(node: GraphNode, definition: OpDefinition<never>, nodes: readonly GraphNode[]): Tensor | null {
  const values = node.inputs.map((id) =>
    nodes[id].op === null && nodes[id].role === "constant" ? nodes[id].value : undefined,
  );
  if (values.length === 0 || values.includes(undefined) || !isFloat(node.dtype)) return null;
  const value = evaluate(definition, values as Tensor[], node.attributes as never, node, "the program");
  return value.data.length <= mostElements ? value : null;
}
