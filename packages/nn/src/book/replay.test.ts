/** The graphs of the book's networks, replayed on other data and parameters: what their own code computes, to the last bit. */
import {
  backwardSteps,
  constant,
  type Graph,
  graphFromJSON,
  graphOf,
  recordAll,
  toDot,
  toMermaid,
  type Variable,
} from "@adjoint/autograd";
import { rng, type Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { DeepConvNet, SimpleConvNet } from "./convolutional.ts";
import { MultiLayerNetExtend, TwoLayerNet } from "./fully-connected.ts";

interface Network {
  readonly params: Readonly<Record<string, Variable>>;
  loss(x: Variable, t: Variable, options?: { readonly train?: boolean }): Variable;
}

/** Networks with what they take: convolution by im2col, pooling, softmax with loss, batch norm, dropout, weight decay. */
const networks: Readonly<Record<string, readonly [make: () => Network, inputShape: readonly number[]]>> = {
  TwoLayerNet: [() => new TwoLayerNet({ inputSize: 5, hiddenSize: 4, outputSize: 3, seed: 1 }), [5]],
  "MultiLayerNetExtend with batch norm, dropout and weight decay": [
    () =>
      new MultiLayerNetExtend({
        inputSize: 5,
        hiddenSizes: [4, 4],
        outputSize: 3,
        useBatchNorm: true,
        useDropout: true,
        dropoutRatio: 0.4,
        weightDecay: 0.1,
        seed: 1,
      }),
    [5],
  ],
  SimpleConvNet: [
    () =>
      new SimpleConvNet({
        inputDim: [1, 6, 6],
        convParam: { filterNum: 2, filterSize: 3 },
        hiddenSize: 4,
        outputSize: 3,
        seed: 1,
      }),
    [1, 6, 6],
  ],
  DeepConvNet: [() => new DeepConvNet({ seed: 1 }), [1, 28, 28]],
};

/** A batch that follows from a seed. */
function batch(shape: readonly number[], seed: number): { readonly x: Variable; readonly t: Variable } {
  return {
    x: constant(rng(seed).normal([3, ...shape]), { name: "x" }),
    t: constant(tensor([seed % 3, 1, 2], { dtype: "int32" }), { name: "t" }),
  };
}

/** One step for training. */
function step(net: Network, { x, t }: { readonly x: Variable; readonly t: Variable }): Variable {
  return recordAll(() => net.loss(x, t, { train: true }));
}

const arrays = (values: Readonly<Record<string, Tensor>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).map(([name, x]) => [name, x.toArray()]));

describe.each(Object.entries(networks))("a step of %s", (_, [make, shape]) => {
  const graph: Graph = graphOf(step(make(), batch(shape, 1)), { backward: true });

  it.each(["at once", "from a file"])("is replayed %s on other data and parameters", (how) => {
    const read = how === "at once" ? graph : graphFromJSON(JSON.stringify(graph.toJSON({ values: "leaves" })));
    const net = make();
    for (const [i, p] of Object.values(net.params).entries()) p.assign(rng(100 + i).normal(p.shape));
    const data = batch(shape, 2);
    const loss = step(net, data);
    loss.backward();
    const { outputs, gradients } = read.run({ ...net.params, ...data });
    expect(outputs[0].item()).toBe(loss.item());
    const expected = Object.entries(net.params).map(([name, p]) => [name, (p.grad as Variable).value]);
    expect(arrays(gradients)).toEqual(arrays(Object.fromEntries(expected)));
  });

  it("is stepped through to its gradients", () => {
    const net = make();
    const loss = step(net, batch(shape, 1));
    const complete: Record<string, Tensor> = {};
    for (const { contributions } of backwardSteps(loss)) {
      for (const { name, after, completesLeaf } of contributions) if (completesLeaf) complete[name as string] = after;
    }
    loss.backward();
    const expected = Object.entries(net.params).map(([name, p]) => [name, (p.grad as Variable).value]);
    expect(arrays(complete)).toEqual(arrays(Object.fromEntries(expected)));
  });

  it("is drawn with every node", () => {
    expect(toDot(graph).match(/^ *n\d+ \[/gm)).toHaveLength(graph.nodes.length);
    expect(toMermaid(graph).match(/^ *n\d+[[(]/gm)).toHaveLength(graph.nodes.length);
  });
});
