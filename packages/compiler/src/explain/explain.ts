/** Programs as text. */
import { formatShape, printableLine } from "@adjoint/tensor";
import { formatBytes } from "@adjoint/tensor/internal";
import type { Program } from "../program.ts";
import type { ProgramPlan } from "./plan.ts";

/** What was rewritten as text: how often, and why. */
export function explainRewrites({ rewrites }: ProgramPlan): string {
  if (rewrites.length === 0) return "nothing was rewritten";
  return rewrites.map(({ name, reason, count }) => `${count} × ${name}: ${reason}`).join("\n");
}

/** How the engine runs a program as text: the memory that it holds, and its parts in order. */
export function explainPlan({ parts, bytes, permanentBytes }: ProgramPlan, engine: string): string {
  if (bytes === 0) return `engine "${engine}": each op runs by its own kernel; a value is freed after its last use`;
  const [permanent, temporary] = [permanentBytes, bytes - permanentBytes].map(formatBytes);
  return [
    `engine "${engine}": ${parts.length} parts in ${formatBytes(bytes)} of memory`,
    `memory: ${permanent} for inputs, constants and states; results take turns in ${temporary}`,
    ...parts.map(({ name, shape }, i) => `${i + 1}. ${name} ${formatShape(shape)}`),
  ].join("\n");
}

/** The program as text: a line for each leaf, op, result and next state. */
export function explainProgram(program: Program): string {
  const { graph, inputs, outputs, states, checks } = program;
  const isState = new Set(states.flatMap(({ node }) => node ?? []));
  const isInput = new Set(inputs);
  const lines = graph.nodes.map(({ id, op, inputs: operands, shape, dtype, name, scope }) => {
    const kind = isInput.has(id) ? "input" : isState.has(id) ? "state" : "constant";
    const what = op === null ? kind : `${op}(${operands.map((operand) => `%${operand}`).join(", ")})`;
    const words = [`%${id} = ${what}: ${dtype} ${formatShape(shape)}`, name && `"${name}"`, scope && `in ${scope}`];
    return printableLine(words.filter(Boolean).join(" "));
  });
  const moved = states.flatMap(({ kind, name, next }) => (next === null ? [] : [{ kind, name, next }]));
  const ops = graph.nodes.filter(({ op }) => op !== null).length;
  return [
    `program of ${ops} ops: ${inputs.length} inputs, ${outputs.length} outputs, ${states.length} states, ${moved.length} of them move`,
    ...lines,
    ...checks.map(({ node }) => `check %${node}`),
    ...moved.map(({ kind, name, next }) =>
      printableLine(`${kind === "gradient" ? `the gradient of "${name}"` : `"${name}"`} becomes %${next}`),
    ),
    `return ${outputs.map((id) => `%${id}`).join(", ")}`,
  ].join("\n");
}
