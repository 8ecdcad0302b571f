/** Data that a spec names in its field `training`: trained on, measured on, and left for others that are given. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, saveModel } from "@adjoint/nn";
import { afterAll, expect, it } from "vitest";
import { runCommand } from "../testing/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-spec-data-"));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "data"));
copyFileSync(fileURLToPath(new URL("fixtures/iris.csv", import.meta.url)), join(folder, "data", "iris.csv"));

const specOf = (name: string, training: unknown, input = 4): string => {
  const path = join(folder, name);
  const layers = [{ kind: "affine", units: 8 }, { kind: "tanh" }, { kind: "affine", units: input === 4 ? 3 : 10 }];
  writeFileSync(path, JSON.stringify({ version: 1, input: [input], layers, loss: "crossEntropy", training }));
  return path;
};

/** What a command that succeeds prints as JSON. */
async function printed(...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runCommand(...args, "--json");
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

const own = { data: "data/iris.csv", target: "species", epochs: 2, batchSize: 16, lr: 0.01 };
const iris = join(folder, "data", "iris.csv");

it("is trained on as if it were named by options, from the folder of the spec", async () => {
  const run = join(folder, "run");
  const by = await printed("train", specOf("own.json", own), "--run", run);
  const { data: _data, target: _target, ...rest } = own;
  const other = await printed("train", specOf("plain.json", rest), "--data", iris, "--target", "species");
  expect(by.measured).toBeDefined();
  expect(by.measured).toEqual(other.measured);
  expect(await printed("evaluate", run)).toMatchObject({ data: iris, part: "test", samples: 30 });
});

it("is what a saved model beside the spec is measured on: the samples that were held out", async () => {
  const saved = join(folder, "saved.safetensors");
  await printed("train", specOf("own.json", own), "--save", saved);
  expect(await printed("evaluate", saved)).toMatchObject({ data: iris, part: "test", samples: 30 });
  expect(await printed("evaluate", saved, "--data", iris, "--target", "species")).toMatchObject({
    part: null,
    samples: 150,
  });
  expect(await printed("find-lr", specOf("own.json", own), "--steps", "20")).toMatchObject({ batchSize: 16 });
});

it("measures all rows of a table on a model that does not say how its data were read, and the test part of a data set", async () => {
  const net = build(JSON.parse(readFileSync(specOf("plain.json", {}), "utf8")), { seed: 1 });
  const saved = join(folder, "by-hand.safetensors");
  await saveModel(net, saved);
  expect(await printed("evaluate", saved, "--data", iris, "--target", "species")).toMatchObject({
    part: null,
    samples: 150,
  });
  const test = ["--data", iris, "--target", "species", "--part", "test"];
  expect(await printed("evaluate", saved, ...test)).toMatchObject({ part: "test", samples: 30 });
  const digits = join(folder, "digits.safetensors");
  await saveModel(build(JSON.parse(readFileSync(specOf("digits.json", {}, 64), "utf8"))), digits);
  expect(await printed("evaluate", digits)).toMatchObject({ part: "test", samples: 360 });
});

it("says of a spec, and only of one, that its weights are random", async () => {
  const spec = specOf("digits.json", {}, 64);
  const image = join(folder, "image.json");
  writeFileSync(image, JSON.stringify([Array.from({ length: 64 }, () => 0)]));
  for (const [op, ...inputs] of [["evaluate"], ["predict", image]]) {
    const { code, stderr } = await runCommand(op, spec, ...inputs, "--json");
    const words = "is not trained: its weights are random. Name what adjoint train writes by --save or --run.";
    expect([code, stderr]).toEqual([0, `note: ${op}: ${spec} ${words}\n`]);
  }
});

it("gives way to data that are given, with its target; a target alone is that of any table", async () => {
  const samples = async (...args: string[]) => {
    const run = join(folder, `run-${args.length}`);
    await printed("train", ...args, "--run", run, "--epochs", "1");
    const { data, samples } = await printed("evaluate", run, "--part", "test");
    return [data, samples];
  };
  expect(await samples(specOf("digits.json", own, 64), "--data", "Digits", "--seed", "1")).toEqual(["digits", 360]);
  const { data: _, ...target } = own;
  expect(await samples(specOf("target.json", target), "--data", iris)).toEqual([iris, 30]);
});

it("is refused where it is not there, or no text", async () => {
  const missing = await runCommand("train", specOf("missing.json", { ...own, data: "none.csv" }));
  expect([missing.code, missing.stderr]).toEqual([
    2,
    expect.stringContaining(`no file or folder ${join(folder, "none.csv")}`),
  ]);
  const wrong = await runCommand("train", specOf("wrong.json", { data: 3 }));
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    expect.stringContaining("training.data is 3; it must be a path or the name of a data set"),
  ]);
});
