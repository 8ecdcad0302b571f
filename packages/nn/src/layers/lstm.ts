/** Long short-term memory: one step, and the layer over whole sequences. */
import { add, matmul, mul, sigmoid, split, tanh, type Variable, type VariableLike } from "@adjoint/autograd";
import { layerKind } from "./kind/layer-kind.ts";
import type { OwnWeights, ParameterLike } from "./kind/parameter.ts";
import { RecurrentCell, RecurrentLayer, recurrent, recurrentKind, type State } from "./recurrent.ts";

const parts = { gates: 4, biases: ["b"] } as const;

/** The states of an LSTM: its output and its memory. */
export interface LstmState {
  /** The output, [N, H]. */
  readonly h: Variable;
  /** The memory cell, [N, H]. */
  readonly c: Variable;
}

/**
 * One step of a long short-term memory: i, f, g, o = x Wx + h Wh + b, side by side;
 * c′ = σ(f) · c + σ(i) · tanh(g), h′ = σ(o) · tanh(c′).
 *
 * `new LstmCell(Wx, Wh, b)` takes its parameters: Wx, [D, 4·H], the gates in the order i, f, g, o (PyTorch's), Wh, [H, 4·H],
 * and b, [4·H]. `new LstmCell(D, H, { seed })` makes them: Xavier weights and biases of zeros.
 *
 * @throws ShapeError for weights that do not fit each other; SpecError for wrong numbers or options
 * Source: Hochreiter and Schmidhuber 1997; Deep Learning from Scratch 2, 6.2.
 */
export class LstmCell extends RecurrentCell<"b"> {
  declare b: Variable;

  constructor(Wx: ParameterLike, Wh: ParameterLike, b: ParameterLike);
  constructor(inputs: number, units: number, options?: OwnWeights);
  constructor(...args: readonly unknown[]) {
    super("LstmCell", parts, args);
  }

  /** @param x [N, D] @param state h and c, [N, H] each @returns the next h and c */
  forward(x: VariableLike, state: { readonly h: VariableLike; readonly c: VariableLike }): LstmState {
    const [input, h, c] = this.rows("LstmCell", x, { h: state.h, c: state.c });
    const gates = add(add(matmul(input, this.Wx), matmul(h, this.Wh)), this.b);
    const [i, f, g, o] = split(gates, 4, { axis: 1 });
    const next = add(mul(sigmoid(f), c), mul(sigmoid(i), tanh(g)));
    return { h: mul(sigmoid(o), tanh(next)), c: next };
  }
}

/**
 * An LSTM over sequences: [N, T, D] → [N, T, H], the output of every step; states start from zeros.
 *
 * `new Lstm(cell)` takes the step that is repeated, with its weights; `new Lstm(D, H, { seed })` makes it.
 */
export class Lstm extends RecurrentLayer<LstmCell> {
  constructor(cell: LstmCell);
  constructor(inputs: number, units: number, options?: OwnWeights);
  constructor(...args: readonly unknown[]) {
    super("Lstm", LstmCell, args);
  }

  protected override start(zeros: Variable): State {
    return [zeros, zeros];
  }

  protected step(x: Variable, [h, c]: State): State {
    const next = this.cell.forward(x, { h, c });
    return [next.h, next.c];
  }
}

/** A long short-term memory over a sequence: [T, D] → [T, units], or [units]. */
export const lstm = layerKind({
  kind: "lstm",
  options: recurrent,
  alone: ["units", "number"],
  ...recurrentKind("lstm", parts, ({ Wx, Wh, b }) => new Lstm(new LstmCell(Wx, Wh, b))),
});
