/** The shared parts of recurrent layers: cells, checks, and the loop over time. */
import {
  asVariable,
  concat,
  constant,
  flip,
  index,
  reshape,
  split,
  stack,
  type Variable,
  type VariableLike,
  where,
} from "@adjoint/autograd";
import { calledAs, checkKind, formatShape, kernels, type Shape, ShapeError } from "@adjoint/tensor";
import type { WeightInit } from "../initializers.ts";
import { sequenceAxes } from "./kind/axes.ts";
import type { LayerForward, LayerParts, SampleSpec } from "./kind/layer-kind.ts";
import { masked, maskedBy, maskOf, type SequenceOptions } from "./kind/mask.ts";
import { count, flag, type OptionsOf, oneOf, optional, weighted } from "./kind/options.ts";
import {
  checkParameter,
  drawn,
  filled,
  ParameterLayer,
  type ParameterPlan,
  type ParameterRecipe,
} from "./kind/parameter.ts";

/** What tells the parameters of one cell from those of another: how many gates are side by side, and their biases. */
export interface Gates<Bias extends string> {
  readonly gates: number;
  readonly biases: readonly Bias[];
}

/** The parameters of a cell: weights of its gates side by side, and biases of zeros. */
function gatesPlan<Bias extends string>(
  { gates, biases }: Gates<Bias>,
  inputs: number,
  units: number,
  weightInit: WeightInit = "xavier",
): Record<"Wx" | "Wh" | Bias, ParameterPlan> {
  const weights = {
    Wx: drawn([inputs, gates * units], weightInit, inputs, units),
    Wh: drawn([units, gates * units], weightInit, units, units),
  };
  const zeros = biases.map((name) => [name, filled([gates * units], 0)]);
  return { ...weights, ...(Object.fromEntries(zeros) as Record<Bias, ParameterPlan>) };
}

/** One step of a recurrent layer: weights Wx, [D, gates·H], and Wh, [H, gates·H], and biases, [gates·H]. */
export abstract class RecurrentCell<Bias extends string, Options extends object = object> extends ParameterLayer<
  "Wx" | "Wh" | Bias,
  Options
> {
  declare Wx: Variable;
  declare Wh: Variable;

  /** @param options  the names of the cell's own options */
  constructor(op: string, parts: Gates<Bias>, args: readonly unknown[], options: readonly string[] = []) {
    const recipe: ParameterRecipe<"Wx" | "Wh" | Bias, Options> = {
      parameters: ["Wx", "Wh", ...parts.biases],
      sizes: ["inputs", "units"],
      options,
      plan: ([inputs, units], { weightInit }) => gatesPlan(parts, inputs, units, weightInit),
    };
    super(op, recipe, args);
    checkWeights(op, this.Wx, this.Wh, parts.gates);
    for (const name of parts.biases) {
      checkParameter(op, name, this.params[name], [this.Wx.shape[1]], "Give one bias for each column of Wx.");
    }
  }

  /** The input, [N, D], and states, [N, H], as Variables. @throws ShapeError for other shapes */
  protected rows(op: string, x: VariableLike, states: Readonly<Record<string, VariableLike>>): readonly Variable[] {
    const input = asVariable(op, x);
    const all = Object.entries(states).map(([name, state]) => [name, asVariable(op, state, name)] as const);
    for (const [name, given] of [["x", input] as const, ...all]) {
      const hint = "One row for each sample: inputs as long as Wx is high, states as long as Wh is high.";
      checkParameter(op, name, given, [input.shape[0], (given === input ? this.Wx : this.Wh).shape[0]], hint);
    }
    return [input, ...all.map(([, state]) => state)];
  }
}

/** Refuses weights that do not fit each other: [D, gates·H], [H, gates·H]. */
function checkWeights(op: string, Wx: Variable, Wh: Variable, gates: number): void {
  const fits = Wx.ndim === 2 && Wh.ndim === 2 && Wx.shape[1] === gates * Wh.shape[0] && Wh.shape[1] === Wx.shape[1];
  if (fits) return;
  const [x, h] = [Wx, Wh].map(({ shape }) => formatShape(shape));
  throw ShapeError.of(op, "Wx", `${x} and ${h}`, `[D, ${gates}·H] and [H, ${gates}·H]`, {
    problem: `Wx has shape ${x}, Wh ${h}`,
    hint: `The ${gates} gates are side by side, H columns each.`,
  });
}

