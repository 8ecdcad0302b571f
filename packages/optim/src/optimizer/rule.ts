/**
 * An update rule as data, which sets one optimizer apart from the others; and its hyper-parameters as data: what each may be
 * and what it is by default, checked the same way wherever one is set.
 */
import type { Variable } from "@adjoint/autograd";
import { checkOptions, SpecError } from "@adjoint/tensor";

/** The hyper-parameters that every optimizer has. */
export interface CommonHyperparameters {
  /** Learning rate: a finite number ≥ 0. */
  readonly lr: number;
  /**
   * λ of weight decay: a finite number ≥ 0. λ·p is added to the gradient of a parameter p; optimizers with decoupled weight
   * decay shrink p itself by lr·λ·p instead.
   */
  readonly weightDecay: number;
}

/** What an update rule computes with: its hyper-parameters, and the rates of this step in the dtype of the parameter. */
export type Settings<H extends CommonHyperparameters, Rate extends string = never> = Omit<
  H,
  keyof CommonHyperparameters
> &
  Rates<Rate>;

/** The learning rate, and what else follows from it. */
export type Rates<Rate extends string> = { readonly lr: Variable } & Readonly<Record<Rate, Variable>>;

/**
 * An update rule as data. `Slot` names what is remembered of each parameter between updates; it starts at zero. `Rate`
 * names what follows from the learning rate and the number of the update alone, and is computed once for all parameters.
 */
export interface UpdateRule<H extends CommonHyperparameters, Slot extends string = never, Rate extends string = never> {
  readonly name: string;
  readonly hyperparameters: HyperparameterTable<H>;
  /**
   * Where weight decay acts, which rules need not see. `"gradient"`, the default: g ← g + λ·p. `"parameter"`, decoupled
   * from the gradient and what the rule remembers of it: p ← p − lr·λ·p.
   */
  readonly decays?: "gradient" | "parameter";
  /** Whether the rule squares gradients, which then have to be below about 1.8e19 in float32. Default false. */
  readonly squares?: boolean;
  /** The names of the slots. */
  slots(hyperparameters: H): readonly Slot[];
  /** What is wrong with hyper-parameters that are each in range, or null. */
  conflict?(hyperparameters: H): { readonly problem: string; readonly hint: string } | null;
  /**
   * The rates of an update, in ops: float64, [], as `lr` and `iteration` are, the number of this update from 1. Default:
   * the learning rate as it is.
   */
  rates?(lr: Variable, hyperparameters: Omit<H, "lr">, iteration: Variable): Rates<Rate>;
  /**
   * The new values of a parameter `p` and its slots, in ops, from its gradient and the old ones. No state, no effect.
   */
  update(
    p: Variable,
    grad: Variable,
    slots: Readonly<Record<Slot, Variable>>,
    settings: Settings<H, Rate>,
  ): { readonly [N in Slot | "p"]: Variable };
}

/** What a hyper-parameter may be, and what it is when nothing is said. */
export interface Hyperparameter<T extends number | boolean> {
  readonly default: T;
  readonly expected: string;
  readonly accepts: (value: unknown) => value is T;
}

/** The hyper-parameters of an optimizer, by name. */
export type HyperparameterTable<H> = {
  readonly [N in keyof H]-?: Hyperparameter<Extract<H[N], number> | Extract<H[N], boolean>>;
};

const numberThat = (initial: number, expected: string, isRight: (n: number) => boolean): Hyperparameter<number> => ({
  default: initial,
  expected,
  accepts: (value): value is number => typeof value === "number" && isRight(value),
});

/** A finite number that is not negative: a learning rate, a weight decay. */
export const rate = (initial: number): Hyperparameter<number> =>
  numberThat(initial, "a finite number ≥ 0", (n) => n >= 0 && n < Number.POSITIVE_INFINITY);

/** The share of an old value that a moving average keeps: 0 ≤ value < 1. */
export const fraction = (initial: number): Hyperparameter<number> =>
  numberThat(initial, "the share of the past to keep, ≥ 0 and < 1", (n) => n >= 0 && n < 1);

/** What keeps a division from one by 0: a number that float32 holds, too. */
export const epsilon = (initial: number): Hyperparameter<number> =>
  numberThat(initial, "a finite number ≥ 1e-30", (n) => n >= 1e-30 && n < Number.POSITIVE_INFINITY);

/** A switch. */
export function flag(initial: boolean): Hyperparameter<boolean> {
  return {
    default: initial,
    expected: "true or false",
    accepts: (value): value is boolean => typeof value === "boolean",
  };
}

/** @throws SpecError when `value` is not what the hyper-parameter may be */
export function checkHyperparameter<T extends number | boolean>(
  op: string,
  name: string,
  value: unknown,
  rule: Hyperparameter<T>,
): T {
  if (rule.accepts(value)) return value;
  throw SpecError.of(op, name, value, rule.expected, { hint: `The default is ${rule.default}.` });
}

/**
 * The values of all hyper-parameters: those given, the others' defaults.
 * @throws SpecError for an unknown name or a value out of range
 */
export function completeHyperparameters<H extends object>(
  op: string,
  given: Readonly<Partial<H>>,
  table: HyperparameterTable<H>,
): H {
  const names = Object.keys(table) as (keyof H & string)[];
  checkOptions(op, given, names);
  const values: Partial<Record<keyof H, unknown>> = {};
  for (const name of names) {
    const value = given[name];
    values[name] = value === undefined ? table[name].default : checkHyperparameter(op, name, value, table[name]);
  }
  return values as H;
}
