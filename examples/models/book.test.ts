/** The book's networks as models are its networks as classes, to the last bit; the files are the specs of the classes. */
import { readFileSync } from "node:fs";
import {
  BatchNormalization,
  build,
  DeepConvNet,
  Dropout,
  type Gradients,
  kernels,
  type LayeredNetwork,
  type Model,
  MultiLayerNet,
  MultiLayerNetExtend,
  rng,
  SimpleConvNet,
  type Tensor,
  Trainer,
  TwoLayerNet,
} from "adjoint";
import { describe, expect, it } from "vitest";
import { readSpec } from "./read-spec.ts";

interface Options {
  readonly seed: number;
  readonly dtype: "float32" | "float64";
}

const hiddenSizes = [100, 100, 100, 100, 100, 100];
const rows = { inputSize: 784, outputSize: 10 };

const networks: Readonly<Record<string, (options: Options) => LayeredNetwork>> = {
  "two-layer-net": (options) => new TwoLayerNet({ ...rows, hiddenSize: 50, ...options }),
  "multi-layer-net": (options) => new MultiLayerNet({ ...rows, hiddenSizes, weightDecay: 0.1, ...options }),
  "multi-layer-net-extend": (options) =>
    new MultiLayerNetExtend({
      ...rows,
      hiddenSizes,
      useBatchNorm: true,
      useDropout: true,
      dropoutRatio: 0.2,
      ...options,
    }),
  "simple-conv-net": (options) => new SimpleConvNet(options),
  "deep-conv-net": (options) => new DeepConvNet(options),
};

const cases = Object.entries(networks).flatMap(([name, make]) =>
  (["float32", "float64"] as const).map((dtype) => [name, dtype, make] as const),
);

/** The book's names of a model's parameters: W1 for the first weight, gamma1 for the first γ. */
function bookNames(net: Model): Map<string, string> {
  const short: Readonly<Record<string, string>> = { weight: "W", bias: "b" };
  const counts = new Map<string, number>();
  return new Map(
    Object.keys(net.params).map((name) => {
      const key = name.slice(name.lastIndexOf(".") + 1);
      const k = (counts.get(key) ?? 0) + 1;
      counts.set(key, k);
      return [name, `${short[key] ?? key}${k}`];
    }),
  );
}

/** The model of a file and the book's network, with the same parameters, which draw the same masks. */
function twins(name: string, { seed, dtype }: Options, make: (options: Options) => LayeredNetwork) {
  const net = build(readSpec(name), { seed, dtype });
  const network = make({ seed: seed + 1, dtype });
  const names = bookNames(net);
  expect([...names.values()].sort()).toEqual(Object.keys(network.params).sort());
  for (const [own, book] of names) net.params[own].assign(kernels.copy(network.params[book].value));
  // The same seed gives the same network everywhere: each layer of a model draws from a generator of its own, split off
  // in the order of the layers.
  const generator = rng(seed);
  const splits = net.layers.map(({ kind }) => ({ kind, own: generator.split() }));
  const masks = splits.filter(({ kind }) => kind === "dropout").map(({ own }) => own);
  const dropouts = Object.values(network.layers).filter((layer) => layer instanceof Dropout);
  expect(masks).toHaveLength(dropouts.length);
  dropouts.forEach((layer, i) => {
    layer.rng = masks[i];
  });
  return { net, network, names };
}

/** Where two tensors differ first, as a sentence; "" where every number is the same one, −0 and NaN told apart. */
function difference(a: Tensor, b: Tensor): string {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join())
    return `${a.dtype} [${a.shape}], ${b.dtype} [${b.shape}]`;
  const [x, y] = [kernels.copy(a).data, kernels.copy(b).data];
  const at = x.findIndex((value: number, i: number) => !Object.is(value, y[i]));
  return at < 0 ? "" : `element ${at}: ${x[at]}, ${y[at]}`;
}

function expectSameGradients(own: Gradients, book: Gradients, names: ReadonlyMap<string, string>): void {
  expect(Object.keys(own)).toEqual([...names.keys()]);
  for (const [name, bookName] of names) expect(difference(own[name], book[bookName]), name).toBe("");
}

it.each(["two-layer-net", "simple-conv-net", "deep-conv-net"])("%s.json is the spec of the class", (name) => {
  const file = JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), "utf8"));
  const { $schema: _, ...spec } = file;
  expect(networks[name]({ seed: 0, dtype: "float32" }).toSpec()).toEqual(spec);
});

describe.each(cases)("%s in %s", (name, dtype, make) => {
  const generator = rng(7);
  const shape = name.includes("conv") ? [5, 1, 28, 28] : [5, 784];
  const x = generator.uniform(shape, { dtype });
  const t = generator.integers(0, 10, [5]);

  it("gives the same scores, losses and gradients", () => {
    const { net, network, names } = twins(name, { seed: 3, dtype }, make);
    const modes = [{ train: false }, { train: true }];
    for (const mode of modes) {
      expect(difference(net.predict(x, mode).value, network.predict(x, mode).value)).toBe("");
      expect(difference(net.loss(x, t, mode).value, network.loss(x, t, mode).value)).toBe("");
    }
    // Running statistics have moved by now, and masks are those of the third draw.
    expectSameGradients(net.gradient(x, t), network.gradient(x, t), names);
    expect(difference(net.predict(x).value, network.predict(x).value)).toBe("");
  });

  it("begins with weights that are spread as widely", () => {
    const [net, network] = [build(readSpec(name), { seed: 5, dtype }), make({ seed: 6, dtype })];
    for (const [own, book] of bookNames(net)) {
      const [spread, expected] = [net.params[own], network.params[book]].map((p) =>
        Math.sqrt(p.square().mean().item()),
      );
      // The spread of n normal numbers is known to 1/√(2n), 6 % for the smallest weights here; he and xavier are 41 % apart.
      expect(Math.abs(spread - expected), own).toBeLessThanOrEqual(0.2 * expected);
    }
  });

  it("takes the same steps in training", () => {
    const { net, network, names } = twins(name, { seed: 4, dtype }, make);
    const data = { train: { x, t }, test: { x, t } };
    const options = { epochs: 2, miniBatchSize: 3, optimizer: "adam", seed: 1, recomputeLoss: false } as const;
    const [own, book] = [net, network].map((one) => new Trainer(one, data, options).train());
    expect(own).toEqual(book);
    for (const [key, bookKey] of names) {
      expect(difference(net.params[key].value, network.params[bookKey].value), key).toBe("");
    }
    const running = Object.values(network.layers).filter((layer) => layer instanceof BatchNormalization);
    const state = net.state();
    const means = Object.keys(state).filter((key) => key.endsWith(".runningMean"));
    expect(means).toHaveLength(running.length);
    running.forEach(({ runningMean, runningVar }, i) => {
      expect(difference(state[means[i]], runningMean?.value as Tensor)).toBe("");
      expect(difference(state[means[i].replace("Mean", "Var")], runningVar?.value as Tensor)).toBe("");
    });
  });
});
