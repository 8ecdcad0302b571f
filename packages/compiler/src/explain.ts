/**
 * Programs as text.
 */
import { formatShape, printableLine, type Shape } from "@adjoint/tensor";
import type { Program } from "./program.ts";
import type { Applied } from "./rewrite/applied.ts";

/** A part of a program, and how long it took. */
export interface Measured {
  readonly name: string;
  readonly shape: Shape;
  readonly milliseconds: number;
  /** Billions of additions and multiplications a second; 0 where nobody counts them. */
  readonly gflops: number;
}

/** What was measured, the slowest first: time, share and speed. */
export function explainTimes(parts: readonly Measured[], bytes: number): string {
  const total = parts.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const lines = parts
    .toSorted((a, b) => b.milliseconds - a.milliseconds)
    .map(({ name, shape, milliseconds, gflops }) => {
      const share = total === 0 ? 0 : (100 * milliseconds) / total;
      const speed = gflops === 0 ? "" : `, ${gflops.toFixed(1)} GFLOP/s`;
      return `${milliseconds.toFixed(3)} ms ${share.toFixed(1)} % ${name} ${formatShape(shape)}${speed}`;
    });
  return [
    `${total.toFixed(2)} ms in ${parts.length} parts, ${(bytes / 2 ** 20).toFixed(1)} MiB of memory`,
    ...lines,
  ].join("\n");
}

/** What was rewritten as text: how often, and why. */
export function explainRewrites(applied: readonly Applied[]): string {
  if (applied.length === 0) return "nothing was rewritten";
  return applied.map(({ name, reason, count }) => `${count} × ${name}: ${reason}`).join("\n");
}

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
