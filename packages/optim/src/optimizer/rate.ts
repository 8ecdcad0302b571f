/**
 * The numbers of an optimizer that change between updates. They are Variables, so that compiled programs read them anew
 * at every step.
 */
import { mul, noGrad, type Variable, variable } from "@adjoint/autograd";

/** A number that belongs to an optimizer: float64, []. */
export function number(name: string, value: number): Variable {
  return variable(value, { name, dtype: "float64", requiresGrad: false });
}

/** A learning rate, and the product with the factor of a schedule, which updates use. */
export class Rate {
  /** The rate that updates use. */
  readonly effective: Variable;
  private readonly base: Variable;
  private readonly factor: Variable;

  constructor(name: string, value: number, factor: Variable) {
    this.effective = number(name, value);
    this.base = number(`${name} of the schedule`, value);
    this.factor = factor;
  }

  /** The rate without the factor. */
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
