import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeSafetensors } from "@adjoint/data";
import { build, layers, model, saveModel } from "@adjoint/nn";
import { kernels, rng, type Tensor, tensor } from "@adjoint/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { opsOf, runOnnx } from "../../../exchange/src/testing/onnx.ts";
import { type CommandResult, runCommand } from "../testing/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-export-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const spec = model({
  input: [1, 4, 4],
  layers: [layers.convolution({ filters: 2, size: 3 }), layers.relu(), layers.affine(3)],
  loss: "softmaxWithLoss",
});
const specFile = join(folder, "model.json");
writeFileSync(specFile, JSON.stringify(spec));

async function adjoint(...args: string[]): Promise<CommandResult> {
  const { code, stdout, stderr } = await runCommand("export", ...args);
  return { code, stdout: stdout.replaceAll(folder, "<folder>"), stderr: stderr.replaceAll(folder, "<folder>") };
}

const at = (name: string): string => join(folder, name);

describe("adjoint export", () => {
  it("writes a saved model, which predicts the same", async () => {
    const net = build(spec, { seed: 3 });
    await saveModel(net, at("net.safetensors"));
    const { code, stdout } = await adjoint(at("net.safetensors"), "-o", at("net.onnx"));
    expect([code, stdout]).toEqual([0, "wrote <folder>/net.onnx\n"]);
    const bytes = readFileSync(at("net.onnx"));
    expect(opsOf(bytes)).toEqual(["Conv", "Relu", "Reshape", "Gemm"]);
    const x = rng(1).normal([5, 1, 4, 4]);
    const [y] = runOnnx(bytes, { input: x }, ["affine1"]);
    const expected = net.predict(x).value;
    // Sums of 9 and of 8 products of numbers below 4, in another order.
    const most = 17 * 2 ** -23 * 16;
    expect(kernels.max(kernels.abs(kernels.sub(y, expected))).item()).toBeLessThan(most);
  });

  it("writes a step of training, whose states go in and come out", async () => {
    const { code } = await adjoint(
      specFile,
      "-o",
      at("step.onnx"),
      "--training",
      "--batch-size",
      "6",
      "--optimizer",
      "sgd",
      "--lr",
      "0.5",
    );
    expect(code).toBe(0);
    const bytes = readFileSync(at("step.onnx"));
    const x = rng(2).normal([6, 1, 4, 4]);
    const t = tensor([0, 1, 2, 0, 1, 2], { dtype: "int32" });
    const net = build(spec);
    let state: Readonly<Record<string, Tensor>> = decodeSafetensors(readFileSync(at("step.safetensors"))).tensors;
    expect(state["conv1.weight"].toArray()).toEqual(net.state()["conv1.weight"].toArray());
    const losses: number[] = [];
    for (let i = 0; i < 20; i++) {
      const names = Object.keys(state).filter((name) => name !== "lr");
      const [loss, ...next] = runOnnx(bytes, { x, t, ...state }, ["loss", ...names.map((name) => `${name}.next`)]);
      losses.push(Number(loss.item()));
      state = { ...state, ...Object.fromEntries(names.map((name, k) => [name, next[k]])) };
    }
    // Ends far below the start, ln 3: the numbers are learned by heart.
    expect(losses[0]).toBeCloseTo(net.loss(x, t).item(), 5);
    expect(losses[19]).toBeLessThan(losses[0] / 2);
  });

  it("says what it does not write", async () => {
    expect((await adjoint(specFile, "-o", at("net.txt"))).stderr).toMatchInlineSnapshot(`
      "error: --output: <folder>/net.txt does not end in .onnx. Name a file that ends in .onnx.
      "
    `);
    expect((await adjoint(specFile)).stderr).toContain("--output");
    const noLoss = at("no-loss.json");
    writeFileSync(noLoss, JSON.stringify({ ...spec, loss: undefined }));
    expect((await adjoint(noLoss, "-o", at("step.onnx"), "--training")).stderr).toMatchInlineSnapshot(`
      "error: export: the model has no loss to train by; expected a model with a loss.
      "
    `);
    const old = await adjoint(specFile, "-o", at("old.onnx"), "--opset", "9");
    expect(old.stderr).toContain("Allowed choices are 17, 18, 19, 20, 21");
    expect(existsSync(at("old.onnx"))).toBe(false);
  });
});
