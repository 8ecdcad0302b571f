/** The function of a program: its statements, and what it returns. */
import { type Program, stateNames } from "@adjoint/compiler";
import { constantOf } from "@adjoint/compiler/internal";
import { isFloat, kernels, sizeOf, type Tensor } from "@adjoint/tensor";
import { atom, dtypeName, type Expression, lengths, quoted } from "../expression.ts";
import { type HelperName, helperNames } from "../helpers.ts";
import type { Nodes } from "../recognize/nodes.ts";
import { Names } from "./names.ts";
import { ancestors } from "./order.ts";
import { type Known, statementsFor } from "./statements.ts";
import { gradientsText, sharedUpdates, updateFunction, updateLoop } from "./updates.ts";

/** The text of a program's functions, and what they stand on. */
export interface StepText {
  /** `step`, or `predict` where nothing changes. */
  readonly name: "step" | "predict";
  /** Functions and the step itself, in order. */
  readonly functions: readonly string[];
  readonly helpers: ReadonlySet<HelperName>;
  /** The arguments after the state. */
  readonly inputs: readonly { readonly name: string; readonly node: number }[];
  /** Names of the states that it reads or gives other values. */
  readonly states: readonly string[];
  /** Large constants, which are kept beside the states. */
  readonly constants: ReadonlyMap<string, Tensor>;
  /** Whether anything in it is float64. */
  readonly isWide: boolean;
}

/** Most numbers of an array that is written into the text. */
const mostWritten = 8;

/** Writes the function of a program whose nodes were made readable. */
export function stepText(program: Program, nodes: Nodes, title: string): StepText {
  const helpers = new Set<HelperName>();
  const names = stateNames(program);
  const kept = keptStates(program);
  const changes = kept.filter((i) => program.states[i].next !== null);
  const isStep = changes.length > 0;
  const { updates, covered } = isStep
    ? sharedUpdates(program, nodes, helpers)
    : { updates: [], covered: new Set<string>() };
  const functionNames = updates.map((_, i) => (i === 0 ? "update" : `update_${i + 1}`));
  const dictionaries = updates.map((_, i) => (i === 0 ? "grads" : `grads_${i + 1}`));
  const variables = new Names([...functionNames, ...dictionaries, ...helperNames]);

  const inputs = program.inputs.map((node) => ({
    node,
    name: variables.unique(program.graph.nodes[node].name ?? "x"),
  }));
  const given = new Map<number, Known>(
    inputs.map(({ node, name }) => [node, { ...atom(name), shape: program.graph.nodes[node].shape }]),
  );
  for (const i of kept) {
    const { node } = program.states[i];
    if (node !== null)
      given.set(node, { ...atom(`state[${quoted(names[i])}]`), shape: program.graph.nodes[node].shape });
  }

  const ends = new Map<number, string | null>();
  for (const { members, shared } of updates) {
    for (const { gradient } of members) ends.set(gradient, null);
    for (const { node, name } of shared) ends.set(node, name);
  }
  const single = changes.filter((i) => !covered.has(names[i]));
  for (const i of single) ends.set(nodes.idOf(program.states[i].next as number), names[i]);
  program.outputs.forEach((node, i) => {
    ends.set(nodes.idOf(node), outputName(program, i, isStep));
  });

  const constants = new Map<string, Tensor>();
  for (const id of ancestors(nodes, [...ends.keys(), ...updates.flatMap(everyNext)], (at) => given.has(at))) {
    const { op, value } = nodes.at(id);
    if (op !== null || given.has(id) || value === undefined || constantOf(nodes.at(id)) !== null) continue;
    given.set(id, constantText(value, constants));
  }
  function everyNext({ members }: { readonly members: readonly { readonly name: string }[] }): number[] {
    return members.map(({ name }) => program.states[names.indexOf(name)].next as number);
  }

  const gradients = new Map<number, string>();
  program.states.forEach(({ kind, name, next }) => {
    if (kind === "gradient" && next !== null) gradients.set(nodes.idOf(next), name);
  });
  const written = statementsFor({ nodes, ends, outputs: program.outputs, given, names: variables, helpers, gradients });
  const lines = [...written.lines];
  if (updates.length > 0) {
    lines.push("");
    lines.push(...updates.flatMap((update, i) => gradientsText(dictionaries[i], update, written.of)));
    lines.push("new = {}");
    lines.push(...updates.flatMap((update, i) => updateLoop(functionNames[i], update, dictionaries[i], written.of)));
  }
  const results = program.outputs.map((id) => written.of(id).text);
  const result = results.length === 1 ? results[0] : `(${results.join(", ")})`;
  const entries = single.map((i) => `${quoted(names[i])}: ${written.of(program.states[i].next as number).text}`);
  const next = [...(updates.length > 0 ? ["**new"] : []), ...entries];
  lines.push(...returned(result, isStep ? ["**state", ...next] : null));
  const name = isStep ? "step" : "predict";
  const head = `def ${name}(state${inputs.map((input) => `, ${input.name}`).join("")}):`;
  const words = isStep
    ? `One training step of ${title}: what it returns, and the next state.`
    : `${title}: what it computes from its inputs and parameters.`;
  const step = [head, `    """${words}"""`, ...lines.map((line) => (line === "" ? "" : `    ${line}`))].join("\n");
  const wanted = [...program.outputs, ...changes.map((i) => program.states[i].next as number)];
  const everything = ancestors(nodes, wanted, () => false);
  return {
    name,
    functions: [...updates.map((update, i) => updateFunction(functionNames[i], update)), step],
    helpers,
    inputs,
    states: kept.map((i) => names[i]),
    constants,
    isWide: everything.some((id) => nodes.at(id).dtype === "float64" || /^random/.test(nodes.at(id).op ?? "")),
  };
}

