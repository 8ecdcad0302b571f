/** Compiled training of every model does what eager training does: to the last bit, or within what rounding may do. */
import { build, compile, kernels, type Model, Momentum, randomSamples, rng, Tensor, type Variable } from "adjoint";
import { describe, expect, it } from "vitest";
import { trainingStep } from "../../packages/adjoint/src/training/step-graph.ts";
import { modelNames, readSpec, reduced, reductions } from "./read-spec.ts";

type Samples = { readonly x: Parameters<Model["loss"]>[0]; readonly t: Parameters<Model["loss"]>[1] };

/** A step of training: loss, gradients and update. */
const stepOf = (net: Model) => trainingStep(net, new Momentum(net.params, { lr: 0.005 }));

/** Changes every parameter within a few units in its last place. */
function disturb(net: Model, seed: number): void {
  const generator = rng(seed);
  for (const p of net.parameters()) {
    const { data, shape } = kernels.copy(p.value);
    const noise = generator.uniform([data.length], { low: -1, high: 1 }).data;
    for (let i = 0; i < data.length; i++) data[i] *= 1 + 2 ** -21 * noise[i];
    p.assign(new Tensor(data, shape));
  }
}

describe.each(modelNames)("%s", (name) => {
  const made = (): Model => build(reduced(readSpec(name), reductions[name]), { seed: 1 });

  it("gives the same losses and parameters by the reference engine", () => {
    const [own, compiled] = [made(), made()];
    const [eager, program] = [stepOf(own), compile(stepOf(compiled), { engine: "reference" })];
    for (let i = 0; i < 3; i++) {
      const { x, t } = randomSamples(own, 4, i) as Samples;
      expect(program(x, t).item()).toBe(eager(x, t).item());
    }
    for (const [key, value] of Object.entries(own.state())) {
      expect(kernels.copy(compiled.state()[key]).data).toEqual(kernels.copy(value).data);
    }
  });

  it.each([
    ["wasm", 50],
    ["onnxruntime", 20],
  ] as const)(
    "by the engine %s gives the losses of %i steps, within what rounding does to them",
    (engine, steps) => {
      const [own, compiled] = [made(), made()];
      const others = [made(), made(), made()];
      others.forEach(disturb);
      const [eager, program] = [stepOf(own), compile(stepOf(compiled), { engine })];
      const disturbed = others.map(stepOf);
      // What a change of the parameters in their last places does to the losses so far.
      let spread = 0;
      for (let i = 0; i < steps; i++) {
        const { x, t } = randomSamples(own, 4, i) as Samples;
        const loss = eager(x, t).item();
        for (const step of disturbed) spread = Math.max(spread, Math.abs(step(x, t).item() - loss));
        const bound = 32 * Math.max(spread, 2 ** -23 * Math.abs(loss));
        expect(Math.abs(program(x, t).item() - loss)).toBeLessThanOrEqual(bound);
      }
    },
    120_000,
  );

  it("gives the same losses, to the last bit, on one thread and on two", () => {
    const [one, two] = [1, 2].map((threads) => compile(stepOf(made()), { engine: "wasm", threads }));
    const like = made();
    for (let i = 0; i < 6; i++) {
      const { x, t } = randomSamples(like, 32, i) as Samples;
      expect(two(x, t).item()).toBe(one(x, t).item());
    }
  });

  it("is measured by compiled outputs as by its own, with one program", () => {
    const net = made();
    const { x, t } = randomSamples(net, 10, 3) as Samples;
    let traces = 0;
    const outputs = compile(
      (batch: typeof x) => {
        traces++;
        return net.outputs(batch);
      },
      { engine: "wasm" },
    );
    const [own, compiled] = [net.evaluate(x, t, 4), net.evaluate(x, t, 4, outputs)];
    expect(traces).toBe(1);
    for (const [metric, value] of Object.entries(own)) {
      if (/accuracy$/i.test(metric)) expect(compiled[metric]).toBe(value);
      else expect(Math.abs(compiled[metric] - value)).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
    }
    const largest = (values: Record<string, Variable>): unknown[] =>
      Object.values(values).map((y) => kernels.argmax(y.value, y.ndim - 1).toArray());
    const { x: batch } = randomSamples(net, 4, 5) as Samples;
    expect(largest(outputs(batch))).toEqual(largest(net.outputs(batch)));
  });
});
