/**
 * Programs as text.
 */
import { formatShape, printableLine } from "@adjoint/tensor";
import type { Program } from "./program.ts";

/** The program as text: a line for each leaf, op, result and next state. */
export function explain(program: Program | null): string {
  if (program === null) return "no program yet: the function was not called";
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
