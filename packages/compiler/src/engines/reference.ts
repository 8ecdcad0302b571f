/**
 * The reference engine: the kernels of the ops, one after the other, as an eager run calls them. Values are let go after
 * their last use.
 */
import type { OpDefinition } from "@adjoint/autograd";
import { evaluate } from "@adjoint/autograd/internal";
import type { Tensor } from "@adjoint/tensor";
import { placed } from "@adjoint/tensor/internal";
import type { Program } from "../program.ts";
import type { Executable, Part, StateAccess } from "./engine.ts";

/** Of each node, the values that nobody reads after it. */
function lastReadBy({ graph: { nodes }, outputs, states, checks }: Program): number[][] {
  const read = new Set([...outputs, ...checks.map(({ node }) => node), ...states.flatMap(({ next }) => next ?? [])]);
  const last: number[][] = [];
  for (const { id, op, inputs } of nodes.toReversed()) {
    last[id] = op === null ? [] : [...new Set([...inputs, id])].filter((one) => !read.has(one));
    for (const one of last[id]) read.add(one);
  }
  return last;
}

/** Makes a program ready to be run node by node: the same numbers as the function itself gives, to the last bit. */
export function reference(program: Program): Executable {
  const { graph, inputs, outputs, states, checks } = program;
  const last = lastReadBy(program);
  const constants = graph.nodes.flatMap(({ id, op, value }) => (op === null && value ? [[id, value] as const] : []));
  let values: (Tensor | undefined)[] = [];
  const parts = graph.nodes.flatMap((node): Part | [] => {
    const { id, op: name, inputs: operands, attributes, scope, ...spec } = node;
    if (name === null) return [];
    const op = graph.definitionOf(node) as OpDefinition<never>;
    const run = (): void => {
      const tensors = operands.map((operand) => values[operand] as Tensor);
      const place = scope === "" ? "" : `layer "${scope}"`;
      values[id] = placed(place, () => evaluate(op, tensors, attributes as never, spec, "the program"));
      for (const done of last[id]) values[done] = undefined;
    };
    return { name, shape: spec.shape, work: 0, nodes: [id], isByHost: true, run };
  });
  const execute = (
    given: readonly Tensor[],
    access: readonly StateAccess[],
    check: (value: Tensor, i: number) => void,
  ): Tensor[] => {
    values = new Array<Tensor | undefined>(graph.nodes.length);
    for (const [id, value] of constants) values[id] = value;
    for (let i = 0; i < inputs.length; i++) values[inputs[i]] = given[i];
    for (let i = 0; i < states.length; i++) {
      const { node } = states[i];
      if (node !== null) values[node] = access[i].read();
    }
    for (const { run } of parts) run();
    checks.forEach(({ node }, i) => {
      check(values[node] as Tensor, i);
    });
    states.forEach(({ next }, i) => {
      if (next !== null) access[i].write(values[next] as Tensor);
    });
    const results = outputs.map((id) => values[id] as Tensor);
    values = [];
    return results;
  };
  const reached = (i: number): Tensor | undefined => values[checks[i].node];
  const rewritten = { program, became: graph.nodes.map(({ id }) => [id]), applied: [] };
  return Object.assign(execute, { parts, bytes: 0, permanentBytes: 0, rewritten, reached });
}
