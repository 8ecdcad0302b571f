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

interface Step {
  readonly id: number;
  readonly op: OpDefinition<never>;
  readonly inputs: readonly number[];
  readonly place: string;
  /** The values that nobody reads after this step. */
  readonly last: readonly number[];
}

/** The steps of a program, each with what it reads for the last time. */
function stepsOf({ graph, outputs, states, checks }: Program): Step[] {
  const kept = new Set([...outputs, ...checks.map(({ node }) => node), ...states.flatMap(({ next }) => next ?? [])]);
  const seen = new Set<number>();
  const steps: Step[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (node.op === null) continue;
    const last = [...new Set([...node.inputs, node.id])].filter((id) => !(kept.has(id) || seen.has(id)));
    for (const id of last) seen.add(id);
    const op = graph.definitionOf(node) as OpDefinition<never>;
    steps.push({ id: node.id, op, inputs: node.inputs, place: node.scope === "" ? "" : `layer "${node.scope}"`, last });
  }
  return steps.reverse();
}

/** Makes a program ready to be run node by node: the same numbers as the function itself gives, to the last bit. */
export function reference(program: Program): Executable {
  const { graph, inputs, outputs, states, checks } = program;
  const steps = stepsOf(program);
  const constants = graph.nodes.flatMap(({ id, op, value }) => (op === null && value ? [[id, value] as const] : []));
  let values: (Tensor | undefined)[] = [];
  const parts = steps.map(({ id, op, inputs: operands, place, last }): Part => {
    const { attributes, ...spec } = graph.nodes[id];
    return {
      name: op.name,
      shape: spec.shape,
      work: 0,
      nodes: [id],
      isByHost: true,
      run: () => {
        const tensors = operands.map((operand) => values[operand] as Tensor);
        values[id] = placed(place, () => evaluate(op, tensors, attributes as never, spec, "the program"));
        for (const done of last) values[done] = undefined;
      },
    };
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
