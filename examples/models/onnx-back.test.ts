/** Every model as an ONNX file and back: the network computes what it did, to the last bit, and its step of training nearly. */
import {
  build,
  fromOnnx,
  type Graph,
  kernels,
  type Model,
  onnxModel,
  programState,
  randomSamples,
  rng,
  SGD,
  stateNames,
  Tensor,
  toOnnx,
  trace,
} from "adjoint";
import { describe, expect, it } from "vitest";
import { trainingStep } from "../../packages/adjoint/src/training/step-graph.ts";
import { roundingOf } from "../../packages/compiler/src/testing/rounding.ts";
import { modelNames, readSpec, reduced, reductions } from "./read-spec.ts";

const small = (name: string): Model => build(reduced(readSpec(name), reductions[name]), { seed: 1 });

const bits = (x: Tensor) => [x.dtype, x.shape, Array.from(kernels.copy(x).data)];

/** Expects the same numbers, up to what rounding in another order may do. */
function expectSame(found: Tensor, expected: Tensor, bound: number): void {
  expect([found.dtype, found.shape]).toEqual([expected.dtype, expected.shape]);
  const [a, b] = [found, expected].map((x) => Array.from(kernels.copy(x).data, Number));
  expect(Math.max(0, ...a.map((n, i) => Math.abs(n - b[i])))).toBeLessThanOrEqual(bound);
}

describe.each(modelNames)("%s", (name) => {
  it("comes back from files of all versions as a network with the same parameters, predictions and gradients", () => {
    const net = small(name);
    for (const opset of [17, 18, 19, 20, 21] as const) {
      const back = onnxModel(toOnnx(net, { opset }));
      const { x } = randomSamples(net, opset - 16, opset);
      const feeds = x instanceof Tensor ? { [net.inputs[0].name]: x } : (x as Record<string, Tensor>);
      for (const parameter of net.parameters()) parameter.grad = null;
      const [own, found] = [net.outputs(x), back.outputs(feeds)].map((outputs) => {
        const ys = Object.values(outputs);
        ys.map((y) => y.square().sum())
          .reduce((a, b) => a.add(b))
          .backward();
        return ys.map(({ value }) => value);
      });
      expect(found.map(bits)).toEqual(own.map(bits));
      for (const [parameter, { value, grad }] of Object.entries(net.params)) {
        const same = back.params[parameter];
        expect([bits(same.value), same.grad && bits(same.grad.value)]).toEqual([bits(value), grad && bits(grad.value)]);
      }
    }
  });

  it("comes back as a step of training that takes the same one, and draws the same random numbers", () => {
    const net = small(name);
    const { x, t } = randomSamples(net, 4, 2) as { readonly x: Tensor; readonly t: Tensor };
    const step = trainingStep(net, new SGD(net.params, { lr: 0.01 }));
    const program = trace(step, x, t);
    const bytes = toOnnx(program, { inputs: ["x", "t"] });
    const names = stateNames(program);
    const before = programState(program);
    const graph: Graph = fromOnnx(bytes);
    const given = Object.fromEntries(
      program.states.flatMap(({ node }, i) => (node === null ? [] : [[names[i], before[names[i]]]])),
    );
    const leaves = new Set(
      graph.nodes.filter(({ op, name: leaf }) => op === null && leaf !== undefined).map((n) => n.name),
    );
    const feeds = Object.fromEntries(Object.entries({ x, t, ...given }).filter(([leaf]) => leaves.has(leaf)));
    const run = graph.run(feeds);
    const states = names.map((state) => before[state] ?? null);
    const bounds = roundingOf(program, [x, t], states, rng(3));
    const loss = step(x, t);
    const after = programState(trace(step, x, t));
    const changed = names.filter((_, i) => program.states[i].next !== null && after[names[i]] !== undefined);
    expect(changed.length).toBeGreaterThanOrEqual(net.parameters().length);
    const found = [run.value("output"), ...changed.map((state) => run.value(`${state}.next`))];
    [loss.value, ...changed.map((state) => after[state])].forEach((value, i) => {
      expectSame(found[i], value, bounds[i]);
    });
  });
});
