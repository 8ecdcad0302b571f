/** What a network is measured by: accuracy, loss, and what the network itself measures. */
import { noGrad, type Variable } from "@adjoint/autograd";
import { type Fallback, withFallback } from "./fallback.ts";
import { someRows } from "./mini-batches.ts";
import type { Network, Samples } from "./network.ts";
import type { Compiler } from "./step.ts";
import { countOf, type Values } from "./values.ts";

/** What was measured over samples, by name: `loss`, `accuracy`, … */
export type Measured = Readonly<Record<string, number>>;

/** Measures a network, by compiled programs where that works. */
export class Measure<X extends Values, T extends Values> {
  private readonly network: Network<X, T>;
  private readonly batchSize: number;
  private readonly byOutputs: Fallback<(x: X) => Record<string, Variable>>;
  private readonly byLoss: Fallback<(x: X, t: T) => Variable>;

  /** @param batchSize  samples of a batch whose loss is measured */
  constructor(network: Network<X, T>, batchSize: number, compiled: Compiler) {
    this.network = network;
    this.batchSize = batchSize;
    const outputsOf = (x: X) => (network as Required<Network<X, T>>).outputs(x, { train: false });
    this.byOutputs = withFallback("accuracies are measured", network.outputs ? compiled(outputsOf) : null);
    this.byLoss = withFallback("losses are measured", compiled(this.lossOf));
  }

  private readonly lossOf = (x: X, t: T): Variable => this.network.loss(x, t, { train: false });

  /** Whether accuracy can be measured. */
  get classifies(): boolean {
    return this.network.classifies !== false;
  }

  /** The accuracy on samples. Batches that are not of the usual size run as they are. */
  accuracy({ x, t }: Samples<X, T>): number {
    const network = this.network as Required<Network<X, T>>;
    return this.byOutputs((compiled) =>
      compiled === null ? network.accuracy(x, t) : network.accuracy(x, t, undefined, compiled),
    );
  }

  /** The loss over samples in prediction mode, a batch at a time so that memory stays flat. */
  loss(samples: Samples<X, T>): number {
    const { batchSize } = this;
    const count = countOf(samples.x);
    const lossFrom = (start: number): number => {
      const { x, t } = someRows(samples, start, batchSize);
      const size = countOf(x);
      // The rest after the last whole batch is one of its own size: a program for it would hardly pay.
      const loss = this.byLoss((compiled) =>
        noGrad(() => (size < batchSize || compiled === null ? this.lossOf(x, t) : compiled(x, t)).item()),
      );
      return size * loss;
    };
    let sum = 0;
    for (let start = 0; start < count; start += batchSize) sum += lossFrom(start);
    return sum / count;
  }

  /** What the network's `evaluate` measures, else its loss, and its accuracy where it classifies. */
  all(samples: Samples<X, T>): Measured {
    const { network } = this;
    if (network.evaluate === undefined) {
      const loss = this.loss(samples);
      return this.classifies ? { loss, accuracy: this.accuracy(samples) } : { loss };
    }
    const { x, t } = samples;
    return this.byOutputs((compiled) =>
      compiled === null
        ? (network as Required<typeof network>).evaluate(x, t)
        : (network as Required<typeof network>).evaluate(x, t, undefined, compiled),
    );
  }
}
