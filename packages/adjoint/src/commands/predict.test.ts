import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { softmax, type Variable } from "@adjoint/autograd";
import { loadDigits } from "@adjoint/data";
import { toOnnx } from "@adjoint/exchange";
import { build, layers, loadModel, model, saveModel } from "@adjoint/nn";
import { tensor, zeros } from "@adjoint/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../testing/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-predict-"));
const [run, saved, line] = ["run", "run/model.safetensors", "line.safetensors"].map((name) => join(folder, name));
const spec = join(folder, "spec.json");

beforeAll(async () => {
  const layer = { kind: "affine", units: 10 };
  writeFileSync(spec, JSON.stringify({ version: 1, input: [64], layers: [layer], loss: "crossEntropy" }));
  await runCommand("train", spec, "--epochs", "3", "--lr", "0.01", "--run", run);
  await saveModel(build(model({ input: [2], layers: [layers.affine(1)], loss: "mse" }), { seed: 1 }), line);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the command; the folder of this test does not show. */
async function adjoint(...args: string[]) {
  const { code, stdout, stderr } = await runCommand(...args);
  return { code, stdout: stdout.replaceAll(folder, "<folder>"), stderr: stderr.replaceAll(folder, "<folder>") };
}

const { test } = loadDigits({ flatten: true });
const rows = test.x.slice(0, 3).toArray() as number[][];

describe("adjoint predict, given an ONNX file", () => {
  const classesOf = ({ stdout }: { readonly stdout: string }) =>
    (JSON.parse(stdout) as { class: string; probabilities: { class: string; probability: number }[] }[]).map(
      ({ class: name, probabilities }) => ({ name, probabilities }),
    );

  it("gives the classes and probabilities of the model that it was written from", async () => {
    const [file, samples] = [join(folder, "digits.onnx"), join(folder, "onnx-rows.json")];
    writeFileSync(samples, JSON.stringify(rows));
    expect((await adjoint("export", saved, "-o", file)).code).toBe(0);
    const [ofFile, ofModel] = [
      classesOf(await adjoint("predict", file, samples, "--json")),
      classesOf(await adjoint("predict", saved, samples, "--json")),
    ];
    expect(ofFile.map(({ name }) => name)).toEqual(ofModel.map(({ name }) => name));
    // 64 products and their sum, each rounded by at most 2^-24 of values below 100.
    ofFile.forEach(({ probabilities }, i) => {
      probabilities.forEach(({ probability }, k) => {
        expect(Math.abs(probability - ofModel[i].probabilities[k].probability)).toBeLessThan(1e-4);
      });
    });
    const numbers = JSON.parse((await adjoint("predict", file, samples, "--loss", "mse", "--json")).stdout);
    expect(numbers[0].output).toHaveLength(10);
  });

  it("takes the outputs of a last softmax for probabilities", async () => {
    const file = join(folder, "softmax.onnx");
    const net = build(model({ input: [3], layers: [layers.affine(2)] }), { seed: 1 });
    writeFileSync(
      file,
      toOnnx((x: Variable) => softmax(net.predict(x)), { examples: [zeros([1, 3])] }),
    );
    const [{ probabilities }] = classesOf(await adjoint("predict", file, "1,2,3", "--json"));
    const expected = softmax(net.predict(tensor([[1, 2, 3]]))).toArray() as number[][];
    expect(probabilities.map(({ probability }) => probability)).toEqual(
      [...expected[0]].sort((a, b) => b - a).map((p) => expect.closeTo(p, 5)),
    );
  });
});

describe("adjoint evaluate", () => {
  it("measures a run on its own data, and its saved model to the same numbers", async () => {
    const [ofRun, ofFile] = [await adjoint("evaluate", run, "--json"), await adjoint("evaluate", saved, "--json")];
    const { model: _, part, ...numbers } = JSON.parse(ofRun.stdout);
    expect(JSON.parse(ofFile.stdout)).toMatchObject(numbers);
    const net = await loadModel(saved);
    expect(numbers.measured.accuracy).toBe(net.accuracy(test.x, test.t));
    expect(numbers).toMatchObject({ data: "digits", samples: 360 });
    expect(part).toBe("test");
    const words = await adjoint("evaluate", run, "--top-k", "2");
    expect(words.stdout).toMatch(
      /^<folder>\/run on digits, 360 test samples\nloss [\d.]+\naccuracy [\d.]+ % \(\d+ of 360\)\ntop 2 accuracy/,
    );
    expect(words.stdout).toContain("precision");
    expect((await adjoint("evaluate", run, "--part", "train")).stdout).toContain("1,437 train samples");
  });

  it("says in a line what it cannot measure", async () => {
    const noLoss = join(folder, "no-loss.json");
    writeFileSync(noLoss, JSON.stringify({ version: 1, input: [64], layers: [{ kind: "affine", units: 10 }] }));
    const errors = [
      await adjoint("evaluate", noLoss),
      await adjoint("evaluate", line),
      await adjoint("evaluate", join(folder, "none")),
      await adjoint("evaluate", run, "--part", "all"),
      await adjoint("evaluate", run, "--split", "0.5"),
      await adjoint("evaluate", run, "--no-standardize"),
      await adjoint("predict", line, "1,2", "--top", "2"),
    ];
    expect(errors.map(({ code }) => code)).toEqual(errors.map(() => 2));
    expect(errors.map(({ stderr }) => stderr.split("\n")[0])).toMatchInlineSnapshot(`
      [
        "error: evaluate: the model has no loss to measure by; expected a model with a loss. Add one to the spec, such as "loss": "crossEntropy".",
        "error: evaluate: the data have samples of shape [64]; expected [2], which the model takes. Name other data by --data, which are the digits by default, or declare input: [64]. Data of images come in rows where the input has one axis, and as [channels, height, width] where it has three.",
        "error: evaluate: <folder>/none has an unknown file extension; expected a name that ends in .json, .yaml, .yml, .ts, .mts, .js, .mjs, .safetensors. Rename a saved model so that its name ends in .safetensors.",
        "error: option '--part <part>' argument 'all' is invalid. Allowed choices are test, train.",
        "error: --split: it has no effect without --data. Leave it out otherwise.",
        "error: --no-standardize: it has no effect without --data. Leave it out otherwise.",
        "error: --top: it has no effect without a model with classes. Leave it out otherwise.",
      ]
    `);
  });
});

describe("adjoint predict", () => {
  it("takes the numbers of a sample, and files of samples", async () => {
    const net = await loadModel(saved);
    const classes = net.predict(test.x.slice(0, 3)).argmax({ axis: 1 }).toArray() as number[];
    const file = join(folder, "rows.json");
    writeFileSync(file, JSON.stringify(rows));
    const [one, many] = [
      await adjoint("predict", run, rows[0].join(",")),
      await adjoint("predict", saved, file, "--json"),
    ];
    expect(one.stdout).toContain(`│ input │ ${classes[0]}     │`);
    const predictions = JSON.parse(many.stdout);
    expect(predictions.map(({ class: of }: { class: string }) => Number(of))).toEqual(classes);
    for (const { probabilities } of predictions) {
      const values = probabilities.map(({ probability }: { probability: number }) => probability);
      expect(values).toEqual(values.toSorted((a: number, b: number) => b - a));
      // Ten float32 numbers, each rounded once.
      expect(Math.abs(values.reduce((a: number, b: number) => a + b, 0) - 1)).toBeLessThan(10 * 2 ** -24);
    }
  });

  it("gives numbers where there are no classes", async () => {
    const net = await loadModel(line);
    const { stdout } = await adjoint("predict", line, "0.5", "2", "--json");
    const [[y]] = net.predict(tensor([[0.5, 2]])).toArray() as number[][];
    expect(JSON.parse(stdout)).toEqual([{ input: "input", output: [y] }]);
    expect((await adjoint("predict", line, "--", "-0.5,2")).code).toBe(0);
  });

  it("says in a line what it cannot read", async () => {
    const bad = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const errors = [
      await adjoint("predict", run, "1,2,3"),
      await adjoint("predict", run, "cat.gif"),
      await adjoint("predict", run, bad("a.json", "[[1,2")),
      await adjoint("predict", run, bad("b.json", "[[1,2],[3]]")),
      await adjoint("predict", run, bad("c.json", "[[1,2],[3,4]]")),
      await adjoint("predict", run, bad("d.json", "{}")),
      await adjoint("predict", line, bad("a.csv", "a,b\n1,2\n")),
      await adjoint("predict", run),
    ];
    expect(errors.map(({ code }) => code)).toEqual(errors.map(() => 2));
    expect(errors.map(({ stderr }) => stderr.split("\n")[0])).toMatchInlineSnapshot(`
      [
        "error: predict: the input has 3 numbers; expected [64], or more in a list. A sample of this model is 64 numbers.",
        "error: predict: cat.gif is neither a list of numbers nor a file with a known ending; expected numbers, or the name of a file that ends in .json, .csv, .tsv, .jsonl, .ndjson, .npz, .npy, .png. Write the numbers of a sample as 0.5,1,2.",
        "error: predict: <folder>/a.json is not JSON; expected lists of numbers, one for each sample. Write [[0.5, 1, 2]] for one sample of three numbers.",
        "error: predict: <folder>/b.json does not hold numbers in lists of equal lengths; expected lists of numbers, one for each sample. Write [[0.5, 1, 2]] for one sample of three numbers.",
        "error: predict: <folder>/c.json has shape [2, 2]; expected [64], or more in a list. A sample of this model is 64 numbers.",
        "error: predict: <folder>/d.json does not hold numbers in lists of equal lengths; expected lists of numbers, one for each sample. Write [[0.5, 1, 2]] for one sample of three numbers.",
        "error: predict: <folder>/a.csv is a table, and the model does not say how tables become its numbers; expected a model that was trained on a table by train. Pass the numbers as the model takes them: on the command line, or in a file of JSON or NPY.",
        "error: missing required argument 'input'",
      ]
    `);
  });
});
