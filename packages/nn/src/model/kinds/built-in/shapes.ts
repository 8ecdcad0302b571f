/** The kinds of layers that rearrange a sample, and those that join several. */
import { add, concat, mean, mul, pad, reshape, transpose, type Variable } from "@adjoint/autograd";
import { formatShape, type Shape, ShapeError, sameShape, sizeOf } from "@adjoint/tensor";
import * as z from "zod/mini";
import type {
  AddSpec,
  ConcatSpec,
  FlattenSpec,
  MeanSpec,
  MultiplySpec,
  PadSpec,
  ReshapeSpec,
  TransposeSpec,
} from "../../spec/shapes.ts";
import type { LayerKind } from "../layer-kind.ts";
import { count, counts, layerSchema, list } from "../options.ts";
import { nearestDivisor } from "./fixes.ts";

export const flatten: LayerKind<FlattenSpec> = {
  prefix: "flatten",
  isTransparent: true,
  takes: "any",
  schema: layerSchema("flatten", {}),
  layer:
    (_, { inputs: [{ shape }] }) =>
    ([x]) =>
      reshape(x, [x.shape[0], sizeOf(shape)]),
};

const lengthsRule = { error: "must be a list of lengths ≥ 1, one of which may be -1" };

export const reshapeKind: LayerKind<ReshapeSpec> = {
  prefix: "reshape",
  isTransparent: true,
  takes: "any",
  schema: layerSchema("reshape", {
    shape: z.array(z.union([z.literal(-1), count(1)], lengthsRule), lengthsRule).check(
      z.maxLength(8, lengthsRule),
      z.refine((lengths) => lengths.filter((n) => n === -1).length <= 1, lengthsRule),
    ),
  }),
  layer: ({ shape }, { inputs: [{ shape: input }] }) => {
    const known = shape.filter((n) => n !== -1).reduce((product, n) => product * n, 1);
    const rest = sizeOf(input) / known;
    const lengths = shape.map((n) => (n === -1 ? rest : n));
    if (!Number.isInteger(rest) || sizeOf(lengths) !== sizeOf(input)) {
      throw new ShapeError({
        op: "reshape",
        problem: `cannot turn ${formatShape(input)} (${sizeOf(input)} elements) into ${formatShape(shape)}`,
        argument: "shape",
        expected: `lengths whose product is ${sizeOf(input)}`,
        received: formatShape(shape),
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
};

/** Refuses axes that a sample does not have; counted from 0, without the batch. */
function checkAxes(op: string, axes: readonly number[], { length }: Shape, isOrder = false): void {
  const wrong = axes.find((axis, i) => axis >= length || axes.indexOf(axis) !== i);
  if (wrong === undefined && (!isOrder || axes.length === length)) return;
  const all = Array.from({ length }, (_, i) => i).join(", ");
  throw new ShapeError({
    op,
    problem: `axes are [${axes.join(", ")}], and a sample has the axes ${all}`,
    argument: "axes",
    expected: isOrder ? `an order of ${all}` : `some of ${all}`,
    received: axes.join(", "),
    hint: "Axes count from 0, without the batch; each is named once.",
  });
}

export const transposeKind: LayerKind<TransposeSpec> = {
  prefix: "transpose",
  isTransparent: true,
  takes: "any",
  schema: layerSchema("transpose", { axes: counts(0, "a list of axes ≥ 0, in their new order") }),
  layer: ({ axes }, { inputs: [{ shape }] }) => {
    checkAxes("transpose", axes, shape, true);
    return ([x]) => transpose(x, [0, ...axes.map((axis) => axis + 1)]);
  },
  fixes: (_, [{ shape }]) => [{ axes: shape.map((__, i) => shape.length - 1 - i) }],
};

const widthsRule = { error: "must be a list of [before, after], whole numbers ≥ 0, one for each axis" };

export const padKind: LayerKind<PadSpec> = {
  prefix: "pad",
  isTransparent: true,
  schema: layerSchema("pad", {
    widths: list(z.tuple([count(0), count(0)], widthsRule), 1, 8, widthsRule),
  }),
  layer: ({ widths }, { inputs: [{ shape }] }) => {
    if (widths.length !== shape.length) {
      throw new ShapeError({
        op: "pad",
        problem: `there are ${widths.length} widths for samples of shape ${formatShape(shape)}`,
        argument: "widths",
        expected: `${shape.length} pairs [before, after]`,
        received: String(widths.length),
        hint: "Give [0, 0] for an axis that stays as it is.",
      });
    }
    return ([x]) => pad(x, [[0, 0], ...widths]);
  },
  fixes: ({ widths }, [{ shape }]) => [{ widths: shape.map((_, i) => widths[i] ?? [0, 0]) }],
};

export const meanKind: LayerKind<MeanSpec> = {
  prefix: "mean",
  isTransparent: true,
  schema: layerSchema("mean", { axes: counts(0, "a list of axes ≥ 0") }),
  layer: ({ axes }, { inputs: [{ shape }] }) => {
    checkAxes("mean", axes, shape);
    return ([x]) => mean(x, { axis: axes.map((axis) => axis + 1) });
  },
  fixes: ({ axes }, [{ shape }]) => {
    const most = shape.length - 1;
    const within = axes.filter((axis) => axis <= most);
    const free = shape.map((_, i) => i).filter((axis) => !axes.includes(axis));
    const first = [...new Set(axes.map((axis) => Math.min(axis, most)))];
    return [
      { axes: first },
      ...free.reverse().map((axis) => ({ axes: [...new Set([...within, axis])].slice(-axes.length) })),
    ];
  },
};

/** Refuses to join samples of different shapes element by element: broadcasting would hide a mistake. */
function checkAlike(op: string, shapes: readonly (readonly number[])[]): void {
  const other = shapes.find((shape) => !sameShape(shape, shapes[0]));
  if (other === undefined) return;
  throw new ShapeError({
    op,
    problem: `samples of shapes ${shapes.map(formatShape).join(" and ")} do not fit each other`,
    argument: "from",
    expected: "equal shapes",
    received: shapes.map(formatShape).join(", "),
  });
}

function elementwise<Spec extends AddSpec | MultiplySpec>(
  kind: Spec["kind"],
  op: (a: Variable, b: Variable) => Variable,
): LayerKind<Spec> {
  return {
    prefix: kind,
    joins: true,
    isTransparent: true,
    schema: layerSchema(kind, {}),
    layer: (_, { inputs }) => {
      checkAlike(
        kind,
        inputs.map(({ shape }) => shape),
      );
      return (xs) => xs.reduce(op);
    },
  };
}

export const addKind = elementwise<AddSpec>("add", add);
export const multiplyKind = elementwise<MultiplySpec>("multiply", mul);

export const concatKind: LayerKind<ConcatSpec> = {
  prefix: "concat",
  joins: true,
  isTransparent: true,
  schema: layerSchema("concat", { axis: z.optional(count(0)) }),
  layer: ({ axis = 0 }, { inputs }) => {
    const shapes = inputs.map(({ shape }) => shape);
    checkAxes("concat", [axis], shapes[0]);
    const others = (shape: Shape): Shape => shape.filter((_, i) => i !== axis);
    if (shapes.some((shape) => !sameShape(others(shape), others(shapes[0])))) {
      throw new ShapeError({
        op: "concat",
        problem: `samples of shapes ${shapes.map(formatShape).join(" and ")} cannot stand side by side along axis ${axis}`,
        argument: "axis",
        expected: "shapes that differ along that axis alone",
        received: shapes.map(formatShape).join(", "),
      });
    }
    return (xs) => concat(xs, { axis: axis + 1 });
  },
  fixes: ({ axis = 0 }, [{ shape }]) => shape.map((_, i) => ({ axis: i })).filter((fix) => fix.axis !== axis),
};
