/** Every model as ONNX files, for prediction and for training: valid, and with the numbers of the library. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Adam,
  build,
  kernels,
  type Model,
  type Program,
  programState,
  randomSamples,
  rng,
  stateNames,
  Tensor,
  toOnnx,
  trace,
} from "adjoint";
import { afterAll, describe, expect, it } from "vitest";
import { trainingStep } from "../../packages/adjoint/src/training/step-graph.ts";
import { roundingOf } from "../../packages/compiler/src/testing/rounding.ts";
import { checkOnnx } from "../../packages/exchange/src/testing/check-onnx.ts";
import { runOnnx } from "../../packages/exchange/src/testing/onnx.ts";
import { pythonPath } from "../../packages/exchange/src/testing/python.ts";
import { modelNames, readSpec, reduced, reductions } from "./read-spec.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-onnx-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A batch by the names of a model's inputs, as its file takes it. */
function feedsOf(net: Model, x: unknown): Record<string, Tensor> {
  const batches = x instanceof Tensor ? { [net.inputs[0].name]: x } : (x as Record<string, Tensor>);
  return Object.fromEntries(
    net.inputs.map(({ name, type }) => [name, type === "float" ? batches[name] : kernels.cast(batches[name], "int32")]),
  );
}

/** Expects results within what rounding may do to them. */
function expectWithin(found: readonly Tensor[], expected: readonly Tensor[], bounds: readonly number[]): void {
  expect(found.map(({ shape, dtype }) => [dtype, shape])).toEqual(expected.map(({ shape, dtype }) => [dtype, shape]));
  found.forEach((value, k) => {
    const [a, b] = [kernels.copy(value).data, kernels.copy(expected[k]).data];
    const apart = Array.from(a, (x, i) => (Object.is(x, b[i]) ? 0 : Math.abs(Number(x) - Number(b[i]))));
    expect(Math.max(0, ...apart)).toBeLessThanOrEqual(bounds[k]);
  });
}

/** The values that the states of a program have now; null where they are not read. */
function statesOf(program: Program): (Tensor | null)[] {
  const [names, values] = [stateNames(program), programState(program)];
  return program.states.map(({ node }, i) => (node === null ? null : values[names[i]]));
}

/** A step of training: loss, gradients and update. */
const stepOf = (net: Model) => trainingStep(net, new Adam(net.params, { lr: 0.005 }));

const small = (name: string): Model => build(reduced(readSpec(name), reductions[name]), { seed: 1 });

describe.each(modelNames)("%s", (name) => {
  it("predicts the same, whatever the size of the batch", () => {
    const net = small(name);
    const bytes = toOnnx(net);
    for (const count of [1, 5]) {
      const { x } = randomSamples(net, count, count);
      const feeds = feedsOf(net, x);
      const program = trace((batches: Record<string, Tensor>) => net.outputs(batches), feeds);
      const bounds = roundingOf(program, Object.values(feeds), statesOf(program), rng(count));
      const expected = Object.values(net.outputs(x)).map(({ value }) => value);
      expectWithin(
        runOnnx(
          bytes,
          feeds,
          net.outputLayers.map((output) => output.name),
        ),
        expected,
        bounds,
      );
    }
  });

  it("takes the same step of training: losses, parameters, slots and statistics", () => {
    const [net, same] = [small(name), small(name)];
    const { x, t } = randomSamples(net, 4, 2) as { readonly x: Tensor; readonly t: Tensor };
    const program = trace(stepOf(net), x, t);
    const bytes = toOnnx(program, { inputs: ["x", "t"] });
    const names = stateNames(program);
    const before = programState(program);
    // Gradients are written and not read; everything else that lives outside goes in.
    const feeds = Object.fromEntries(
      program.states.flatMap(({ node }, i) => (node === null ? [] : [[names[i], before[names[i]]]])),
    );
    const changed = names.filter((_, i) => program.states[i].next !== null);
    const found = runOnnx(bytes, { x, t, ...feeds }, ["output", ...changed.map((state) => `${state}.next`)]);
    const step = stepOf(same);
    const loss = step(x, t).value;
    const after = programState(trace(step, x, t));
    expect(changed.length).toBeGreaterThan(net.parameters().length);
    const bounds = roundingOf(program, [x, t], statesOf(program), rng(3));
    expectWithin(found, [loss, ...changed.map((state) => after[state])], bounds);
  });
});

it.skipIf(pythonPath === null)(
  "every model is a valid file of any version, and so is a step of its training",
  async () => {
    const files = modelNames.flatMap((name) => {
      const net = small(name);
      const { x, t } = randomSamples(net, 4, 2) as { readonly x: Tensor; readonly t: Tensor };
      const of = { step: trace(stepOf(net), x, t), 17: net, 18: net, 19: net, 20: net, 21: net };
      return Object.entries(of).map(([what, one]) => {
        const path = join(folder, `${name}-${what}.onnx`);
        writeFileSync(path, toOnnx(one as Model, what === "step" ? {} : { opset: Number(what) as 17 }));
        return path;
      });
    });
    // One process for all: its start takes longer than what it does.
    expect(await checkOnnx(files)).toBe("");
  },
);