/** A state of zeros. */
function zerosOf(shape: Shape, like: Variable): Variable {
  const zero = constant(0, { dtype: like.dtype === "float64" ? "float64" : "float32" });
  return constant(kernels.broadcastTo(zero.value, shape));
}

/** The state of a recurrent layer: its output comes first. */
export type State = readonly Variable[];

/** A recurrent layer over sequences: its cell, applied to each time; states start from zeros. */
export abstract class RecurrentLayer<Cell extends RecurrentCell<string>> {
  readonly cell: Cell;
  readonly #op: string;

  /** @param args the cell, or the lengths of inputs and state, and options */
  constructor(op: string, Kind: new (...args: never[]) => Cell, args: readonly unknown[]) {
    const [first] = args;
    const cell = typeof first === "number" ? calledAs(op, () => new Kind(...(args as never[]))) : first;
    checkKind(op, "cell", cell, cell instanceof Kind, `new ${op}Cell(…), or the sizes inputs and units`);
    this.cell = cell as Cell;
    this.#op = op;
  }

  /** The parameters of the cell by name, for an optimizer. */
  get params(): Cell["params"] {
    return this.cell.params;
  }

  /** The same as {@link params}. */
  get parameters(): Readonly<Record<string, Variable>> {
    return this.params;
  }

  /** The state before the first step: one vector of zeros, or several. */
  protected start(zeros: Variable): State {
    return [zeros];
  }

  /** The next state. */
  protected abstract step(x: Variable, state: State): State;