/** States that a program reads or changes, by place; not the gradients that its updates use up, unless read before. */
function keptStates({ states }: Program): number[] {
  const updated = new Set(states.flatMap(({ kind, name, next }) => (kind === "value" && next !== null ? [name] : [])));
  return states.flatMap(({ kind, name, node, next }, i) => {
    if (node === null && next === null) return [];
    return kind === "gradient" && node === null && updated.has(name) ? [] : [i];
  });
}

function outputName(program: Program, i: number, isStep: boolean): string {
  const { name, shape, dtype } = program.graph.nodes[program.outputs[i]];
  if (name !== undefined) return name;
  return isStep && i === 0 && sizeOf(shape) === 1 && isFloat(dtype) ? "loss" : "y";
}

/** An array that is no single number: in the text where it is small, else beside the states. */
function constantText(value: Tensor, constants: Map<string, Tensor>): Known {
  const { shape } = value;
  if (sizeOf(shape) <= mostWritten) return { ...arrayText(value), shape };
  const name = `constant ${constants.size + 1}`;
  constants.set(name, kernels.copy(value));
  return { ...atom(`state[${quoted(name)}]`), shape };
}

function arrayText(value: Tensor): Expression {
  const { dtype, shape } = value;
  const write = (part: unknown): string => {
    if (Array.isArray(part)) return `[${part.map(write).join(", ")}]`;
    if (typeof part === "boolean") return part ? "True" : "False";
    const number = part as number;
    if (Number.isNaN(number)) return "jnp.nan";
    if (!Number.isFinite(number)) return number > 0 ? "jnp.inf" : "-jnp.inf";
    return Object.is(number, -0) ? "-0.0" : String(number);
  };
  const array = `jnp.array(${write(value.toArray())}, ${dtypeName(dtype)})`;
  return atom(sizeOf(shape) > 0 ? array : `${array}.reshape(${lengths(shape)})`);
}

/** The return statement, one entry a line where one line is too long. */
function returned(result: string, state: readonly string[] | null): string[] {
  if (state === null) return [`return ${result}`];
  const one = `return ${result}, {${state.join(", ")}}`;
  if (one.length <= 96) return [one];
  return [`return ${result}, {`, ...state.map((entry) => `    ${entry},`), "}"];
}
