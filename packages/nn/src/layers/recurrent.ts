/** Recurrent layers: the cells LSTM and GRU, and both over whole sequences. */
import {
  add,
  asVariable,
  constant,
  matmul,
  mul,
  neg,
  reshape,
  sigmoid,
  split,
  stack,
  tanh,
  type Variable,
  type VariableLike,
} from "@adjoint/autograd";
import { calledAs, checkKind, checkOptions, formatShape, kernels, type Shape, ShapeError } from "@adjoint/tensor";
import type { WeightInit } from "../initializers.ts";
import { checkParameter, type ParameterLike, parameter } from "./parameter.ts";
import { drawn, filled, makeParameters, type OwnWeights, ownWeights } from "./parameter-plan.ts";

/** The weights of gates that stand side by side. */
const gatesPlan = (inputs: number, units: number, gates: number, weightInit: WeightInit = "xavier") => ({
  Wx: drawn([inputs, gates * units], weightInit, inputs, units),
  Wh: drawn([units, gates * units], weightInit, units, units),
});

/** The parameters of an LSTM. */
export const lstmPlan = (inputs: number, units: number, weightInit?: WeightInit) => ({
  ...gatesPlan(inputs, units, 4, weightInit),
  b: filled([4 * units], 0),
});

/** The parameters of gated recurrent units. */
export const gruPlan = (inputs: number, units: number, weightInit?: WeightInit) => ({
  ...gatesPlan(inputs, units, 3, weightInit),
  bx: filled([3 * units], 0),
  bh: filled([3 * units], 0),
});

/** Refuses an input or a state that has another shape than [N, length]. */
function checkRows(op: string, argument: string, x: Variable, count: number, length: number): void {
  const hint = "One row for each sample: inputs as long as Wx is high, states as long as Wh is high.";
  checkParameter(op, argument, x, [count, length], hint);
}

/** Refuses weights that do not fit each other: [D, gates·H], [H, gates·H]. */
function checkWeights(op: string, Wx: Variable, Wh: Variable, gates: number): void {
  const fits = Wx.ndim === 2 && Wh.ndim === 2 && Wx.shape[1] === gates * Wh.shape[0] && Wh.shape[1] === Wx.shape[1];
  if (fits) return;
  throw new ShapeError({
    op,
    problem: `Wx has shape ${formatShape(Wx.shape)}, Wh ${formatShape(Wh.shape)}`,
    argument: "Wx",
    expected: `[D, ${gates}·H] and [H, ${gates}·H]`,
    received: `${formatShape(Wx.shape)} and ${formatShape(Wh.shape)}`,
    hint: `The ${gates} gates stand side by side, each H columns wide.`,
  });
}

/** The states of an LSTM: what it says, and what it remembers. */
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
 * @throws ShapeError for weights that do not fit each other; SpecError for numbers or options that are not right
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
      this.Wx = parameter("LstmCell", first, "Wx");
      this.Wh = parameter("LstmCell", second as ParameterLike, "Wh");
      this.b = parameter("LstmCell", third as ParameterLike, "b");
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
 * One step of a gated recurrent unit: with r, z, n side by side in x Wx + bx and h Wh + bh,
 * r = σ(xr + hr), z = σ(xz + hz), n = tanh(xn + r · hn), h′ = (1 − z) · n + z · h.
 *
 * `new GruCell(Wx, Wh, bx, bh)` takes its parameters: Wx, [D, 3·H], the gates in the order r, z, n (PyTorch's), Wh, [H, 3·H],
 * bx and bh, [3·H]. `new GruCell(D, H, { seed })` makes them: Xavier weights and biases of zeros.
 *
 * @throws ShapeError for weights that do not fit each other; SpecError for numbers or options that are not right
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
      this.Wx = parameter("GruCell", first, "Wx");
      this.Wh = parameter("GruCell", second as ParameterLike, "Wh");
      this.bx = parameter("GruCell", third as ParameterLike, "bx");
      this.bh = parameter("GruCell", fourth as ParameterLike, "bh");
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

/** A state of zeros. */
function zerosOf(shape: Shape, like: Variable): Variable {
  const zero = constant(0, { dtype: like.dtype === "float64" ? "float64" : "float32" });
  return constant(kernels.broadcastTo(zero.value, shape));
}

/** Applies a step to each time of sequences, [N, T, D] → [N, T, H]; states start from zeros. */
function overTime<State>(
  op: string,
  x: VariableLike,
  start: (zeros: Variable) => State,
  step: (x: Variable, state: State) => State,
  output: (state: State) => Variable,
  units: number,
): Variable {
  const input = asVariable(op, x);
  if (input.ndim !== 3 || input.shape[1] === 0) {
    throw new ShapeError({
      op,
      problem: `got an input of shape ${formatShape(input.shape)}`,
      argument: "x",
      expected: "[N, T, D] with one step at least",
      received: formatShape(input.shape),
      hint: "It needs [batch, time, features].",
    });
  }
  const [count, times, features] = input.shape;
  let state = start(zerosOf([count, units], input));
  const outputs = split(input, times, { axis: 1 }).map((at) => {
    state = step(reshape(at, [count, features]), state);
    return output(state);
  });
  return stack(outputs, { axis: 1 });
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
    checkKind(
      "Lstm",
      "cell",
      cell,
      cell instanceof LstmCell,
      "a LstmCell",
      "Pass the cell, or new Lstm(inputs, units).",
    );
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
  forward(x: VariableLike): Variable {
    const { cell } = this;
    const start = (zeros: Variable): LstmState => ({ h: zeros, c: zeros });
    const step = (at: Variable, state: LstmState): LstmState => cell.forward(at, state);
    return overTime("Lstm", x, start, step, ({ h }) => h, cell.Wh.shape[0]);
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
  forward(x: VariableLike): Variable {
    const { cell } = this;
    const step = (at: Variable, h: Variable): Variable => cell.forward(at, h);
    return overTime(
      "Gru",
      x,
      (zeros) => zeros,
      step,
      (h) => h,
      cell.Wh.shape[0],
    );
  }
}
