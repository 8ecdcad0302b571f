/** The kind op: an op of one input by its name, so that custom ops need no layer of their own. */
import { type OpDefinition, primitives, type Variable } from "@adjoint/autograd";
import { opOf } from "@adjoint/autograd/internal";
import { nearest, SpecError } from "@adjoint/tensor";
import * as z from "zod/mini";
import { layerKind } from "./kind/layer-kind.ts";
import { byName, isJson, optional, text } from "./kind/options.ts";

/** The ops that a spec may name, by name. */
export type OpTable = ReadonlyMap<string, OpDefinition<never>>;

/** The built-in ops of one input that need no attributes and keep the shape: exp, square, abs and their like. */
export const builtInOps: OpTable = new Map(
  Object.entries(primitives).filter(
    ([name, { batch, backward }]) =>
      name !== "cast" && batch === "elementwise" && Array.isArray(backward) && backward.length === 1,
  ),
);

const opRule = { error: "must be the name of an op" };
const attributesRule = { error: "must be an object of plain JSON" };

const attributes = byName(z.unknown(), attributesRule).check(z.refine(isJson, attributesRule));

/**
 * An op by its name: a built-in one of one input that keeps the shape, such as exp or square, or one made by defineOp.
 */
export const opKind = layerKind({
  kind: "op",
  options: {
    /** The name of the op. */
    op: text(1, 200, opRule),
    /** The attributes of an op made by defineOp, if it has any. */
    attributes: optional(attributes),
  },
  alone: ["op", "string"],
  takes: "any",
  isForeign: true,
  layer: ({ op, attributes }, { ops }) => {
    const definition = ops.get(op);
    if (definition === undefined) {
      const isBuiltIn = Object.hasOwn(primitives, op);
      const meant = isBuiltIn ? undefined : nearest(op, [...ops.keys()]);
      const own = `Pass custom ops as { use: [${!isBuiltIn && /^[A-Za-z_]\w*$/.test(op) ? op : "op"}] }.`;
      const expected = "an op of one input that keeps the shape, or one that is passed in { use: [...] }";
      throw SpecError.of("op", "op", op, expected, {
        problem: isBuiltIn
          ? `the op "${op}" cannot be a layer: it takes several inputs or attributes, or changes the shape`
          : `unknown op "${op}"`,
        hint: isBuiltIn
          ? "Look for a layer that does it, or write one by defineLayer, whose forward calls the op."
          : `${meant === undefined ? "" : `Did you mean "${meant}"? `}${own}`,
      });
    }
    const apply = opOf(definition) as (...args: readonly unknown[]) => Variable;
    return ([x]) => (attributes === undefined ? apply(x) : apply(x, attributes));
  },
});
