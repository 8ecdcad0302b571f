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
