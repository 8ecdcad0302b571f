/**
 * The numbers of an optimizer that change between updates. They are Variables, so that compiled programs read them anew
 * at every step.
 */
import { cast, mul, noGrad, sub, type Variable, variable } from "@adjoint/autograd";
import type { DType } from "@adjoint/tensor";
import type { CommonHyperparameters, Rates, UpdateRule } from "./rule.ts";

/** A number that belongs to an optimizer: float64, []. */
export function number(name: string, value: number): Variable {
  return variable(value, { name, dtype: "float64", requiresGrad: false });
}

/** A learning rate, and the product with the factor of a schedule, which updates use. */
export class Rate {
  readonly effective: Variable;
  private readonly base: Variable;
  private readonly factor: Variable;

  constructor(name: string, value: number, factor: Variable) {
    this.effective = number(name, value);
    this.base = number(`${name} of the schedule`, value);
    this.factor = factor;
  }

  get value(): number {
    return this.base.item();
  }

  set value(value: number) {
    this.base.assign(value);
    this.refresh();
  }

  /** Brings the product up to date after a change of the factor. */
  refresh(): void {
    this.effective.assign(noGrad(() => mul(this.base, this.factor)));
  }
}

/** The rates of an update, and 1 − lr·λ where weight decay shrinks parameters. */
type UpdateRates = Rates<never> & { readonly decay?: Variable };

/** The rates of an update in a dtype, each computed once. */
export function ratesIn<H extends CommonHyperparameters>(
  rule: UpdateRule<H, string>,
  settings: H,
  lr: Variable,
  iteration: Variable,
): (dtype: DType) => UpdateRates {
  const rates = rule.rates?.(lr, settings, iteration) ?? { lr };
  const shrinks = rule.decays === "parameter" && settings.weightDecay > 0;
  const all = shrinks ? { ...rates, decay: sub(1, mul(lr, settings.weightDecay)) } : rates;
  const known = new Map<DType, UpdateRates>();
  return (dtype) => {
    const own =
      known.get(dtype) ??
      (Object.fromEntries(Object.entries(all).map(([name, x]) => [name, cast(x, dtype)])) as unknown as UpdateRates);
    known.set(dtype, own);
    return own;
  };
}