  /**
   * The output of every step: [N, T, D] → [N, T, H]. A step that is padding leaves the state as it was, so that a sequence
   * gives what it would give alone, whether padding comes before or after it.
   *
   * @param x [N, T, D], T ≥ 1 @throws ShapeError for other shapes
   */
  forward(x: VariableLike, options: SequenceOptions = {}): Variable {
    const input = asVariable(this.#op, x);
    if (input.ndim !== 3 || input.shape[1] === 0) {
      throw ShapeError.of(this.#op, "x", input, "[batch, time, features] with at least one step");
    }
    const [count, times, features] = input.shape;
    const mask = maskOf(this.#op, input, options);
    const counts = mask === null ? null : split(mask, times, { axis: 1 });
    let state = this.start(zerosOf([count, this.cell.Wh.shape[0]], input));
    const outputs = split(input, times, { axis: 1 }).map((at, t) => {
      const next = this.step(reshape(at, [count, features]), state);
      const before = state;
      state = counts === null ? next : next.map((one, i) => where(counts[t], one, before[i]));
      return state[0];
    });
    return stack(outputs, { axis: 1 });
  }
}

/** Most steps of a sequence, which stays below the limit of ops in a model. Checked before the sequence is split. */
const MOST_STEPS = 100_000;

/** @throws ShapeError for sequences so long that splitting them would exhaust the memory */
function checkSteps(op: string, steps: number): void {
  if (steps <= MOST_STEPS) return;
  const most = MOST_STEPS.toLocaleString("en-US");
  throw ShapeError.of(op, "x", String(steps), `at most ${most} steps`, {
    problem: `the sequences have ${steps.toLocaleString("en-US")} steps`,
    hint: "Split them into shorter ones.",
  });
}

/** A layer over sequences, with its parameters by name. */
export interface SequenceLayer {
  readonly params: Readonly<Record<string, Variable>>;
  /** @param x [N, T, D] @returns [N, T, H] */
  forward(x: VariableLike, options?: SequenceOptions): Variable;
}

/** The ending of the names of parameters of the layer that reads backward. */
const REVERSE = "Reverse";

/** Parameters by name, with those of a layer that reads backward. */
export function withReverse<T>(
  forward: Readonly<Record<string, T>>,
  backward: Readonly<Record<string, T>>,
): Record<string, T> {
  const reversed = Object.entries(backward).map(([name, x]): [string, T] => [name + REVERSE, x]);
  return { ...forward, ...Object.fromEntries(reversed) };
}

/**
 * Two recurrent layers, one of which reads sequences from their ends: [N, T, D] → [N, T, 2·H], the outputs of both for
 * each step side by side.
 *
 * `new Bidirectional(new Lstm(D, H, { seed: 1 }), new Lstm(D, H, { seed: 2 }))`
 *
 * @throws SpecError for anything but two layers over sequences
 * Source: Schuster and Paliwal 1997.
 */
export class Bidirectional {
  readonly ahead: SequenceLayer;
  readonly back: SequenceLayer;

  /** @param ahead reads from the start @param back reads from the end */
  constructor(ahead: SequenceLayer, back: SequenceLayer) {
    for (const [name, layer] of Object.entries({ ahead, back })) {
      const isLayer = typeof layer?.forward === "function" && typeof layer.params === "object";
      checkKind("Bidirectional", name, layer, isLayer, "a recurrent layer, such as new Lstm(inputs, units)");
    }
    this.ahead = ahead;
    this.back = back;
  }

  /** The parameters by name, for an optimizer; those of the layer that reads backward end in Reverse. */
  get params(): Readonly<Record<string, Variable>> {
    return withReverse(this.ahead.params, this.back.params);
  }

  /** The same as {@link params}. */
  get parameters(): Readonly<Record<string, Variable>> {
    return this.params;
  }

  /** @param x [N, T, D], T ≥ 1 @throws ShapeError for other shapes */
  forward(x: VariableLike, options: SequenceOptions = {}): Variable {
    const input = asVariable("Bidirectional", x);
    const turned = (y: Variable): Variable => flip(y, { axis: 1 });
    const mask = maskOf("Bidirectional", input, options);
    const back = this.back.forward(turned(input), mask === null ? {} : { mask: turned(mask) });
    return concat([this.ahead.forward(input, options), turned(back)], { axis: 2 });
  }
}

/** The output after the last step: of a layer that reads backward, at the first. */
function lastOf(y: Variable, isBoth: boolean): Variable {
  if (!isBoth) return index(y, [{}, -1]);
  const units = y.shape[2] / 2;
  return concat([index(y, [{}, -1, { stop: units }]), index(y, [{}, 0, { start: units }])], { axis: 1 });
}

/** What specs of recurrent layers say. */
export const recurrent = {
  /** Length of the state. */
  units: count(1),
  /** The output of every step, or only of the last. Default "all". */
  output: optional(oneOf("all", "last")),
  /** Whether a second layer reads the sequence from its end; the outputs of both are side by side. Default false. */
  bidirectional: optional(flag),
  ...masked,
  ...weighted,
};

type RecurrentSpec = OptionsOf<typeof recurrent>;

/**
 * What kinds of recurrent layers have in common: one direction or both, padding or none.
 *
 * @param layerOf  the layer of one direction
 */
export function recurrentKind<Spec extends RecurrentSpec>(
  kind: string,
  parts: Gates<string>,
  layerOf: (parameters: Readonly<Record<string, Variable>>, spec: Spec) => SequenceLayer,
) {
  return {
    axes: sequenceAxes,
    takesMask: true,
    parameters: ({ units, weightInit, bidirectional }: Spec, [{ shape }]: readonly SampleSpec[]) => {
      const one = gatesPlan(parts, shape[1], units, weightInit);
      return bidirectional ? withReverse(one, one) : one;
    },
    layer: (spec: Spec, { inputs: [{ shape }], parameters }: LayerParts): LayerForward => {
      const { output = "all", bidirectional = false } = spec;
      checkSteps(kind, shape[0]);
      const part = (isBack: boolean): SequenceLayer => {
        const entries = Object.entries(parameters).filter(([name]) => name.endsWith(REVERSE) === isBack);
        const ofOne = entries.map(([name, x]) => [isBack ? name.slice(0, -REVERSE.length) : name, x]);
        return layerOf(Object.fromEntries(ofOne), spec);
      };
      const layer = bidirectional ? new Bidirectional(part(false), part(true)) : part(false);
      return ([x, labels]) => {
        const y = layer.forward(x, maskedBy(labels, shape[0]));
        return output === "all" ? y : lastOf(y, bidirectional);
      };
    },
    fixes: ({ output }: Spec) => [{ output: output === "last" ? "all" : "last" }],
  } as const;
}
