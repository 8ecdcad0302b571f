/** Views that ops of several families are made of. */
import { asVariable } from "../core/leaf.ts";
import type { Variable, VariableLike } from "../core/variable.ts";
import { countAlong } from "./axes.ts";
import { reshape, transpose } from "./reshape-transpose.ts";
import { primitives } from "./slice-pad.ts";

/** Joins `axes` of x to one last axis, so that an op along one axis serves several. */
export function joinAxes(x: Variable, axes: readonly number[]): Variable {
  const others = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const inOrder = axes.length === 0 || axes[0] === others.length;
  const moved = inOrder ? x : transpose(x, [...others, ...axes]);
  return reshape(moved, [...others.map((a) => x.shape[a]), countAlong(x, axes)]);
}

/** Exchanges the last two axes: the transpose of a matrix, or of each matrix of a batch. */
export function matrixTranspose(x: VariableLike): Variable {
  const input = asVariable("transpose", x);
  const axes = input.shape.map((_, i) => i);
  const n = axes.length;
  return transpose(input, [...axes.slice(0, -2), n - 1, n - 2]);
}

/** Takes `length` elements of one axis from `start`: a slice of that axis alone. */
export function narrow(x: VariableLike, axis: number, start: number, length: number): Variable {
  const input = asVariable("slice", x);
  const part = (n: number, i: number) => ({ start: i === axis ? start : 0, step: 1, length: i === axis ? length : n });
  return primitives.slice(input, { slices: input.shape.map(part) });
}
