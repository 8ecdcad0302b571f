/** Diagonals of matrices, as slices with a step over the two axes joined; and their sum, the trace. */
import { checkInteger, checkOptions, ShapeError, shown } from "@adjoint/tensor";
import { checkMatrices } from "@adjoint/tensor/internal";
import { asVariable } from "../core/leaf.ts";
import type { Variable, VariableLike } from "../core/variable.ts";
import { axisOf } from "./axes.ts";
import { sum } from "./repeat-sum.ts";
import { reshape, transpose } from "./reshape-transpose.ts";
import { slice } from "./slice-pad.ts";

/** Options of {@link diagonal} and {@link trace}. */
export interface DiagonalOptions {
  /** Which diagonal: 0 (default) the main one, 1 the next above, −1 the next below. */
  readonly offset?: number;
  /** The axes that the matrices lie in. Default: the last two. */
  readonly axes?: readonly [number, number];
}

/**
 * The diagonal of each matrix, as a new last axis: y[…, i] = x[…, i − min(k, 0), i + max(k, 0)], k the offset. Linear.
 * @throws ShapeError when x has fewer than two axes, or the two named are one
 */
export function diagonal(x: VariableLike, options: DiagonalOptions = {}): Variable {
  return diagonalOf("diagonal", x, options);
}

function diagonalOf(op: string, x: VariableLike, options: DiagonalOptions): Variable {
  checkOptions(op, options, ["offset", "axes"]);
  const input = asVariable(op, x);
  const { offset = 0, axes = [-2, -1] } = options;
  checkInteger(op, "offset", offset);
  checkMatrices(op, input);
  const list: readonly number[] = Array.isArray(axes) ? axes : [];
  const [first, second] = list.map((axis) => axisOf(op, input, axis, "axes"));
  if (list.length !== 2 || first === second) {
    throw ShapeError.of(op, "axes", axes, "two different axes, those of rows and columns", {
      problem: `axes are ${shown(axes)}`,
    });
  }
  const others = input.shape.map((_, i) => i).filter((i) => i !== first && i !== second);
  const lengths = others.map((i) => input.shape[i]);
  const [rows, columns] = [input.shape[first], input.shape[second]];
  const joined = reshape(transpose(input, [...others, first, second]), [...lengths, rows * columns]);
  const count = Math.max(0, Math.min(rows + Math.min(offset, 0), columns - Math.max(offset, 0)));
  const start = offset >= 0 ? offset : -offset * columns;
  const [from, to] = count === 0 ? [0, 0] : [start, start + (count - 1) * (columns + 1) + 1];
  const whole = others.map(() => null);
  return slice(joined, { start: [...whole, from], stop: [...whole, to], step: [...whole, columns + 1] });
}

/**
 * The sum of the {@link diagonal} of each matrix: […, n, m] → […]. Linear.
 * @throws ShapeError when x has fewer than two axes
 */
export function trace(x: VariableLike, options: DiagonalOptions = {}): Variable {
  return sum(diagonalOf("trace", x, options), { axis: -1 });
}

export default { diagonal, trace };
