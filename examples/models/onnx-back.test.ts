/** Every model as an ONNX file and back: the network, and its step of training, compute what they did. */
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
  type Variable,
} from "adjoint";
import { describe, expect, it } from "vitest";
import { roundingOf } from "../../packages/compiler/src/testing/rounding.ts";
import { modelNames, readSpec, reduced, reductions } from "./read-spec.ts";

const small = (name: string): Model => build(reduced(readSpec(name), reductions[name]), { seed: 1 });

/** Expects the same numbers, up to what rounding in another order may do. */
function expectSame(found: Tensor, expected: Tensor, bound: number): void {
  expect([found.dtype, found.shape]).toEqual([expected.dtype, expected.shape]);
  const [a, b] = [found, expected].map((x) => Array.from(kernels.copy(x).data, Number));
  expect(Math.max(0, ...a.map((n, i) => Math.abs(n - b[i])))).toBeLessThanOrEqual(bound);
}

describe.each(modelNames)("%s", (name) => {
  it("comes back as a network that predicts the same, for any batch, with the same parameters", () => {
    const net = small(name);
    const back = onnxModel(toOnnx(net));
    for (const count of [1, 5]) {
      const { x } = randomSamples(net, count, count);
      const feeds = x instanceof Tensor ? { [net.inputs[0].name]: x } : (x as Record<string, Tensor>);
      const program = trace((batches: Record<string, Tensor>) => net.outputs(batches), feeds);
      const values = programState(program);
      const states = stateNames(program).map((state) => values[state] ?? null);
      const bounds = roundingOf(program, Object.values(feeds), states, rng(count));
      const found = back.outputs(feeds);
      Object.entries(net.outputs(x)).forEach(([output, y], i) => {
        expectSame(found[output].value, y.value, bounds[i]);
      });
    }
    for (const [parameter, { value }] of Object.entries(net.params)) {
      expect(back.params[parameter].toArray()).toEqual(value.toArray());
    }
  });

  it("comes back as a step of training that takes the same one, and draws the same random numbers", () => {
    const net = small(name);
    const { x, t } = randomSamples(net, 4, 2) as { readonly x: Tensor; readonly t: Tensor };
    const optimizer = new SGD(net.params, { lr: 0.01 });
    const step = (xs: Tensor | Variable, ts: Tensor | Variable): Variable => {
      optimizer.zeroGrad();
      const loss = net.loss(xs, ts, { train: true });
      loss.backward();
      optimizer.step();
      return loss;
    };
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
