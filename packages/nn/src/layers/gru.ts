/** Gated recurrent units: one step, and the layer over whole sequences. */
import { add, matmul, mul, neg, sigmoid, split, tanh, type Variable, type VariableLike } from "@adjoint/autograd";
import { layerKind } from "./kind/layer-kind.ts";
import type { OwnWeights, ParameterLike } from "./kind/parameter.ts";
import { RecurrentCell, RecurrentLayer, recurrent, recurrentKind, type State } from "./recurrent.ts";

const parts = { gates: 3, biases: ["bx", "bh"] } as const;

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
export class GruCell extends RecurrentCell<"bx" | "bh"> {
  declare bx: Variable;
  declare bh: Variable;

  constructor(Wx: ParameterLike, Wh: ParameterLike, bx: ParameterLike, bh: ParameterLike);
  constructor(inputs: number, units: number, options?: OwnWeights);
  constructor(...args: readonly unknown[]) {
    super("GruCell", parts, args);
  }

  /** @param x [N, D] @param h the state, [N, H] @returns the next state, [N, H] */
  forward(x: VariableLike, h: VariableLike): Variable {
    const [input, state] = this.rows("GruCell", x, { h });
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
export class Gru extends RecurrentLayer<GruCell> {
  constructor(cell: GruCell);
  constructor(inputs: number, units: number, options?: OwnWeights);
  constructor(...args: readonly unknown[]) {
    super("Gru", GruCell, args);
  }

  protected step(x: Variable, [h]: State): State {
    return [this.cell.forward(x, h)];
  }
}

/** Gated recurrent units over a sequence: [T, D] → [T, units], or [units]. */
export const gru = layerKind({
  kind: "gru",
  options: recurrent,
  alone: ["units", "number"],
  ...recurrentKind("gru", parts, ({ Wx, Wh, bx, bh }) => new Gru(new GruCell(Wx, Wh, bx, bh))),
});
