import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { constant, type Variable } from "@adjoint/autograd";
import { compile } from "@adjoint/compiler";
import { loadDigits } from "@adjoint/data";
import { onnxModel, toOnnx } from "@adjoint/exchange";
import { gradcheck } from "@adjoint/gradcheck";
import { build, layers, model } from "@adjoint/nn";
import { Trainer } from "@adjoint/optim";
import { rng } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { encodeMessage } from "../../../exchange/src/onnx/messages/write.ts";
import { runCommand } from "../testing/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-onnx-"));
const torch = (name: string) =>
  readFileSync(new URL(`../../../exchange/src/onnx/in/fixtures/torch/${name}.onnx`, import.meta.url));

const small = join(folder, "small.onnx");
const spec = model({ input: [3], layers: [layers.affine(4), layers.tanh(), layers.affine(2)] });
writeFileSync(small, toOnnx(build(spec, { seed: 1 })));

describe("a network of PyTorch", () => {
  it("is trained further by a Trainer, compiled, on data it has not seen", async () => {
    const { train, test } = loadDigits({ flatten: false });
    const net = onnxModel(torch("convolutional-dynamo"), { loss: "crossEntropy" });
    const before = net.evaluate(test.x, test.t);
    const trainer = new Trainer(
      net,
      { train, test },
      {
        epochs: 6,
        miniBatchSize: 50,
        optimizer: "adam",
        optimizerParam: { lr: 0.02 },
        evaluateSampleNumPerEpoch: 100,
      },
    );
    await trainer.train();
    const after = net.evaluate(test.x, test.t);
    // Guessing is right in one case of ten.
    expect(before.accuracy).toBeLessThan(0.25);
    expect(after.accuracy).toBeGreaterThan(0.7);
    expect(after.loss).toBeLessThan(before.loss / 2);
  });

  it("predicts the same as a compiled function", () => {
    const net = onnxModel(torch("encoder-dynamo"));
    const x = rng(0).normal([3, 6, 8]);
    const eager = net.predict(x).toArray() as number[][];
    const compiled = compile((y: Variable) => net.predict(y))(constant(x));
    const numbers = (compiled.toArray() as number[][]).flat();
    // A few hundred roundings in another order.
    eager.flat().forEach((n, i) => {
      expect(Math.abs(n - numbers[i])).toBeLessThan(1e-5);
    });
  });

  it("has gradients that pass the check, by its input and by its parameters", () => {
    const net = onnxModel(torch("encoder-dynamo"), { dtype: "float64" });
    const report = gradcheck((x) => net.predict(x), [rng(1).normal([2, 6, 8])], { mode: "projected" });
    expect(report.ok).toBe(true);
  });

  it("gives back its parameters when they do not fit", () => {
    const net = onnxModel(torch("encoder-dynamo"));
    const state = net.state();
    const { position: _, ...rest } = state;
    expect(() => net.loadState(rest)).toThrow(/position/);
    net.params.position.assign(rng(2).normal([1, 6, 8]));
    net.loadState(state);
    expect(net.params.position.toArray()).toEqual(state.position.toArray());
  });
});

describe("the command, given an ONNX file", () => {
  it("reads weights from files in its folder, and follows no link out of it", async () => {
    const place = mkdtempSync(join(folder, "beside-"));
    const weights = new Uint8Array(Float32Array.of(1, 2, 3).buffer);
    const path = join(place, "net.onnx");
    writeFileSync(
      path,
      encodeMessage("Model", {
        ir_version: 8,
        opset_import: [{ domain: "", version: 17 }],
        graph: {
          node: [{ op_type: "Add", input: ["x", "w"], output: ["y"] }],
          input: [{ name: "x", type: { tensor_type: { elem_type: 1, shape: { dim: [{ dim_value: 3 }] } } } }],
          output: [{ name: "y" }],
          initializer: [
            {
              name: "w",
              data_type: 1,
              dims: [3],
              data_location: 1,
              external_data: [{ key: "location", value: "w.bin" }],
            },
          ],
        },
      }),
    );
    const missing = await runCommand("summary", path);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringMatching(/w\.bin/)]);
    writeFileSync(join(folder, "w.bin"), weights);
    symlinkSync(join(folder, "w.bin"), join(place, "w.bin"));
    expect((await runCommand("summary", path)).stderr).toMatch(/a link out of its folder/);
    rmSync(join(place, "w.bin"));
    writeFileSync(join(place, "w.bin"), weights);
    const { code, stdout } = await runCommand("summary", path);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/\b3\b/)]);
  });

  it("lists its nodes", async () => {
    const { code, stdout } = await runCommand("summary", small);
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "┌──────────────┬──────┬──────────────┬────────────┬───────────────┐
      │ node         │ op   │ output shape │ parameters │ multiply-adds │
      ├──────────────┼──────┼──────────────┼────────────┼───────────────┤
      │ input        │      │ [1, 3]       │            │               │
      │ affine1/Gemm │ Gemm │ [1, 4]       │         16 │            12 │
      │ tanh1/Tanh   │ Tanh │ [1, 4]       │          0 │             0 │
      │ affine2/Gemm │ Gemm │ [1, 2]       │         10 │             8 │
      │ total        │      │              │         26 │            20 │
      └──────────────┴──────┴──────────────┴────────────┴───────────────┘
      "
    `);
  });

  it("draws it with its backward pass", async () => {
    for (const ending of ["html", "svg", "dot", "json"]) {
      const path = join(folder, `small.${ending}`);
      const { code, stdout, stderr } = await runCommand("graph", small, "-o", path);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/\d+ nodes/);
    }
    const graph = JSON.parse(readFileSync(join(folder, "small.json"), "utf8"));
    expect(graph.nodes.filter((node: { role: string }) => node.role === "gradient").length).toBeGreaterThan(5);
    expect(Object.keys(graph.gradients)).toHaveLength(4);
  });

  it("checks its gradients", async () => {
    const { code, stdout } = await runCommand("check", small);
    expect(stdout).toMatch(/gradients agree with numerical derivatives/);
    expect(code).toBe(0);
  });

  it("measures it on data", async () => {
    const path = join(folder, "digits.onnx");
    writeFileSync(path, torch("convolutional-dynamo"));
    const { code, stdout } = await runCommand("evaluate", path, "--json", "--part", "test");
    expect(code).toBe(0);
    const { measured, samples } = JSON.parse(stdout);
    const { test } = loadDigits({ flatten: false });
    const net = onnxModel(torch("convolutional-dynamo"), { loss: "crossEntropy" });
    expect(samples).toBe(test.x.shape[0]);
    expect(measured.accuracy).toBe(net.evaluate(test.x, test.t).accuracy);
    expect((await runCommand("evaluate", path, "--loss", "mse")).stderr).toMatch(/labels?/);
  });

  it("says of what is no ONNX file what is wrong with it, and where", async () => {
    const broken = join(folder, "broken.onnx");
    writeFileSync(broken, readFileSync(small).subarray(0, 300));
    const { code, stderr } = await runCommand("summary", broken);
    expect(code).toBe(2);
    expect(stderr.replaceAll(folder, "<folder>")).toMatchInlineSnapshot(`
      "error: summary: <folder>/broken.onnx is cut off or damaged in Model.graph (byte 11). The file is not ONNX, or was not copied whole: 463 bytes are announced, and 286 are there.
      "
    `);
  });
});
