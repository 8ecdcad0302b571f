/**
 * The public way to make ops. Built-in ones are made by op.ts itself, which knows no list of them.
 */
import { SpecError } from "@adjoint/tensor";
import { defineOp as define } from "./op.ts";
import { primitives } from "./primitives.ts";

/** Names that stand for an op of the library in a graph: those of the primitives, and of the node of a checkpoint. */
const taken = new Set([...Object.keys(primitives), "checkpoint"]);

/**
 * Makes an op from its definition. The number of inputs follows from the number of rules, the type of the attributes
 * from where they are annotated (in `infer` or `forward`) or from `defineOp<Attributes>`.
 *
 * @returns the op as a function: `op(x, y, attributes)`; its definition is at `op.definition`
 * @throws SpecError when a part of the definition is missing or of the wrong kind, or its name is that of a built-in op:
 *         a graph in a file has nothing but the name to tell which op it ran
 */
export const defineOp: typeof define = (definition: Parameters<typeof define>[0]): ReturnType<typeof define> => {
  const op = define(definition);
  const { name } = op.definition;
  if (!taken.has(name)) return op;
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
