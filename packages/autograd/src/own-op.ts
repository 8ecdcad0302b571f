/**
 * The public way to make ops. Built-in ones are made by op.ts itself, which knows no list of them.
 */
import { SpecError } from "@adjoint/tensor";
import { defineOp as define, type OpDefinition } from "./op.ts";
import { primitives } from "./primitives.ts";

/** What a name stands for in a graph: a primitive, or (null) the node of a checkpoint, which none but it makes. */
const builtIn = new Map<string, OpDefinition<never> | null>([...Object.entries(primitives), ["checkpoint", null]]);

/**
 * Makes an op from its definition. The number of inputs follows from the number of rules, the type of the attributes
 * from where they are annotated (in `infer` or `forward`) or from `defineOp<Attributes>`.
 *
 * @returns the op as a function: `op(x, y, attributes)`; its definition is at `op.definition`
 * @throws SpecError when a part of the definition is missing or of the wrong kind, or it gives the name of a built-in op to
 *         another one: a graph in a file has nothing but the name to tell which op it ran
 */
export const defineOp: typeof define = (definition: Parameters<typeof define>[0]): ReturnType<typeof define> => {
  const op = define(definition);
  const { name } = op.definition;
  const known = builtIn.get(name);
  if (known === undefined || known === (definition as unknown)) return op;
  const own = `my${name[0].toUpperCase()}${name.slice(1)}`;
  throw new SpecError({
    op: "defineOp",
    problem: `"${name}" is the name of a built-in op`,
    argument: "name",
    expected: "a name that no built-in op has",
    received: name,
    hint: `Graphs in files find their ops by name: choose another one, for example "${own}".`,
  });
};
