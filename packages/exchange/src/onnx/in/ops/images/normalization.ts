/** Normalization by means and variances: of batches, layers, instances and groups. */
import type { Variable } from "@adjoint/autograd";
import { sizeOf } from "@adjoint/tensor";
import type { NodeCall } from "../../nodes/call.ts";
import type { Lowerings } from "../lowering.ts";
import { type Width, zeroPadded } from "./padding.ts";

/** One number for each channel, to be applied to x [N, C, …]. */
export const perChannel = (v: Variable, x: Variable): Variable => v.reshape([v.size, ...x.shape.slice(2).map(() => 1)]);

/** The axes of x from the one on that a node names; all of our dtypes are those of the input, whatever it computes in. */
function axesFrom(node: NodeCall, x: Variable): number[] {
  node.int("stash_type", 1);
  const from = node.axis(node.int("axis", -1), x.ndim);
  return x.shape.map((_, i) => i).slice(from);
}

/** x with mean 0 and variance 1 along axes, up to epsilon; and what it was divided by. */
function standardized(x: Variable, axis: readonly number[], epsilon: number) {
  const average = x.mean({ axis, keepDims: true });
  const centered = x.sub(average);
  const variance = centered.square().mean({ axis, keepDims: true });
  const deviation = variance.add(epsilon).sqrt();
  return { y: centered.div(deviation), average, variance, deviation };
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
  const scaled = (y: Variable): Variable => y.mul(perChannel(scale, x)).add(perChannel(bias, x));
  if (!isTraining) return scaled(x.sub(perChannel(average, x)).div(perChannel(variance.add(epsilon).sqrt(), x)));
  const axes = x.shape.map((_, i) => i).filter((i) => i !== 1);
  const normal = standardized(x, axes, epsilon);
  const moved = (old: Variable, now: Variable): Variable =>
    old.mul(momentum).add(now.reshape(old.shape).mul(1 - momentum));
  return [scaled(normal.y), moved(average, normal.average), moved(variance, normal.variance)];
}

function layerNormalization(node: NodeCall): readonly Variable[] {
  const x = node.x();
  const { y, average, deviation } = standardized(x, axesFrom(node, x), node.float("epsilon", 1e-5));
  const scaled = y.mul(node.x(1));
  const bias = node.optional(2);
  return [node.like(x, bias === null ? scaled : scaled.add(bias)), average, deviation.reciprocal()];
}

function rmsNormalization(node: NodeCall): Variable {
  const x = node.x();
  const squares = x.square().mean({ axis: axesFrom(node, x), keepDims: true });
  const size = squares.add(node.float("epsilon", 1e-5)).sqrt();
  return node.like(x, x.div(size).mul(node.x(1)));
}

function instanceNormalization(node: NodeCall): Variable {
  const x = node.x();
  for (const i of [1, 2]) node.checkShape(i, [x.shape[1]]);
  const axes = x.shape.map((_, i) => i).slice(2);
  const { y } = standardized(x, axes, node.float("epsilon", 1e-5));
  return y.mul(perChannel(node.x(1), x)).add(perChannel(node.x(2), x));
}

function groupNormalization(node: NodeCall): Variable {
  const [x, scale, bias] = [node.x(0), node.x(1), node.x(2)];
  const groups = node.int("num_groups", 1);
  const [count, channels, ...lengths] = x.shape;
  node.int("stash_type", 1);
  if (!(groups >= 1) || channels % groups !== 0) throw node.refuse(`has ${groups} groups of ${channels} channels`);
  for (const i of [1, 2]) node.checkShape(i, [node.version < 21 ? groups : channels]);
  const { y } = standardized(x.reshape([count, groups, -1]), [2], node.float("epsilon", 1e-5));
  // Before version 21 there is one number for each group.
  if (node.version < 21) {
    const scaled = y.mul(scale.reshape([groups, 1])).add(bias.reshape([groups, 1]));
    return scaled.reshape([count, channels, ...lengths]);
  }
  const back = y.reshape([count, channels, ...lengths]);
  return back.mul(perChannel(scale, x)).add(perChannel(bias, x));
}

/** x divided by a power of the squares of its neighbours among the channels. */
function localResponse(node: NodeCall): Variable {
  const x = node.x();
  const size = node.int("size", 1);
  const [alpha, beta, bias] = [node.float("alpha", 1e-4), node.float("beta", 0.75), node.float("bias", 1)];
  const [count, channels, ...lengths] = x.shape;
  if (!(size >= 1 && size <= 2 ** 10)) throw node.refuse(`sums ${size} channels`);
  const flat = x.square().reshape([count, channels, sizeOf(lengths)]);
  const before = Math.floor((size - 1) / 2);
  const padded = zeroPadded(flat, [[0, 0], [before, size - 1 - before] as Width, [0, 0]]);
  const parts = Array.from({ length: size }, (_, k) => padded.slice({ start: [0, k], stop: [count, k + channels] }));
  const total = parts.reduce((a, b) => a.add(b));
  const squares = total.reshape(x.shape).mul(alpha / size);
  return x.div(squares.add(bias).pow(beta));
}

function lpNormalization(node: NodeCall): Variable {
  const x = node.x();
  const axis = node.axis(node.int("axis", -1), x.ndim);
  const p = node.int("p", 2);
  const size = p === 1 ? x.abs().sum({ axis, keepDims: true }) : x.norm({ axis, keepDims: true });
  return x.div(size.eq(0).where(1, size));
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
