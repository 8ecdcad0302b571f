/** The sum of several outputs, and what elementwise joins share. */
import { add, type Variable } from "@adjoint/autograd";
import { formatShape, ShapeError, sameShape } from "@adjoint/tensor";
import { layerKind } from "./kind/layer-kind.ts";

/** A kind of layer that joins samples of one shape element by element. */
export function elementwise<const Kind extends string>(
  kind: Kind,
  synonyms: string,
  op: (a: Variable, b: Variable) => Variable,
) {
  return layerKind({
    kind,
    synonyms,
    alone: ["from", "array", "string"],
    joins: true,
    isTransparent: true,
    layer: (_, { inputs }) => {
      // Broadcasting would hide a mistake.
      const shapes = inputs.map(({ shape }) => shape);
      if (!shapes.every((shape) => sameShape(shape, shapes[0]))) {
        const problem = `samples of shapes ${shapes.map(formatShape).join(" and ")} do not fit each other`;
        throw ShapeError.of(kind, "from", shapes.map(formatShape).join(", "), "equal shapes", { problem });
      }
      return (xs) => xs.reduce(op);
    },
  });
}

/** The sum of several outputs of one shape, those that `from` names. */
export const addKind = elementwise("add", "sum plus", add);
