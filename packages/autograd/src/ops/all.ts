/**
 * The table of built-in primitives by name: what graphs are made of. Targets (exports, compilers) are tables over
 * these names.
 */
import type { OpDefinition } from "../core/variable.ts";
import { activationPrimitives } from "./activation.ts";
import { arithmeticPrimitives } from "./arithmetic.ts";
import { castPrimitives } from "./cast-detach.ts";
import { comparisonPrimitives } from "./comparison.ts";
import { statisticsPrimitives } from "./composite/statistics.ts";
import { concatPrimitives } from "./concat-split.ts";
import { sortPrimitives } from "./cumsum-sort.ts";
import { elementaryPrimitives } from "./elementary.ts";
import { gatherPrimitives } from "./gather-scatter.ts";
import { im2colPrimitives } from "./im2col-col2im.ts";
import { matmulPrimitives } from "./matmul.ts";
import { maxPrimitives } from "./max.ts";
import { randomPrimitives } from "./random.ts";
import { repeatSumPrimitives } from "./repeat-sum.ts";
import { rearrangingPrimitives } from "./reshape-transpose.ts";
import { roundingPrimitives } from "./rounding.ts";
import { slicePrimitives } from "./slice-pad.ts";
import { softmaxPrimitives } from "./softmax.ts";
import { specialPrimitives } from "./special.ts";
import { trianglePrimitives } from "./triangle.ts";
import { trigonometricPrimitives } from "./trigonometric.ts";

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
