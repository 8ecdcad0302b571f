/** The kinds of layers that rearrange a sample, and those that join several. */
import { add, concat, mean, mul, pad, reshape, transpose, type Variable } from "@adjoint/autograd";
import { formatShape, type Shape, ShapeError, sameShape, sizeOf } from "@adjoint/tensor";
import * as z from "zod/mini";
import type { LayerKind } from "../layer-kind.ts";
import { count, counts, described, layerForm, list, optional, type PlainLayerSpec, type SpecOf } from "../options.ts";
import { nearestDivisor } from "./fixes.ts";

export const flatten: LayerKind<PlainLayerSpec<"flatten">> = {
  ...layerForm("flatten", "[...] → [product]. An affine layer does so by itself.", {}),
  isTransparent: true,
  takes: "any",
  layer:
    (_, { inputs: [{ shape }] }) =>
    ([x]) =>
      reshape(x, [x.shape[0], sizeOf(shape)]),
};

const lengthsRule = { error: "must be a list of lengths ≥ 1, one of which may be -1" };

const lengths = list(z.union([z.literal(-1), count(1)], lengthsRule), 0, 8, lengthsRule).check(
  z.refine((all) => all.filter((n) => n === -1).length <= 1, lengthsRule),
);

const reshapeForm = layerForm("reshape", "The same numbers in another shape, batch aside.", {
  shape: described(lengths, "The shape of one sample; one length may be −1, which follows from the others."),
});

export interface ReshapeSpec extends SpecOf<typeof reshapeForm> {}

export const reshapeKind: LayerKind<ReshapeSpec, "shape"> = {
  ...reshapeForm,
  synonyms: "view",
  alone: ["shape", "array"],
  isTransparent: true,
  takes: "any",
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

const transposeForm = layerForm("transpose", "The axes of a sample in another order.", {
  axes: described(
    counts(0, "a list of axes ≥ 0, in their new order"),
    "For each axis of the output the axis of the input, counted from 0 without the batch.",
  ),
});

export interface TransposeSpec extends SpecOf<typeof transposeForm> {}

export const transposeKind: LayerKind<TransposeSpec, "axes"> = {
  ...transposeForm,
  synonyms: "permute",
  alone: ["axes", "array"],
  isTransparent: true,
  takes: "any",
  layer: ({ axes }, { inputs: [{ shape }] }) => {
    checkAxes("transpose", axes, shape, true);
    return ([x]) => transpose(x, [0, ...axes.map((axis) => axis + 1)]);
  },
  fixes: (_, [{ shape }]) => [{ axes: shape.map((__, i) => shape.length - 1 - i) }],
};

const widthsRule = { error: "must be a list of [before, after], integers ≥ 0, one for each axis" };

const width: z.ZodMiniType<readonly [number, number]> = z.tuple([count(0), count(0)], widthsRule);

const padForm = layerForm("pad", "Zeros before and after along each axis of a sample.", {
  widths: described(
    list(width, 1, 8, widthsRule),
    "For each axis (without the batch) how many zeros before and after.",
  ),
});

export interface PadSpec extends SpecOf<typeof padForm> {}

export const padKind: LayerKind<PadSpec, "widths"> = {
  ...padForm,
  alone: ["widths", "array"],
  isTransparent: true,
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

const meanForm = layerForm("mean", "The mean over axes of a sample, which are dropped.", {
  axes: described(counts(0, "a list of axes ≥ 0"), "The axes, counted from 0 without the batch."),
});

export interface MeanSpec extends SpecOf<typeof meanForm> {}

export const meanKind: LayerKind<MeanSpec, "axes"> = {
  ...meanForm,
  alone: ["axes", "array"],
  isTransparent: true,
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

function elementwise<const Kind extends string>(
  kind: Kind,
  words: string,
  synonyms: string,
  op: (a: Variable, b: Variable) => Variable,
): LayerKind<PlainLayerSpec<Kind>, "from"> {
  return {
    ...layerForm(kind, words, {}),
    synonyms,
    alone: ["from", "array", "string"],
    joins: true,
    isTransparent: true,
    layer: (_, { inputs }) => {
      checkAlike(
        kind,
        inputs.map(({ shape }) => shape),
      );
      return (xs) => xs.reduce(op);
    },
  };
}

const sumWords = "The sum of several outputs of one shape, those that `from` names.";
export const addKind = elementwise("add", sumWords, "sum plus", add);

const productWords = "The product, element by element, of the outputs of one shape that `from` names.";
export const multiplyKind = elementwise("multiply", productWords, "mul product", mul);

const concatForm = layerForm("concat", "The outputs that `from` names, side by side along an axis.", {
  axis: optional(count(0), "The axis, counted from 0 without the batch: 0 joins channels. Default 0."),
});

export interface ConcatSpec extends SpecOf<typeof concatForm> {}

export const concatKind: LayerKind<ConcatSpec> = {
  ...concatForm,
  synonyms: "concatenate cat",
  joins: true,
  isTransparent: true,
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
