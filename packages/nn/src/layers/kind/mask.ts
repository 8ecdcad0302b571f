/** Padding of sequences: which of their steps count. */
import {
  asVariable,
  constant,
  cumsum,
  lt,
  ne,
  repeat,
  reshape,
  sub,
  type Variable,
  type VariableLike,
} from "@adjoint/autograd";
import { calledAs, checkInteger, checkOptions, formatShape, ShapeError } from "@adjoint/tensor";
import { checkLabels } from "../../targets.ts";
import type { ForwardOptions } from "./layer-kind.ts";
import { optional, text } from "./options.ts";

/** Options of the forward pass of layers over sequences. */
export interface SequenceOptions extends ForwardOptions {
  /** Which steps count, [N, T]: not 0 where a step does, 0 where it is padding. Default: all. */
  readonly mask?: VariableLike;
}

/** The mask of sequences [N, T, …], bool [N, T]; null where all steps count. @throws ShapeError, SpecError */
export function maskOf(op: string, x: Variable, options: SequenceOptions): Variable | null {
  checkOptions(op, options, ["train", "mask"]);
  if (options.mask === undefined) return null;
  const mask = asVariable(op, options.mask, "mask");
  const [count, steps] = x.shape;
  if (mask.ndim !== 2 || mask.shape[0] !== count || mask.shape[1] !== steps) {
    throw ShapeError.of(op, "mask", mask, formatShape([count, steps]), {
      hint: "One number for each step. Lengths become a mask by sequenceMask(lengths, steps).",
    });
  }
  return mask.dtype === "bool" ? mask : ne(mask, 0);
}

/**
 * The mask of sequences of some lengths: mask[n, t] = t < lengths[n].
 *
 * @param lengths  how many steps of each sequence count, [N]
 * @param steps    T, the number of steps with padding
 * @returns        bool, [N, T]
 * @throws ShapeError unless lengths are a vector; IndexError for one that is negative or longer than the sequences;
 *         SpecError for a number of steps that is not an integer ≥ 0
 */
export function sequenceMask(lengths: VariableLike, steps: number): Variable {
  const given = asVariable("sequenceMask", lengths, "lengths");
  checkInteger("sequenceMask", "steps", steps, 0);
  if (given.ndim !== 1) throw ShapeError.of("sequenceMask", "lengths", given, "[batch], a length for each sequence");
  checkLabels("sequenceMask", given, steps + 1, {
    argument: "lengths",
    place: (i) => `sequence ${i}`,
    all: `sequences of ${steps} steps`,
    hint: `Lengths are 0 … ${steps}.`,
  });
  // Of ops, so that shapes alone cost nothing.
  return calledAs("sequenceMask", () => {
    const times = sub(cumsum(repeat(constant(1, { dtype: "int32" }), [steps])), 1);
    return lt(times, reshape(given, [given.size, 1]));
  });
}

const rule = { error: "must be the name of an earlier layer or input" };

/** The option of a layer that takes a mask. */
export const masked = {
  /**
   * The input or layer of labels that says which steps count: [T], 0 where a step is padding, or [1], how many steps
   * there are. Default: all.
   */
  mask: optional(text(1, 200, rule)),
};

/** The mask that the labels of a spec mean, [N, T] or [N, 1], for sequences of some steps. */
export function maskedBy(labels: Variable | undefined, steps: number): SequenceOptions {
  if (labels === undefined) return {};
  const [count, length] = labels.shape;
  return { mask: length === steps ? ne(labels, 0) : sequenceMask(reshape(labels, [count]), steps) };
}
