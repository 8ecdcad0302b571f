/** Long short-term memory: one step, and the layer over whole sequences. */
import {
  add,
  asVariable,
  matmul,
  mul,
  sigmoid,
  split,
  tanh,
  type Variable,
  type VariableLike,
} from "@adjoint/autograd";
import { calledAs, checkKind, checkOptions } from "@adjoint/tensor";
import type { WeightInit } from "../initializers.ts";
import { layerKind } from "./kind/layer-kind.ts";
import type { SequenceOptions } from "./kind/mask.ts";
import {
  checkParameter,
  filled,
  givenParameters,
  makeParameters,
  type OwnWeights,
  ownWeights,
  type ParameterLike,
} from "./kind/parameter.ts";
import { checkRows, checkWeights, gatesPlan, overTime, recurrent, recurrentKind } from "./recurrent.ts";

/** The parameters of an LSTM. */
export const lstmPlan = (inputs: number, units: number, weightInit?: WeightInit) => ({
  ...gatesPlan(inputs, units, 4, weightInit),
  b: filled([4 * units], 0),
});

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
export class LstmCell {
  Wx: Variable;
  Wh: Variable;
  b: Variable;

  constructor(Wx: ParameterLike, Wh: ParameterLike, b: ParameterLike);
  constructor(inputs: number, units: number, options?: OwnWeights);
  constructor(first: ParameterLike | number, second: ParameterLike | number, third: ParameterLike | OwnWeights = {}) {
    if (typeof first === "number") {
      const options = third as OwnWeights;
      checkOptions("LstmCell", options, ownWeights);
      const plan = () => lstmPlan(first, second as number, options.weightInit);
      const made = makeParameters("LstmCell", { inputs: first, units: second }, plan, options);
      ({ Wx: this.Wx, Wh: this.Wh, b: this.b } = made);
    } else {
      const given = givenParameters("LstmCell", { Wx: first, Wh: second, b: third });
      ({ Wx: this.Wx, Wh: this.Wh, b: this.b } = given);
    }
    checkWeights("LstmCell", this.Wx, this.Wh, 4);
    checkParameter("LstmCell", "b", this.b, [this.Wx.shape[1]], "Give one bias for each column of Wx.");
  }

  /** The parameters by name, for an optimizer. */
  get params(): Record<"Wx" | "Wh" | "b", Variable> {
    return { Wx: this.Wx, Wh: this.Wh, b: this.b };
  }

  /** @param x [N, D] @param state h and c, [N, H] each @returns the next h and c */
  forward(x: VariableLike, state: { readonly h: VariableLike; readonly c: VariableLike }): LstmState {
    const input = asVariable("LstmCell", x);
    const [h, c] = [asVariable("LstmCell", state.h, "h"), asVariable("LstmCell", state.c, "c")];
    const count = input.shape[0];
    checkRows("LstmCell", "x", input, count, this.Wx.shape[0]);
    checkRows("LstmCell", "h", h, count, this.Wh.shape[0]);
    checkRows("LstmCell", "c", c, count, this.Wh.shape[0]);
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
export class Lstm {
  readonly cell: LstmCell;

  constructor(cell: LstmCell);
  constructor(inputs: number, units: number, options?: OwnWeights);
  constructor(first: LstmCell | number, units?: number, options?: OwnWeights) {
    const cell =
      typeof first === "number" ? calledAs("Lstm", () => new LstmCell(first, units as number, options)) : first;
    checkKind("Lstm", "cell", cell, cell instanceof LstmCell, "an LstmCell, or the sizes inputs and units");
    this.cell = cell;
  }

  /** The parameters of the cell by name, for an optimizer. */
  get params(): LstmCell["params"] {
    return this.cell.params;
  }

  /** The same as {@link params}. */
  get parameters(): Readonly<Record<string, Variable>> {
    return this.params;
  }

  /** @param x [N, T, D], T ≥ 1 @throws ShapeError for other shapes */
  forward(x: VariableLike, options: SequenceOptions = {}): Variable {
    const { cell } = this;
    const step = (at: Variable, [h, c]: readonly Variable[]): Variable[] => {
      const next = cell.forward(at, { h, c });
      return [next.h, next.c];
    };
    return overTime("Lstm", x, { units: cell.Wh.shape[0], states: 2, step }, options);
  }
}

export const lstm = layerKind({
  kind: "lstm",
  words: "A long short-term memory over a sequence: [T, D] → [T, units], or [units].",
  options: recurrent,
  alone: ["units", "number"],
  ...recurrentKind("lstm", lstmPlan, ({ Wx, Wh, b }) => new Lstm(new LstmCell(Wx, Wh, b))),
});
