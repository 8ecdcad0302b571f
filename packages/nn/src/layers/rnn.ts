/** The simple recurrent layer of Elman: one step, and the layer over whole sequences. */
import { add, matmul, relu, tanh, type Variable, type VariableLike } from "@adjoint/autograd";
import { checkOneOf } from "@adjoint/tensor";
import { layerKind } from "./kind/layer-kind.ts";
import { type OptionsOf, oneOf, optional } from "./kind/options.ts";
import type { OwnWeights, ParameterLike } from "./kind/parameter.ts";
import { RecurrentCell, RecurrentLayer, recurrent, recurrentKind, type State } from "./recurrent.ts";

const parts = { gates: 1, biases: ["b"] } as const;

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
export class RnnCell extends RecurrentCell<"b", RnnOptions> {
  declare b: Variable;
  readonly activation: "tanh" | "relu";

  constructor(Wx: ParameterLike, Wh: ParameterLike, b: ParameterLike, options?: RnnOptions);
  constructor(inputs: number, units: number, options?: RnnOptions & OwnWeights);
  constructor(...args: readonly unknown[]) {
    super("RnnCell", parts, args, ["activation"]);
    const { activation = "tanh" } = this.options;
    checkOneOf("RnnCell", "activation", activation, ["tanh", "relu"]);
    this.activation = activation;
  }

  /** @param x [N, D] @param h the state, [N, H] @returns the next state, [N, H] */
  forward(x: VariableLike, h: VariableLike): Variable {
    const [input, state] = this.rows("RnnCell", x, { h });
    return activations[this.activation](add(add(matmul(input, this.Wx), matmul(state, this.Wh)), this.b));
  }
}

/**
 * A simple recurrent layer over sequences: [N, T, D] → [N, T, H], the output of every step; the state starts from zeros.
 *
 * `new Rnn(cell)` takes the step that is repeated, with its weights; `new Rnn(D, H, { seed })` makes it.
 */
export class Rnn extends RecurrentLayer<RnnCell> {
  constructor(cell: RnnCell);
  constructor(inputs: number, units: number, options?: RnnOptions & OwnWeights);
  constructor(...args: readonly unknown[]) {
    super("Rnn", RnnCell, args);
  }

  protected step(x: Variable, [h]: State): State {
    return [this.cell.forward(x, h)];
  }
}

/** A simple recurrent layer over a sequence, h′ = tanh(x Wx + h Wh + b): [T, D] → [T, units], or [units]. */
export const rnn = layerKind({
  kind: "rnn",
  options: {
    ...recurrent,
    /** The function of the new state. Default "tanh". */
    activation: optional(oneOf("tanh", "relu")),
  },
  synonyms: "simplernn elman recurrent",
  alone: ["units", "number"],
  ...recurrentKind(
    "rnn",
    parts,
    ({ Wx, Wh, b }, { activation = "tanh" }: OptionsOf<typeof recurrent> & RnnOptions) =>
      new Rnn(new RnnCell(Wx, Wh, b, { activation })),
  ),
});
