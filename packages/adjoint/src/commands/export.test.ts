import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeSafetensors, encodeSafetensors, loadDigits } from "@adjoint/data";
import { build, layers, loadModel, model, saveModel } from "@adjoint/nn";
import { kernels, rng, type Tensor, tensor } from "@adjoint/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { opsOf, runOnnx } from "../../../exchange/src/testing/onnx.ts";
import { pythonPath, runPython } from "../../../exchange/src/testing/python.ts";
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

/** A network for the digits, and how a step of it is written. */
const smaller = [
  { kind: "convolution", filters: 2, size: 3 },
  { kind: "pooling", size: 3 },
  { kind: "affine", units: 10 },
];
const training = ["--training", "--batch-size", "32", "--optimizer", "adam", "--lr", "0.01"];

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

  it("writes a step as a program in Python, with its states and data, whose files are models", async () => {
    const digits = at("digits.json");
    writeFileSync(digits, JSON.stringify({ ...spec, name: "A small network", input: [1, 8, 8], layers: smaller }));
    const { code, stdout } = await adjoint(digits, "-o", at("step.py"), ...training, "--with-data", "digits");
    expect([code, stdout]).toEqual([
      0,
      ["step.py", "step.safetensors", "digits.safetensors"].map((name) => `wrote <folder>/${name}\n`).join(""),
    ]);
    const source = readFileSync(at("step.py"), "utf8");
    expect(source).toContain(`"""A small network: a training step, and the loop around it in JAX.`);
    expect(source).toContain(`INPUTS = {\n    "x": ((32, 1, 8, 8), "float32"),\n    "t": ((32,), "int32"),\n}`);
    const { tensors } = decodeSafetensors(readFileSync(at("digits.safetensors")));
    expect([tensors.x.shape, tensors.t.shape]).toEqual([[1437, 1, 8, 8], [1437]]);
    // Those to train with.
    expect(tensors.t.toArray()).toEqual(loadDigits().train.t.toArray());
    expect((await loadModel(at("step.safetensors"))).params["affine1.weight"].shape).toEqual([8, 10]);
    if (pythonPath === null) return;
    await runPython([at("step.py"), "--data", at("digits"), "--steps", "8", "--checkpoint", at("trained.safetensors")]);
    const [before, after] = await Promise.all(["step", "trained"].map((name) => loadModel(at(`${name}.safetensors`))));
    const { x, t } = tensors;
    expect(after.loss(x, t).item()).toBeLessThan(before.loss(x, t).item());
  });

  it("writes a prediction as a program in Python", async () => {
    expect((await adjoint(specFile, "-o", at("predict.py"), "--batch-size", "4")).code).toBe(0);
    const net = await loadModel(at("predict.safetensors"));
    if (pythonPath === null) return;
    const x = rng(1).normal([6, 1, 4, 4]);
    writeFileSync(at("x.safetensors"), encodeSafetensors({ x }));
    const out = at("y.safetensors");
    const printed = await runPython([at("predict.py"), "--data", at("x.safetensors"), "--out", out]);
    expect(printed).toBe("y: float32 (6, 3)\n");
    const { y } = decodeSafetensors(readFileSync(out)).tensors;
    // Sums of 9 and of 8 products of numbers below 4, in another order.
    const most = 17 * 2 ** -23 * 16;
    expect(kernels.max(kernels.abs(kernels.sub(y, net.predict(x).value))).item()).toBeLessThan(most);
  });

  it("says what it does not write", async () => {
    expect((await adjoint(specFile, "-o", at("net.txt"))).stderr).toMatchInlineSnapshot(`
      "error: --output: <folder>/net.txt does not end in any of .onnx, .py. Name a file that ends in .onnx, .py.
      "
    `);
    expect((await adjoint(specFile)).stderr).toContain("--output");
    const noLoss = at("no-loss.json");
    writeFileSync(noLoss, JSON.stringify({ ...spec, loss: undefined }));
    expect((await adjoint(noLoss, "-o", at("step.onnx"), "--training")).stderr).toMatchInlineSnapshot(`
      "error: export: the model has no loss to train by; expected a model with a loss.
      "
    `);
    expect((await adjoint(specFile, "-o", at("digits.py"), "--with-data", "digits")).stderr).toMatchInlineSnapshot(`
      "error: --with-data: <folder>/digits.safetensors would be the file of the states and that of the data; expected another name. Give the program another name than the data.
      "
    `);
    const old = await adjoint(specFile, "-o", at("old.onnx"), "--opset", "9");
    expect(old.stderr).toContain("Allowed choices are 17, 18, 19, 20, 21");
    expect(existsSync(at("old.onnx"))).toBe(false);
  });
});
