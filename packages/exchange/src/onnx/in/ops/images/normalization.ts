/** Normalization by means and variances: of batches, layers, instances and groups. */
import {
  abs,
  add,
  div,
  eq,
  mean,
  mul,
  norm,
  pow,
  reciprocal,
  reshape,
  slice,
  sqrt,
  square,
  sub,
  sum,
  type Variable,
  where,
} from "@adjoint/autograd";
import { sizeOf } from "@adjoint/tensor";
import type { NodeCall } from "../../nodes/call.ts";
import type { Lowerings } from "../lowering.ts";
import { type Width, zeroPadded } from "./padding.ts";

/** One number for each channel, to be applied to x [N, C, …]. */
const perChannel = (v: Variable, x: Variable): Variable => reshape(v, [v.size, ...x.shape.slice(2).map(() => 1)]);

/** x with mean 0 and variance 1 along axes, up to epsilon; and what it was divided by. */
function standardized(x: Variable, axis: readonly number[], epsilon: number) {
  const average = mean(x, { axis, keepDims: true });
  const centered = sub(x, average);
  const variance = mean(square(centered), { axis, keepDims: true });
  const deviation = sqrt(add(variance, epsilon));
  return { y: div(centered, deviation), average, variance, deviation };
}

function batchNormalization(node: NodeCall): Variable | readonly Variable[] {
  const x = node.x();
  for (const i of [1, 2, 3, 4]) node.checkShape(i, [x.shape[1] ?? 1]);
  const [scale, bias, average, variance] = [1, 2, 3, 4].map((i) => node.x(i));
  const epsilon = node.float("epsilon", 1e-5);
  const momentum = node.float("momentum", 0.9);
  const isTraining =
    node.version >= 14 ? node.int("training_mode", 0) !== 0 : node.version < 7 && node.int("is_test", 0) === 0;
  if (isTraining && node.version < 7) throw node.refuse("normalizes by the batch, as in training");
  if (node.version < 9 && node.int("spatial", 1) === 0) throw node.refuse("normalizes each pixel by itself");
  if (!isTraining) {
    const deviation = perChannel(sqrt(add(variance, epsilon)), x);
    const y = div(sub(x, perChannel(average, x)), deviation);
    return add(mul(y, perChannel(scale, x)), perChannel(bias, x));
  }
  const axes = x.shape.map((_, i) => i).filter((i) => i !== 1);
  const normal = standardized(x, axes, epsilon);
  const y = add(mul(normal.y, perChannel(scale, x)), perChannel(bias, x));
  const moved = (old: Variable, now: Variable): Variable =>
    add(mul(old, momentum), mul(reshape(now, old.shape), 1 - momentum));
  return [y, moved(average, normal.average), moved(variance, normal.variance)];
}

function layerNormalization(node: NodeCall): readonly Variable[] {
  const x = node.x();
  const from = node.axis(node.int("axis", -1), x.ndim);
  const axes = x.shape.map((_, i) => i).slice(from);
  // Which dtype is computed in: all of ours are those of the input.
  node.int("stash_type", 1);
  const { y, average, deviation } = standardized(x, axes, node.float("epsilon", 1e-5));
  const scaled = mul(y, node.x(1));
  const bias = node.optional(2);
  return [node.like(x, bias === null ? scaled : add(scaled, bias)), average, reciprocal(deviation)];
}

function rmsNormalization(node: NodeCall): Variable {
  const x = node.x();
  const from = node.axis(node.int("axis", -1), x.ndim);
  const axes = x.shape.map((_, i) => i).slice(from);
  node.int("stash_type", 1);
  const size = sqrt(add(mean(square(x), { axis: axes, keepDims: true }), node.float("epsilon", 1e-5)));
  return node.like(x, mul(div(x, size), node.x(1)));
}

function instanceNormalization(node: NodeCall): Variable {
  const x = node.x();
  for (const i of [1, 2]) node.checkShape(i, [x.shape[1]]);
  const axes = x.shape.map((_, i) => i).slice(2);
  const { y } = standardized(x, axes, node.float("epsilon", 1e-5));
  return add(mul(y, perChannel(node.x(1), x)), perChannel(node.x(2), x));
}

function groupNormalization(node: NodeCall): Variable {
  const [x, scale, bias] = [node.x(0), node.x(1), node.x(2)];
  const groups = node.int("num_groups", 1);
  const [count, channels, ...lengths] = x.shape;
  node.int("stash_type", 1);
  if (!(groups >= 1) || channels % groups !== 0) throw node.refuse(`has ${groups} groups of ${channels} channels`);
  for (const i of [1, 2]) node.checkShape(i, [node.version < 21 ? groups : channels]);
  const { y } = standardized(reshape(x, [count, groups, -1]), [2], node.float("epsilon", 1e-5));
  // Before version 21 there is one number for each group.
  if (node.version < 21) {
    return reshape(add(mul(y, reshape(scale, [groups, 1])), reshape(bias, [groups, 1])), [count, channels, ...lengths]);
  }
  const back = reshape(y, [count, channels, ...lengths]);
  return add(mul(back, perChannel(scale, x)), perChannel(bias, x));
}

/** x divided by a power of the squares of its neighbours among the channels. */
function localResponse(node: NodeCall): Variable {
  const x = node.x();
  const size = node.int("size", 1);
  const [alpha, beta, bias] = [node.float("alpha", 1e-4), node.float("beta", 0.75), node.float("bias", 1)];
  const [count, channels, ...lengths] = x.shape;
  if (!(size >= 1 && size <= 2 ** 10)) throw node.refuse(`sums ${size} channels`);
  const flat = reshape(square(x), [count, channels, sizeOf(lengths)]);
  const before = Math.floor((size - 1) / 2);
  const padded = zeroPadded(flat, [[0, 0], [before, size - 1 - before] as Width, [0, 0]]);
  const parts = Array.from({ length: size }, (_, k) => slice(padded, { start: [0, k], stop: [count, k + channels] }));
  const total = parts.reduce((a, b) => add(a, b));
  const squares = reshape(total, x.shape);
  return div(x, pow(add(mul(squares, alpha / size), bias), beta));
}

function lpNormalization(node: NodeCall): Variable {
  const x = node.x();
  const axis = node.axis(node.int("axis", -1), x.ndim);
  const p = node.int("p", 2);
  const size = p === 1 ? sum(abs(x), { axis, keepDims: true }) : norm(x, { axis, keepDims: true });
  return div(x, where(eq(size, 0), 1, size));
}

function meanVarianceNormalization(node: NodeCall): Variable {
  const x = node.x();
  const { y } = standardized(x, node.axes(node.ints("axes") ?? [0, 2, 3], x.ndim), 1e-9);
  return y;
}

export const normalizations: Lowerings = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  RMSNormalization: rmsNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  LRN: localResponse,
  LpNormalization: lpNormalization,
  MeanVarianceNormalization: meanVarianceNormalization,
};
