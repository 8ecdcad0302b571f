/** The shared parts of recurrent layers: gates, checks, and the loop over time. */
import {
  asVariable,
  constant,
  index,
  reshape,
  split,
  stack,
  type Variable,
  type VariableLike,
} from "@adjoint/autograd";
import { formatShape, kernels, type Shape, ShapeError } from "@adjoint/tensor";
import type { WeightInit } from "../initializers.ts";
import { count, described, oneOf, optional, weighted } from "./kind/options.ts";
import { checkParameter, drawn } from "./kind/parameter.ts";

/** The weights of gates side by side. */
export const gatesPlan = (inputs: number, units: number, gates: number, weightInit: WeightInit = "xavier") => ({
  Wx: drawn([inputs, gates * units], weightInit, inputs, units),
  Wh: drawn([units, gates * units], weightInit, units, units),
});

/** Refuses an input or a state that has another shape than [N, length]. */
export function checkRows(op: string, argument: string, x: Variable, count: number, length: number): void {
  const hint = "One row for each sample: inputs as long as Wx is high, states as long as Wh is high.";
  checkParameter(op, argument, x, [count, length], hint);
}

/** Refuses weights that do not fit each other: [D, gates·H], [H, gates·H]. */
export function checkWeights(op: string, Wx: Variable, Wh: Variable, gates: number): void {
  const fits = Wx.ndim === 2 && Wh.ndim === 2 && Wx.shape[1] === gates * Wh.shape[0] && Wh.shape[1] === Wx.shape[1];
  if (fits) return;
  throw ShapeError.of(
    op,
    "Wx",
    `${formatShape(Wx.shape)} and ${formatShape(Wh.shape)}`,
    `[D, ${gates}·H] and [H, ${gates}·H]`,
    {
      problem: `Wx has shape ${formatShape(Wx.shape)}, Wh ${formatShape(Wh.shape)}`,
      hint: `The ${gates} gates are side by side, H columns each.`,
    },
  );
}

/** A state of zeros. */
function zerosOf(shape: Shape, like: Variable): Variable {
  const zero = constant(0, { dtype: like.dtype === "float64" ? "float64" : "float32" });
  return constant(kernels.broadcastTo(zero.value, shape));
}

/** Applies a step to each time of sequences, [N, T, D] → [N, T, H]; states start from zeros. */
export function overTime<State>(
  op: string,
  x: VariableLike,
  start: (zeros: Variable) => State,
  step: (x: Variable, state: State) => State,
  output: (state: State) => Variable,
  units: number,
): Variable {
  const input = asVariable(op, x);
  if (input.ndim !== 3 || input.shape[1] === 0) {
    throw ShapeError.of(op, "x", input, "[batch, time, features] with at least one step");
  }
  const [count, times, features] = input.shape;
  let state = start(zerosOf([count, units], input));
  const outputs = split(input, times, { axis: 1 }).map((at) => {
    state = step(reshape(at, [count, features]), state);
    return output(state);
  });
  return stack(outputs, { axis: 1 });
}

/** Most steps of a sequence, which stays below the limit of ops in a model. Checked before the sequence is split. */
const MOST_STEPS = 100_000;

/** @throws ShapeError for sequences so long that splitting them would exhaust the memory */
export function checkSteps(op: string, steps: number): void {
  if (steps <= MOST_STEPS) return;
  const most = MOST_STEPS.toLocaleString("en-US");
  throw ShapeError.of(op, "x", String(steps), `at most ${most} steps`, {
    problem: `the sequences have ${steps.toLocaleString("en-US")} steps`,
    hint: "Split them into shorter ones.",
  });
}

/** The outputs of all steps, or of the last. */
export function given(output: "all" | "last", y: Variable): Variable {
  return output === "all" ? y : index(y, [{}, -1]);
}

export const recurrent = {
  units: described(count(1), "Length of the state."),
  output: optional(oneOf("all", "last"), 'The output of every step, or only of the last. Default "all".'),
  ...weighted,
};
