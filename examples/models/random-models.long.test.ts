/**
 * Random models of every kind of layer as ONNX files of every version: valid by ONNX's own checker, with the numbers of the
 * library in ONNX Runtime, and the same bits when they are read back.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  build,
  kernels,
  onnxModel,
  programState,
  randomSamples,
  rng,
  stateNames,
  Tensor,
  toOnnx,
  trace,
} from "adjoint";
import fc from "fast-check";
import { expect, it } from "vitest";
import { roundingOf } from "../../packages/compiler/src/testing/rounding.ts";
import { checkOnnx } from "../../packages/exchange/src/testing/check-onnx.ts";
import { runOnnx } from "../../packages/exchange/src/testing/onnx.ts";
import { pythonPath } from "../../packages/exchange/src/testing/python.ts";
import { modelSpecs } from "../../packages/nn/src/testing/model-specs.ts";

const numbers = (x: Tensor): number[] => Array.from(kernels.copy(x).data, Number);

it("are valid, predict the same, and come back to the last bit", async () => {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-onnx-"));
  try {
    const files = fc.sample(modelSpecs, { numRuns: 120, seed: 1 }).map((spec, i) => {
      const net = build(spec, { seed: i });
      const bytes = toOnnx(net, { opset: ([17, 18, 19, 20, 21] as const)[i % 5] });
      const { x } = randomSamples(net, 3, i);
      const given = x instanceof Tensor ? { [net.inputs[0].name]: x } : (x as Record<string, Tensor>);
      const feeds = Object.fromEntries(
        net.inputs.map(({ name, type }) => [name, type === "float" ? given[name] : kernels.cast(given[name], "int32")]),
      );
      const own = Object.values(net.outputs(x)).map(({ value }) => value);
      const names = net.outputLayers.map(({ name }) => name);
      const back = onnxModel(bytes).outputs(feeds);
      expect(names.map((name) => numbers(back[name].value))).toEqual(own.map(numbers));
      const program = trace((batches: Record<string, Tensor>) => net.outputs(batches), feeds);
      const values = programState(program);
      const states = stateNames(program).map((state) => values[state] ?? null);
      const bounds = roundingOf(program, Object.values(feeds), states, rng(i));
      runOnnx(bytes, feeds, names).forEach((y, k) => {
        const expected = numbers(own[k]);
        const apart = numbers(y).map((n, j) => Math.abs(n - expected[j]));
        expect(Math.max(0, ...apart), JSON.stringify(spec)).toBeLessThanOrEqual(bounds[k]);
      });
      const path = join(folder, `${i}.onnx`);
      writeFileSync(path, bytes);
      return path;
    });
    if (pythonPath !== null) expect(await checkOnnx(files)).toBe("");
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 600_000);
