/** One step of training: the gradient of a mini-batch, the update, the loss; and where a number stops being finite. */
import { add, checkValue, detectAnomaly, mul, noGrad, slice, Variable } from "@adjoint/autograd";
import { AdjointError, GraphError, kernels, Tensor } from "@adjoint/tensor";
import type { ExponentialMovingAverage } from "../averaging/moving-average.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import { type Fallback, withFallback } from "./fallback.ts";
import type { Network, Samples } from "./network.ts";
import { cleanSamples, notFiniteLoss, notFiniteSample, type Suspects } from "./not-finite.ts";
import { generatorStates, setGenerators, snapshotOf } from "./state.ts";
import { countOf, type Values } from "./values.ts";

/** Compiles a function; null where functions run as they are. */
export type Compiler = <F extends (...args: never[]) => unknown>(fn: F) => F | null;

export interface StepOptions {
  /** Whether the loss is that after the update. */
  readonly recomputeLoss: boolean;
  /** In how many parts the gradient is computed. */
  readonly parts: number;
  /** The averages that follow the parameters. */
  readonly average: ExponentialMovingAverage | null;
}

export class Step<X extends Values, T extends Values> {
  private readonly network: Network<X, T>;
  private readonly optimizer: Optimizer;
  private readonly options: StepOptions;
  private readonly byStep: Fallback<(x: X, t: T) => Variable>;
  /** What the mini-batch of this iteration may have brought. */
  private suspects: Suspects | null = null;
  private iteration = 0;
  /** Whether samples and parameters do not explain what is not finite. */
  private isUnexplained = false;

  constructor(network: Network<X, T>, optimizer: Optimizer, options: StepOptions, compiled: Compiler) {
    this.network = network;
    this.optimizer = optimizer;
    this.options = options;
    this.byStep = withFallback(
      "training goes on",
      compiled((x: X, t: T) => this.update(x, t)),
    );
  }

  /**
   * Trains on a mini-batch and returns its loss.
   *
   * @param rows       the rows of the training samples that it is
   * @param iteration  its number, from 1
   * @throws GraphError when the loss or a gradient is not finite
   */
  run(samples: Samples<X, T>, rows: Tensor, iteration: number): number {
    const { network } = this;
    const { x, t } = samples;
    const slots = (): Readonly<Record<string, Tensor>> => this.optimizer.state().tensors;
    this.suspects = { samples, rows, params: network.params, slots };
    this.iteration = iteration;
    this.isUnexplained = false;
    const generators = generatorStates(network);
    try {
      return this.byStep((compiled, isRetry) => {
        if (compiled !== null) return compiled(x, t).item();
        if (!isRetry) return this.update(x, t).item();
        const restore = snapshotOf(network, this.optimizer, this.options.average);
        try {
          return this.update(x, t).item();
        } catch (error) {
          restore();
          throw error;
        }
      });
    } catch (error) {
      setGenerators(network, generators);
      throw this.isUnexplained && error instanceof GraphError ? this.withOrigin(error, samples) : error;
    }
  }

  /** The step as a function of a mini-batch: what is compiled. */
  private update(x: X, t: T): Variable {
    const { network } = this;
    for (const p of Object.values(network.params)) p.zeroGrad();
    const loss = this.options.parts === 1 ? this.backward(x, t) : this.accumulated(x, t);
    this.descend();
    this.options.average?.update();
    if (!this.options.recomputeLoss) return loss;
    const after = network.loss(x, t, { train: true });
    checkValue(after, (value) => this.checkLoss(Number(value.item()), true));
    return after;
  }

  /** The loss of samples; the gradient of its share is added to that of the parameters. */
  private backward(x: X, t: T, share = 1): Variable {
    const loss = this.network.loss(x, t, { train: true });
    checkValue(loss, (value) => this.checkLoss(Number(value.item()), this.iteration > 1));
    (share === 1 ? loss : mul(loss, share)).backward();
    return loss;
  }

  /** The mean loss of parts of the samples, each with its share of them. */
  private accumulated(x: X, t: T): Variable {
    const given: unknown = x;
    const count = given instanceof Variable ? given.shape[0] : countOf(x);
    const size = Math.ceil(count / this.options.parts);
    let total: Variable | null = null;
    for (let start = 0; start < count; start += size) {
      const stop = Math.min(start + size, count);
      const share = (stop - start) / count;
      const loss = this.backward(rowsOf(x, start, stop), rowsOf(t, start, stop), share);
      const own = noGrad(() => mul(loss, share));
      total = total === null ? own : noGrad(() => add(total as Variable, own));
    }
    return total as Variable;
  }

  private descend(): void {
    const { network, optimizer } = this;
    try {
      if (optimizer.parameters !== null) {
        optimizer.step();
        return;
      }
      const learning = Object.entries(network.params).filter(([, p]) => p.grad !== null);
      const grads = learning.map(([name, p]) => [name, p.grad as Variable] as const);
      optimizer.update(Object.fromEntries(learning), Object.fromEntries(grads));
    } catch (error) {
      if (!(error instanceof AdjointError) || this.suspects === null) throw error;
      const { samples, rows } = this.suspects;
      const sample = notFiniteSample("data.train", samples, (row) => Number(rows.at(row)));
      if (sample === null) {
        this.isUnexplained = error.problem.startsWith("the gradient");
        throw error.locate(`iteration ${this.iteration}`);
      }
      const problem = `${sample}, and a gradient is not finite`;
      throw new GraphError({ op: "train", argument: "data", problem, hint: cleanSamples }, { cause: error });
    }
  }

  private checkLoss(loss: number, hasLearned: boolean): void {
    if (Number.isFinite(loss) || this.suspects === null) return;
    const { name, lr } = this.optimizer;
    const how = `at iteration ${this.iteration}, with ${name} at lr ${lr}`;
    const { error, isExplained } = notFiniteLoss(loss, how, this.suspects, hasLearned);
    this.isUnexplained = !isExplained;
    throw error;
  }

  /** The error with the op that gave the first number that is not finite: the step runs once more, op by op. */
  private withOrigin(error: GraphError, { x, t }: Samples<X, T>): GraphError {
    const restore = snapshotOf(this.network, this.optimizer, this.options.average);
    try {
      detectAnomaly(() => this.update(x, t));
    } catch (origin) {
      if (!(origin instanceof GraphError) || origin.argument !== "result") return error;
      const hint = `${error.hint ?? ""} It began here: ${origin.message}`;
      return new GraphError({ ...error, hint }, { cause: origin });
    } finally {
      restore();
    }
    return error;
  }
}

/** Some rows of samples, which are Variables while the step is traced. */
function rowsOf<V extends Values>(values: V, start: number, stop: number): V {
  const some = (x: Tensor | Variable): unknown =>
    x instanceof Variable
      ? slice(x, { start: [start], stop: [stop] })
      : kernels.slice(x, [{ start, step: 1, length: stop - start }]);
  const given: unknown = values;
  if (given instanceof Tensor || given instanceof Variable) return some(given) as V;
  return Object.fromEntries(Object.entries(values).map(([name, x]) => [name, some(x)])) as V;
}
