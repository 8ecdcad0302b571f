import { add, div, mul, softmax, sub, type Variable, variable } from "@adjoint/autograd";
import { describe, expect, it } from "vitest";
import cases from "../fixtures/networks.json" with { type: "json" };
import { expectClose, largest, type Stored, stored } from "../testing/reference.ts";
import { SimpleConvNet } from "./convolutional.ts";
import { MultiLayerNet, MultiLayerNetExtend } from "./fully-connected.ts";
import type { LayeredNetwork } from "./layered-network.ts";

interface Case {
  readonly name: string;
  readonly inputs: { readonly x: Stored; readonly t: Stored; readonly params: Record<string, Stored> };
  readonly attrs: {
    readonly inputSize: number;
    readonly hiddenSizes: number[];
    readonly outputSize: number;
    readonly activation: "relu" | "sigmoid";
    readonly weightDecay: number;
    readonly useBatchNorm: boolean;
    readonly filters: number;
    readonly size: number;
    readonly hidden: number;
  };
  readonly outputs: {
    readonly trainLoss?: number;
    readonly loss?: number;
    readonly gradient: Record<string, Stored>;
    readonly predictTrain?: Stored;
    readonly predict?: Stored;
    readonly accuracy?: number;
  };
}

/** Runs of an optimizer over several steps are checked with the optimizers. */
const networks = (cases as unknown as Case[]).filter(({ name }) => !name.endsWith("_adam5"));

function build({ name, inputs, attrs }: Case): LayeredNetwork {
  const { inputSize, hiddenSizes, outputSize, activation, weightDecay, useBatchNorm } = attrs;
  const common = { inputSize, hiddenSizes, outputSize, activation, weightDecay, dtype: "float64" as const };
  let net: LayeredNetwork;
  if (name === "SimpleConvNet") {
    const [, channels, height, width] = inputs.x.shape;
    net = new SimpleConvNet({
      inputDim: [channels, height, width],
      convParam: { filterNum: attrs.filters, filterSize: attrs.size, pad: 0, stride: 1 },
      hiddenSize: attrs.hidden,
      outputSize: inputs.t.shape[1],
      dtype: "float64",
    });
  } else if (name.startsWith("MultiLayerNetExtend")) net = new MultiLayerNetExtend({ ...common, useBatchNorm });
  else net = new MultiLayerNet(common);
  for (const [key, value] of Object.entries(inputs.params)) net.params[key].assign(stored(value));
  return net;
}

/**
 * The book's backward starts from (y − t)/N, leaving the 1e-7 inside the log out of account; the graph's gradient is
 * y/(y + 1e-7) of it for each sample, y ≥ 0.01 being the probability of its class here: at most 1e-5 relative to the
 * largest contribution, which later sums may cancel by a factor of ten.
 */
const QUIRK = 1e-4;

describe("the book's networks", () => {
  it("have references", () => {
    expect(networks.map(({ name }) => name)).toContain("SimpleConvNet");
    expect(networks).toHaveLength(5);
  });

  for (const reference of networks) {
    const { name, inputs, outputs } = reference;
    const [x, t] = [stored(inputs.x), stored(inputs.t)];

    it(`${name}: loss, prediction and accuracy are the book's`, () => {
      const net = build(reference);
      expect(Object.keys(net.params).sort()).toEqual(Object.keys(inputs.params).sort());
      const loss = net.loss(x, t, { train: true });
      expectClose(loss, (outputs.trainLoss ?? outputs.loss) as number);
      expectClose(net.predict(x, { train: true }), (outputs.predictTrain ?? outputs.predict) as Stored);
    });

    it(`${name}: the graph's gradient is the book's, but for the 1e-7 that the book's leaves out`, () => {
      const gradient = build(reference).gradient(x, t);
      // A bias before batch normalization has no effect: what is left of its gradient is rounding of the others'.
      const scale = Math.max(...Object.values(outputs.gradient).map(largest));
      for (const [key, value] of Object.entries(outputs.gradient)) expectClose(gradient[key], value, QUIRK, scale);
    });

    it(`${name}: from the book's (y − t)/N on, the graph's gradient is the book's to the last digits`, () => {
      const net = build(reference);
      const scores = net.predict(x, { train: true });
      const upstream = div(sub(softmax(scores), t), t.shape[0]).value;
      scores.backward({ grad: upstream });
      const scale = Math.max(...Object.values(outputs.gradient).map(largest));
      for (const [key, value] of Object.entries(outputs.gradient)) {
        const parameter = net.params[key];
        const decay = /^W/.test(key) ? (reference.attrs.weightDecay ?? 0) : 0;
        // Batch normalization divides by deviations that are small for five samples: rounding grows with them.
        expectClose(add(parameter.grad as Variable, mul(parameter, decay)), value, 1e-12, scale);
      }
    });

    it(`${name}: the graph's gradient is that of central differences`, () => {
      const net = build(reference);
      const exact = net.gradient(x, t);
      const numerical = net.numericalGradient(x, t);
      const records = Object.entries(exact).map(([key, value]) => [key, value.toJSON() as Stored] as const);
      const scale = Math.max(...records.map(([, value]) => largest(value)));
      for (const [key, value] of records) {
        // Truncation h²/6 · f‴ with h = 1e-4 leaves some 1e-9 · f‴; batch normalization of five samples makes f‴ large.
        expectClose(numerical[key], value, 1e-5, scale);
      }
    });
  }

  it("read entries of params that were replaced", () => {
    const [reference] = networks;
    const net = build(reference);
    const before = net.predict(stored(reference.inputs.x)).toArray();
    net.params.b3 = variable([5, 5, 5], { dtype: "float64" });
    expect(net.predict(stored(reference.inputs.x)).toArray()).not.toEqual(before);
    expect(net.gradient(stored(reference.inputs.x), stored(reference.inputs.t)).b3.shape).toEqual([3]);
  });
});
