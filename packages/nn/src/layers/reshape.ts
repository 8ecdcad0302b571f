/** Reshape: the same numbers in another shape. */
import { reshape } from "@adjoint/autograd";
import { formatShape, ShapeError, sizeOf } from "@adjoint/tensor";
import * as z from "zod/mini";
import { nearestDivisor } from "./kind/fixes.ts";
import { layerKind } from "./kind/layer-kind.ts";
import { count, list } from "./kind/options.ts";

const lengthsRule = { error: "must be a list of lengths ≥ 1, one of which may be -1" };

const lengths = list(z.union([z.literal(-1), count(1)], lengthsRule), 0, 8, lengthsRule).check(
  z.refine((all) => all.filter((n) => n === -1).length <= 1, lengthsRule),
);

/** The same numbers in another shape. */
export const reshapeKind = layerKind({
  kind: "reshape",
  options: {
    /** The shape of one sample. One length may be −1: it follows from the others. */
    shape: lengths,
  },
  synonyms: "view",
  alone: ["shape", "array"],
  isTransparent: true,
  takes: "any",
  layer: ({ shape }, { inputs: [{ shape: input }] }) => {
    const known = shape.filter((n) => n !== -1).reduce((product, n) => product * n, 1);
    const rest = sizeOf(input) / known;
    const lengths = shape.map((n) => (n === -1 ? rest : n));
    if (!Number.isInteger(rest) || sizeOf(lengths) !== sizeOf(input)) {
      throw ShapeError.of("reshape", "shape", formatShape(shape), `lengths whose product is ${sizeOf(input)}`, {
        problem: `cannot turn ${formatShape(input)} (${sizeOf(input)} elements) into ${formatShape(shape)}`,
        hint: "One length may be -1: it follows from the others.",
      });
    }
    return ([x]) => reshape(x, [x.shape[0], ...lengths]);
  },
  fixes: ({ shape }, [{ shape: input }]) => {
    const size = sizeOf(input);
    const isOpen = shape.includes(-1);
    return shape
      .flatMap((given, i) => {
        if (given === -1) return [];
        const others = shape.reduce((product, n, k) => (k === i || n === -1 ? product : product * n), 1);
        const rest = size / others;
        if (!Number.isInteger(rest)) return [];
        // Where another length is open, any divisor fits: the nearest; else the only one that does.
        const length = isOpen ? (nearestDivisor(rest, given) ?? rest) : rest;
        return [{ i, given, length }];
      })
      .sort((a, b) => Math.abs(a.length - a.given) - Math.abs(b.length - b.given))
      .map(({ i, length }) => ({ shape: shape.map((n, k) => (k === i ? length : n)) }));
  },
});
