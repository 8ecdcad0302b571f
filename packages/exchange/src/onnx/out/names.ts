/** The inputs and outputs of programs and graphs, and their names in a file. */
import type { Graph } from "@adjoint/autograd";
import { type Program, programState, stateNames } from "@adjoint/compiler";
import { GraphError, SpecError, type Tensor } from "@adjoint/tensor";
import { checkSize, type NamedNode } from "./write-graph.ts";

/** A graph with the names of what goes in and comes out. */
export interface Named {
  readonly graph: Graph;
  /** The values of leaves that the graph does not hold itself. */
  readonly values: ReadonlyMap<number, Tensor>;
  /** The arguments, then the states. */
  readonly given: readonly NamedNode[];
  /** The results, then the next states. */
  readonly returned: readonly NamedNode[];
  /** How many of both are arguments and results, whose names the caller may choose. */
  readonly own: { readonly inputs: number; readonly outputs: number };
}

/** The values of a program's states now, by their nodes; none of a program that is bound to no Variables. */
function valuesOf(program: Program, names: readonly string[]): Map<number, Tensor> {
  const kept = program.states.flatMap(({ node }) => (node === null ? [] : program.graph.nodes[node]));
  checkSize("toOnnx", kept);
  let state: Readonly<Record<string, Tensor>> = {};
  try {
    state = programState(program);
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
  }
  return new Map(
    program.states.flatMap(({ node }, i) =>
      node !== null && Object.hasOwn(state, names[i]) ? [[node, state[names[i]]] as const] : [],
    ),
  );
}

const numbered = (word: string, count: number, i: number): string => (count === 1 ? word : `${word}_${i}`);

/** A program. Where it changes nothing, what it reads besides its arguments is constant. */
export function namedProgram(
  program: Program,
  names: { readonly inputs?: readonly string[]; readonly outputs?: readonly string[] } = {},
): Named {
  const { graph, inputs, outputs, states } = program;
  const isStep = states.some(({ next }) => next !== null);
  const argumentName = (node: number, i: number): string =>
    names.inputs?.[i] ?? graph.nodes[node].name?.replaceAll(" ", "_") ?? `input_${i}`;
  const own = stateNames(program);
  const read = states.flatMap(({ node }, i) => (isStep && node !== null ? [{ node, name: own[i] }] : []));
  const changed = states.flatMap(({ next }, i) => (next === null ? [] : [{ node: next, name: `${own[i]}.next` }]));
  return {
    graph,
    values: isStep ? new Map() : valuesOf(program, own),
    given: [...inputs.map((node, i) => ({ node, name: argumentName(node, i) })), ...read],
    returned: [
      ...outputs.map((node, i) => ({ node, name: names.outputs?.[i] ?? numbered("output", outputs.length, i) })),
      ...changed,
    ],
    own: { inputs: inputs.length, outputs: outputs.length },
  };
}

/** A graph: its named leaves that are no parameters are inputs, its outputs and gradients outputs. */
export function namedGraph(graph: Graph): Named {
  const { nodes, outputs, gradients } = graph;
  const leaves = nodes.filter(({ op, role, value }) => op === null && (role === "input" || value === undefined));
  const given = leaves.map(({ id, name }) => ({ node: id, name: name ?? `input_${id}` }));
  const results = outputs.map((node, i) => ({ node, name: numbered("output", outputs.length, i) }));
  const derivatives = Object.entries(gradients).map(([leaf, node]) => ({
    node,
    name: `${nodes[Number(leaf)].name ?? `leaf_${leaf}`}.grad`,
  }));
  return {
    graph,
    values: new Map(),
    given,
    returned: [...results, ...derivatives],
    own: { inputs: given.length, outputs: outputs.length },
  };
}

/**
 * The inputs and outputs under the names that the caller chose, if any, each with a name of its own.
 * @throws SpecError for names that are not as many as there are arguments or results, or twice the same
 */
export function checkNames(
  { given, returned, own }: Named,
  inputs: readonly string[] | undefined,
  outputs: readonly string[] | undefined,
): Pick<Named, "given" | "returned"> {
  const taken = new Set<string>();
  const distinct = (some: readonly NamedNode[], count: number, chosen: readonly string[] | undefined): NamedNode[] =>
    some.map((one, i) => {
      const isChosen = chosen !== undefined && i < count;
      let name = isChosen ? chosen[i] : one.name;
      for (let k = 1; !isChosen && taken.has(name); k++) name = `${one.name}_${k}`;
      if (taken.has(name)) {
        throw SpecError.of("toOnnx", "names", name, "different names", {
          problem: `two inputs or outputs are called "${name}"`,
        });
      }
      taken.add(name);
      return { ...one, name };
    });
  checkList("inputs", inputs, own.inputs);
  checkList("outputs", outputs, own.outputs);
  return { given: distinct(given, own.inputs, inputs), returned: distinct(returned, own.outputs, outputs) };
}

function checkList(argument: string, names: unknown, count: number): void {
  if (names === undefined) return;
  const ok = Array.isArray(names) && names.length === count && names.every((name) => typeof name === "string" && name);
  if (!ok) throw SpecError.of("toOnnx", argument, names, `a list of ${count} ${count === 1 ? "name" : "names"}`);
}
