/** Gated recurrent units: one step, and the layer over whole sequences. */
import {
  add,
  asVariable,
  matmul,
  mul,
  neg,
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

/** The parameters of gated recurrent units. */
export const gruPlan = (inputs: number, units: number, weightInit?: WeightInit) => ({
  ...gatesPlan(inputs, units, 3, weightInit),
  bx: filled([3 * units], 0),
  bh: filled([3 * units], 0),
});

/**
 * One step of a gated recurrent unit: with r, z, n side by side in x Wx + bx and h Wh + bh,
 * r = σ(xr + hr), z = σ(xz + hz), n = tanh(xn + r · hn), h′ = (1 − z) · n + z · h.
 *
 * `new GruCell(Wx, Wh, bx, bh)` takes its parameters: Wx, [D, 3·H], the gates in the order r, z, n (PyTorch's), Wh, [H, 3·H],
 * bx and bh, [3·H]. `new GruCell(D, H, { seed })` makes them: Xavier weights and biases of zeros.
 *
 * @throws ShapeError for weights that do not fit each other; SpecError for wrong numbers or options
 * Source: Cho et al. 2014, in the form of cuDNN.
 */
export class GruCell {
  Wx: Variable;
  Wh: Variable;
  bx: Variable;
  bh: Variable;

  constructor(Wx: ParameterLike, Wh: ParameterLike, bx: ParameterLike, bh: ParameterLike);
  constructor(inputs: number, units: number, options?: OwnWeights);
  constructor(
    first: ParameterLike | number,
    second: ParameterLike | number,
    third: ParameterLike | OwnWeights = {},
    fourth?: ParameterLike,
  ) {
    if (typeof first === "number") {
      const options = third as OwnWeights;
      checkOptions("GruCell", options, ownWeights);
      const plan = () => gruPlan(first, second as number, options.weightInit);
      const made = makeParameters("GruCell", { inputs: first, units: second }, plan, options);
      ({ Wx: this.Wx, Wh: this.Wh, bx: this.bx, bh: this.bh } = made);
    } else {
      const given = givenParameters("GruCell", { Wx: first, Wh: second, bx: third, bh: fourth });
      ({ Wx: this.Wx, Wh: this.Wh, bx: this.bx, bh: this.bh } = given);
    }
    checkWeights("GruCell", this.Wx, this.Wh, 3);
    for (const [name, bias] of [
      ["bx", this.bx],
      ["bh", this.bh],
    ] as const) {
      checkParameter("GruCell", name, bias, [this.Wx.shape[1]], "Give one bias for each column of Wx.");
    }
  }

  /** The parameters by name, for an optimizer. */
  get params(): Record<"Wx" | "Wh" | "bx" | "bh", Variable> {
    return { Wx: this.Wx, Wh: this.Wh, bx: this.bx, bh: this.bh };
  }

  /** @param x [N, D] @param h the state, [N, H] @returns the next state, [N, H] */
  forward(x: VariableLike, h: VariableLike): Variable {
    const [input, state] = [asVariable("GruCell", x), asVariable("GruCell", h, "h")];
    checkRows("GruCell", "x", input, input.shape[0], this.Wx.shape[0]);
    checkRows("GruCell", "h", state, input.shape[0], this.Wh.shape[0]);
    const [xr, xz, xn] = split(add(matmul(input, this.Wx), this.bx), 3, { axis: 1 });
    const [hr, hz, hn] = split(add(matmul(state, this.Wh), this.bh), 3, { axis: 1 });
    const [r, update] = [sigmoid(add(xr, hr)), add(xz, hz)];
    const n = tanh(add(xn, mul(r, hn)));
    // 1 − z as σ(−…): no digits are left of it where z rounds to 1.
    return add(mul(sigmoid(neg(update)), n), mul(sigmoid(update), state));
  }
}

/**
 * Gated recurrent units over sequences: [N, T, D] → [N, T, H], the output of every step; the state starts from zeros.
 *
 * `new Gru(cell)` takes the step that is repeated, with its weights; `new Gru(D, H, { seed })` makes it.
 */
export class Gru {
  readonly cell: GruCell;

  constructor(cell: GruCell);
  constructor(inputs: number, units: number, options?: OwnWeights);
  constructor(first: GruCell | number, units?: number, options?: OwnWeights) {
    const cell =
      typeof first === "number" ? calledAs("Gru", () => new GruCell(first, units as number, options)) : first;
    checkKind("Gru", "cell", cell, cell instanceof GruCell, "a GruCell", "Pass the cell, or new Gru(inputs, units).");
    this.cell = cell;
  }

  /** The parameters of the cell by name, for an optimizer. */
  get params(): GruCell["params"] {
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
    return overTime("Gru", x, { units: cell.Wh.shape[0], states: 1, step }, options);
  }
}

export const gru = layerKind({
  kind: "gru",
  words: "Gated recurrent units over a sequence: [T, D] → [T, units], or [units].",
  options: recurrent,
  alone: ["units", "number"],
  ...recurrentKind("gru", gruPlan, ({ Wx, Wh, bx, bh }) => new Gru(new GruCell(Wx, Wh, bx, bh))),
});
