/** An exponential moving average of parameters: it follows a training, and predicts better than its last step. */
import { add, mul, noGrad, sub, type Variable, variable } from "@adjoint/autograd";
import {
  checkNumber,
  checkOptions,
  formatSpec,
  kernels,
  ShapeError,
  SpecError,
  sameShape,
  type Tensor,
} from "@adjoint/tensor";
import { checkFunction, checkSynchronous } from "@adjoint/tensor/internal";
import { nameParameters, type Parameters } from "../optimizer/parameters.ts";

/** Options of {@link ExponentialMovingAverage}. */
export interface MovingAverageOptions {
  /** The share of the average that an update keeps, 0 ≤ decay < 1. Default 0.999. */
  readonly decay?: number;
}

/**
 * Averages of parameters that forget: a ← a + (1 − decay)·(p − a) at each update, from the values at the beginning.
 *
 * Call `update()` after each step of the optimizer, in a compiled function too. `use(fn)` runs a function with the averages
 * as the values of the parameters, such as a measurement of accuracy or the saving of a file.
 *
 * @param params   the parameters, as for an optimizer
 * @param options  `decay` (0.999)
 * @throws SpecError for unknown options and values out of range; SpecError or GraphError for unfit parameters
 * Source: B. Polyak, A. Juditsky, "Acceleration of stochastic approximation by averaging", 1992; PyTorch,
 * torch.optim.swa_utils.get_ema_multi_avg_fn.
 */
export class ExponentialMovingAverage {
  readonly decay: number;
  /** The parameters by name. */
  readonly parameters: ReadonlyMap<string, Variable>;
  private readonly averages: ReadonlyMap<string, Variable>;

  constructor(params: Parameters, options: MovingAverageOptions = {}) {
    const op = "ExponentialMovingAverage";
    checkOptions(op, options, ["decay"]);
    const { decay = 0.999 } = options;
    checkNumber(op, "decay", decay, decay >= 0 && decay < 1, "the share of the past to keep, ≥ 0 and < 1");
    this.decay = decay;
    this.parameters = nameParameters(op, params);
    this.averages = new Map(
      [...this.parameters].map(([name, { value }]) => [
        name,
        variable(kernels.copy(value), { name: `${name}.average`, requiresGrad: false }),
      ]),
    );
  }

  /** Takes the parameters as they are now into the averages. */
  update(): void {
    noGrad(() => {
      for (const [name, average] of this.averages) {
        const x = this.parameters.get(name) as Variable;
        average.assign(add(average, mul(sub(x, average), 1 - this.decay)));
      }
    });
  }

  /** Runs `fn` with the averages as the values of the parameters, which get their own back whatever happens. */
  use<Result>(fn: () => Result): Result {
    checkFunction("use", fn);
    const own = [...this.parameters.values()].map((x) => [x, x.value] as const);
    try {
      for (const [name, x] of this.parameters) x.assign((this.averages.get(name) as Variable).value);
      return checkSynchronous("use", fn());
    } finally {
      for (const [x, value] of own) x.assign(value);
    }
  }

  /** Copies of the averages by name: what a run has to save to go on the same. */
  state(): Record<string, Tensor> {
    return Object.fromEntries([...this.averages].map(([name, { value }]) => [name, kernels.copy(value)]));
  }

  /**
   * Restores what `state()` returned.
   * @throws SpecError when a parameter is missing or unknown; ShapeError when one does not fit. Nothing has changed then.
   */
  loadState(state: Readonly<Record<string, Tensor>>): void {
    const op = "loadState";
    checkOptions(op, state, [...this.averages.keys()]);
    for (const [name, average] of this.averages) {
      if (!Object.hasOwn(state, name)) {
        throw SpecError.of(op, "state", Object.keys(state).join(", "), [...this.averages.keys()].join(", "), {
          problem: `the average of "${name}" is missing`,
          hint: "Pass what state() returned.",
        });
      }
      const value = state[name];
      if (sameShape(value.shape, average.shape) && value.dtype === average.dtype) continue;
      throw ShapeError.of(op, "state", formatSpec(value), formatSpec(average), {
        problem: `"${name}" is ${formatSpec(value)}`,
        hint: "The state was saved from other parameters.",
      });
    }
    for (const [name, average] of this.averages) average.assign(state[name]);
  }
}
