/** Windows over time: sequences [N, T, D] as images of one row, [N, D, 1, T], which the layers of images read. */
import { asVariable, reshape, transpose, type Variable, type VariableLike } from "@adjoint/autograd";
import { checkInteger, ShapeError } from "@adjoint/tensor";
import * as z from "zod/mini";
import { count, optional, two } from "./options.ts";
import { type Sides, sameSides } from "./padding.ts";

/**
 * The padding of sequences: one number for both ends, [before, after], `"same"` for ⌈T / stride⌉ windows, what is odd of it
 * after the end, or `"causal"`: all before the start, so that no window reads a step after its own.
 */
export type TimePadding = number | Sides | "same" | "causal";

const words = 'an integer ≥ 0, [before, after], "same" or "causal"';

const timePadding: z.ZodMiniType<TimePadding> = z.union(
  [count(0), two(0), z.literal(["same", "causal"])],
  `must be ${words}`,
);

/** The options of windows over time. */
export const timeWindow = {
  /** Number of steps in a window. */
  size: count(1),
  /** Distance between windows, ≥ 1. Default 1. */
  stride: optional(count(1)),
  /**
   * Steps of zeros added at both ends, [before, after], "same" for ⌈T / stride⌉ windows, or "causal": before the start
   * alone, so that no window reads a later step. Default 0.
   */
  pad: optional(timePadding),
};

/** A window over time. */
export interface TimeWindow {
  /** Distance between windows, ≥ 1. Default 1. */
  readonly stride?: number;
  /** Steps added before and after, ≥ 0. Default 0. */
  readonly pad?: TimePadding;
  /** Distance between the steps that a window reads, ≥ 1. Default 1. */
  readonly dilation?: number;
}

/** Sequences as images of one row. @throws ShapeError unless they are [N, T, D], of D features where a number is given */
export function rowImages(op: string, x: VariableLike, features?: number): Variable {
  const input = asVariable(op, x);
  const [count, steps, channels] = input.shape;
  if (input.ndim !== 3 || (features !== undefined && channels !== features)) {
    const isTurned = input.ndim === 3 && steps === features;
    throw ShapeError.of(op, "x", input, `[batch, time, ${features ?? "features"}]`, {
      hint: isTurned ? "Sequences have their features last: pass transpose(x, [0, 2, 1])." : undefined,
    });
  }
  return reshape(transpose(input, [0, 2, 1]), [count, channels, 1, steps]);
}

/** Images of one row as sequences. */
export function sequencesOf(y: Variable): Variable {
  const [count, channels, , steps] = y.shape;
  return transpose(reshape(y, [count, channels, steps]), [0, 2, 1]);
}

/** A window over time as one over images of one row. @throws SpecError for wrong numbers; ShapeError where it is too long */
export function rowWindow(op: string, { shape }: Variable, size: number, window: TimeWindow) {
  const { stride = 1, pad = 0, dilation = 1 } = window;
  for (const [name, value] of Object.entries({ size, stride, dilation })) checkInteger(op, name, value, 1);
  const steps = shape[3];
  const span = dilation * (size - 1) + 1;
  const sides = timeSides(op, pad, steps, span, stride);
  const padded = steps + sides[0] + sides[1];
  if (span > padded) {
    throw ShapeError.of(op, "size", String(span), `at most ${padded}`, {
      problem: `a window of ${span} steps is longer than the padded sequence`,
      hint: `Use a smaller size, or pad: ${Math.ceil((span - steps) / 2)}.`,
    });
  }
  return { size: [1, size], options: { stride: [1, stride], dilation: [1, dilation], pad: [[0, 0], sides] } } as const;
}

function timeSides(op: string, pad: TimePadding, steps: number, span: number, stride: number): Sides {
  if (pad === "same") return sameSides(steps, span, stride);
  if (pad === "causal") return [span - 1, 0];
  const sides: unknown = typeof pad === "number" ? [pad, pad] : pad;
  const isRight = Array.isArray(sides) && sides.length === 2 && sides.every((n) => Number.isInteger(n) && n >= 0);
  if (isRight) return sides as unknown as Sides;
  throw ShapeError.of(op, "pad", pad, words);
}
