/** Hyper-parameters as data: what each may be and what it is by default, checked the same way wherever one is set. */
import { checkOptions, SpecError } from "@adjoint/tensor";

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
