/**
 * The table of built-in primitives by name: what graphs are made of. Targets (exports, compilers) are tables over
 * these names.
 */
import type { OpDefinition } from "./op.ts";
import { activationPrimitives } from "./ops/activation.ts";
import { arithmeticPrimitives } from "./ops/arithmetic.ts";
import { castPrimitives } from "./ops/cast-detach.ts";
import { comparisonPrimitives } from "./ops/comparison.ts";
import { statisticsPrimitives } from "./ops/composite/statistics.ts";
import { concatPrimitives } from "./ops/concat-split.ts";
import { sortPrimitives } from "./ops/cumsum-sort.ts";
import { elementaryPrimitives } from "./ops/elementary.ts";
import { gatherPrimitives } from "./ops/gather-scatter.ts";
import { im2colPrimitives } from "./ops/im2col-col2im.ts";
import { matmulPrimitives } from "./ops/matmul.ts";
import { maxPrimitives } from "./ops/max.ts";
import { randomPrimitives } from "./ops/random.ts";
import { repeatSumPrimitives } from "./ops/repeat-sum.ts";
import { rearrangingPrimitives } from "./ops/reshape-transpose.ts";
import { roundingPrimitives } from "./ops/rounding.ts";
import { slicePrimitives } from "./ops/slice-pad.ts";
import { softmaxPrimitives } from "./ops/softmax.ts";
import { specialPrimitives } from "./ops/special.ts";
import { trianglePrimitives } from "./ops/triangle.ts";
import { trigonometricPrimitives } from "./ops/trigonometric.ts";

const table = {
  ...arithmeticPrimitives,
  ...elementaryPrimitives,
  ...trigonometricPrimitives,
  ...specialPrimitives,
  ...roundingPrimitives,
  ...activationPrimitives,
  ...softmaxPrimitives,
  ...comparisonPrimitives,
  ...maxPrimitives,
  ...repeatSumPrimitives,
  ...statisticsPrimitives,
  ...rearrangingPrimitives,
  ...slicePrimitives,
  ...concatPrimitives,
  ...gatherPrimitives,
  ...im2colPrimitives,
  ...matmulPrimitives,
  ...sortPrimitives,
  ...trianglePrimitives,
  ...castPrimitives,
  ...randomPrimitives,
};

/** The names of the built-in primitives. */
export type PrimitiveName = keyof typeof table;

/** The built-in primitives by name. */
export const primitives: { readonly [N in PrimitiveName]: OpDefinition<never> } = Object.fromEntries(
  Object.entries(table).map(([name, op]) => [name, op.definition]),
) as unknown as { readonly [N in PrimitiveName]: OpDefinition<never> };
