/**
 * Compositions: what ops say they are in other ops. Formats and engines write those in place of ops that they have no form of.
 */
import { type GraphNode, type OpDefinition, Variable } from "@adjoint/autograd";
import { explained, notWhat } from "@adjoint/autograd/internal";
import { formatSpec, ShapeError, sameShape } from "@adjoint/tensor";
import type { Rewrite } from "./rewrites.ts";

/** Whether there is a form of a node, whose op has the definition. */
export type HasForm = (node: GraphNode, definition: OpDefinition<never>) => boolean;

/** The rewrites that replace ops without a form by their compositions. */
export function compositions(hasForm: HasForm): (node: GraphNode, definition: OpDefinition<never>) => Rewrite | null {
  const known = new Map<OpDefinition<never>, Rewrite>();
  return (node, definition) => {
    const { name, composed } = definition;
    if (composed === undefined || hasForm(node, definition)) return null;
    const rewrite = known.get(definition) ?? {
      name: `${name} in other ops`,
      reason: "there is no form of the op itself",
      op: name,
      find: ({ inputs, attributes }) => ({
        inputs,
        replace: (...xs) => composedOf(definition, xs, attributes as never),
      }),
    };
    known.set(definition, rewrite);
    return rewrite;
  };
}

/** The composition of an op at inputs. @throws the errors of the composition, explained; SpecError for another result than a Variable */
function composedOf(definition: OpDefinition<never>, inputs: readonly Variable[], attributes: never): Variable {
  let y: unknown;
  try {
    y = definition.composed?.(inputs, attributes);
  } catch (error) {
    throw explained(error, definition, "composed");
  }
  if (!(y instanceof Variable)) throw notWhat(definition.name, "composed", "a Variable", y);
  return y;
}

/** @throws ShapeError unless what replaces a node has its shape and dtype */
export function checkComposition(found: Pick<GraphNode, "shape" | "dtype">, node: GraphNode): void {
  if (sameShape(found.shape, node.shape) && found.dtype === node.dtype) return;
  const [received, expected] = [found, node].map(formatSpec);
  throw ShapeError.of(node.op as string, "composed", received, `${expected}, as infer says`, {
    problem: `the composition gave ${received}`,
    hint: "It must compute what forward computes, for all inputs that infer accepts.",
  });
}
