/** Errors that Variables and the modes around them share. */
import { formatShape, GraphError, type Shape } from "@adjoint/tensor";

/** The part of a Variable that errors name. */
interface Named {
  readonly name: string | undefined;
  readonly shape: Shape;
}

/** The error for an object that has the prototype of a class, and nothing of what its constructor makes. */
export function notMade(kind: string): GraphError {
  return GraphError.of(kind, "prototype", `Object.create(${kind}.prototype), or its like`, `a ${kind}`, {
    problem: `the object only inherits from ${kind}.prototype`,
    hint: `Make it with ${kind === "Variable" ? "variable(…) or constant(…)" : "tensor(…)"}.`,
  });
}

/** The error for a backward rule of `op` that reads a value which was not saved. */
export function notSaved(op: string): GraphError {
  return new GraphError({
    op,
    problem: "a backward rule reads a value that the op does not save",
    argument: "saves",
    hint: 'Declare saves: "inputs", "output" or "both" in defineOp, whichever the rules read.',
  });
}

/** The error for `assign` of what is another value for every element of a batch. */
export function assignedInVmap(x: Named): GraphError {
  return new GraphError({
    op: "assign",
    problem: `${describeVariable(x)} would get a value of its own for every element of a batch in vmap`,
    argument: "value",
    hint: "Assign after vmap; layers that keep running statistics take { train: false } inside.",
  });
}

/** A Variable for people: `"W1" [784, 50]`. */
export function describeVariable(x: Named): string {
  return x.name === undefined ? `the Variable of shape ${formatShape(x.shape)}` : `"${x.name}"`;
}

/** The part of a node that errors name. */
interface NamedNode {
  readonly name: string | undefined;
  readonly op: { readonly name: string } | null;
  readonly scope: string;
}

/** A node for people: its name or its op. */
export function describeNode({ name, op }: NamedNode): string {
  if (name !== undefined) return `"${name}"`;
  return op === null ? "an unnamed leaf" : `the result of ${op.name}`;
}

/** The error for a rule of `node` that reads the value of `changed`, which is another one by now. */
export function overwritten(changed: NamedNode, node: NamedNode): GraphError {
  return new GraphError({
    op: "backward",
    problem:
      `${describeNode(changed)} was changed by assign after ${describeNode(node)} was computed from it, ` +
      `and the rule of ${node.op?.name} needs the old value`,
    ...(node.scope === "" ? {} : { where: `layer "${node.scope}"` }),
    hint: "Compute the result again after the update, and call backward before the next one.",
  });
}
