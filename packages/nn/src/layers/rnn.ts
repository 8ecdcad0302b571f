/** The simple recurrent layer of Elman: one step, and the layer over whole sequences. */
import { add, asVariable, matmul, relu, tanh, type Variable, type VariableLike } from "@adjoint/autograd";
import { calledAs, checkKind, checkOneOf, checkOptions } from "@adjoint/tensor";
import type { WeightInit } from "../initializers.ts";
import { layerKind } from "./kind/layer-kind.ts";
import type { SequenceOptions } from "./kind/mask.ts";
import { type OptionsOf, oneOf, optional } from "./kind/options.ts";
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

/** The parameters of a simple recurrent layer. */
export const rnnPlan = (inputs: number, units: number, weightInit?: WeightInit) => ({
  ...gatesPlan(inputs, units, 1, weightInit),
  b: filled([units], 0),
});

const activations = { tanh, relu };

/** Options of {@link RnnCell}. */
export interface RnnOptions {
  /** The function of the new state. Default "tanh". */
  readonly activation?: "tanh" | "relu";
}

/**
 * One step of a simple recurrent layer: h′ = tanh(x Wx + h Wh + b), or relu in place of tanh.
 *
 * `new RnnCell(Wx, Wh, b)` takes its parameters: Wx, [D, H], Wh, [H, H], and b, [H]. `new RnnCell(D, H, { seed })` makes
 * them: Xavier weights and biases of zeros.
 *
 * @throws ShapeError for weights that do not fit each other; SpecError for wrong numbers or options
 * Source: Elman 1990; Deep Learning from Scratch 2, 5.3.
 */
export class RnnCell {
  Wx: Variable;
  Wh: Variable;
  b: Variable;
  readonly activation: "tanh" | "relu";

  constructor(Wx: ParameterLike, Wh: ParameterLike, b: ParameterLike, options?: RnnOptions);
  constructor(inputs: number, units: number, options?: RnnOptions & OwnWeights);
  constructor(
    first: ParameterLike | number,
    second: ParameterLike | number,
    third: ParameterLike | (RnnOptions & OwnWeights) = {},
    fourth: RnnOptions = {},
  ) {
    const isOwn = typeof first === "number";
    const options: RnnOptions & OwnWeights = isOwn ? (third as OwnWeights) : fourth;
    checkOptions("RnnCell", options, ["activation", ...(isOwn ? ownWeights : [])]);
    this.activation = options.activation ?? "tanh";
    checkOneOf("RnnCell", "activation", this.activation, ["tanh", "relu"]);
    if (isOwn) {
      const plan = () => rnnPlan(first, second as number, options.weightInit);
      const made = makeParameters("RnnCell", { inputs: first, units: second }, plan, options);
      ({ Wx: this.Wx, Wh: this.Wh, b: this.b } = made);
    } else {
      const given = givenParameters("RnnCell", { Wx: first, Wh: second, b: third });
      ({ Wx: this.Wx, Wh: this.Wh, b: this.b } = given);
    }
    checkWeights("RnnCell", this.Wx, this.Wh, 1);
    checkParameter("RnnCell", "b", this.b, [this.Wx.shape[1]], "Give one bias for each column of Wx.");
  }

  /** The parameters by name, for an optimizer. */
  get params(): Record<"Wx" | "Wh" | "b", Variable> {
    return { Wx: this.Wx, Wh: this.Wh, b: this.b };
  }

  /** @param x [N, D] @param h the state, [N, H] @returns the next state, [N, H] */
  forward(x: VariableLike, h: VariableLike): Variable {
    const [input, state] = [asVariable("RnnCell", x), asVariable("RnnCell", h, "h")];
    checkRows("RnnCell", "x", input, input.shape[0], this.Wx.shape[0]);
    checkRows("RnnCell", "h", state, input.shape[0], this.Wh.shape[0]);
    return activations[this.activation](add(add(matmul(input, this.Wx), matmul(state, this.Wh)), this.b));
  }
}

/**
 * A simple recurrent layer over sequences: [N, T, D] → [N, T, H], the output of every step; the state starts from zeros.
 *
 * `new Rnn(cell)` takes the step that is repeated, with its weights; `new Rnn(D, H, { seed })` makes it.
 */
export class Rnn {
  readonly cell: RnnCell;

  constructor(cell: RnnCell);
  constructor(inputs: number, units: number, options?: RnnOptions & OwnWeights);
  constructor(first: RnnCell | number, units?: number, options?: RnnOptions & OwnWeights) {
    const cell =
      typeof first === "number" ? calledAs("Rnn", () => new RnnCell(first, units as number, options)) : first;
    checkKind("Rnn", "cell", cell, cell instanceof RnnCell, "an RnnCell, or the sizes inputs and units");
    this.cell = cell;
  }

  /** The parameters of the cell by name, for an optimizer. */
  get params(): RnnCell["params"] {
    return this.cell.params;
  }

  /** The same as {@link params}. */
  get parameters(): Readonly<Record<string, Variable>> {
    return this.params;
  }

  /** @param x [N, T, D], T ≥ 1 @throws ShapeError for other shapes */
  forward(x: VariableLike, options: SequenceOptions = {}): Variable {
    const { cell } = this;
    const step = (at: Variable, [h]: readonly Variable[]): Variable[] => [cell.forward(at, h)];
    return overTime("Rnn", x, { units: cell.Wh.shape[0], states: 1, step }, options);
  }
}

export const rnn = layerKind({
  kind: "rnn",
  words: "A simple recurrent layer over a sequence, h′ = tanh(x Wx + h Wh + b): [T, D] → [T, units], or [units].",
  options: {
    ...recurrent,
    activation: optional(oneOf("tanh", "relu"), 'The function of the new state. Default "tanh".'),
  },
  synonyms: "simplernn elman recurrent",
  alone: ["units", "number"],
  ...recurrentKind(
    "rnn",
    rnnPlan,
    ({ Wx, Wh, b }, { activation = "tanh" }: OptionsOf<typeof recurrent> & RnnOptions) =>
      new Rnn(new RnnCell(Wx, Wh, b, { activation })),
  ),
});
