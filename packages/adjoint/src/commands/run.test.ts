import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { graphOf, variable } from "@adjoint/autograd";
import { writeSafetensors } from "@adjoint/data";
import { layers, loadModel, model } from "@adjoint/nn";
import { defaultRate, optimizerNames } from "@adjoint/optim";
import { tensor } from "@adjoint/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BuiltCommand, buildCommand } from "../testing/built-command.ts";
import { type CommandResult, runCommand } from "../testing/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-cli-"));

/** A file in a folder of this test. */
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const spec = model({
  input: [64],
  layers: [layers.affine(20), layers.relu(), layers.affine(10)],
  loss: "softmaxWithLoss",
});
const specFile = file("model.json", JSON.stringify(spec));

/** Runs the command line; the folder of this test does not show. */
async function adjoint(...args: string[]): Promise<CommandResult> {
  const result = await runCommand(...args);
  return { ...result, stderr: result.stderr.replaceAll(folder, "<folder>") };
}

describe("adjoint summary", () => {
  it("prints the layers of a JSON spec", async () => {
    const { code, stdout } = await adjoint("summary", specFile);
    expect(code).toBe(0);
    expect(stdout).toContain("affine1");
    // 64·20 + 20 and 20·10 + 10
    expect(stdout.replaceAll(",", "")).toContain("1300");
    expect(stdout.replaceAll(",", "")).toContain("210");
  });

  it("takes a module with a default export, and one that exports spec", async () => {
    for (const [name, text] of [
      ["default.mjs", `export default ${JSON.stringify(spec)};`],
      ["named.mjs", `export const spec = ${JSON.stringify(spec)};`],
    ]) {
      const { code, stdout } = await adjoint("summary", file(name, text));
      expect([code, stdout.includes("affine1")]).toEqual([0, true]);
    }
  });
});

describe("adjoint train", () => {
  it("trains at the optimizer's own rate, which the help names, unless --lr is given", async () => {
    const { stdout } = await adjoint("train", "--help");
    const words = stdout.replaceAll(/\s+/g, " ");
    expect(words).toMatch(/learning rate \(default: the optimizer's own, (?:[\d.]+ for [a-z, ]+(?:; |\)))+/);
    for (const name of optimizerNames) {
      expect(words).toMatch(new RegExp(`[( ]${defaultRate(name)} for [a-z, ]*\\b${name}\\b`));
    }
    const results = [[], ["--lr", "0.01"], ["--lr", "0.02"]].map((lr) =>
      adjoint("train", specFile, "--epochs", "1", "--optimizer", "sgd", ...lr),
    );
    const [own, given, other] = (await Promise.all(results)).map(
      ({ stdout: text }) => /loss [\d.]+|accuracy [\d.]+/.exec(text)?.[0],
    );
    expect(own).toBe(given);
    expect(other).not.toBe(own);
  });

  it("refuses batches of one sample for batch normalization, and lets a last sample join the batch before it", async () => {
    const norm = file(
      "norm.json",
      JSON.stringify({ ...spec, layers: [{ kind: "batchNormalization" }, { kind: "affine", units: 10 }] }),
    );
    const refused = await adjoint("train", norm, "--batch-size", "1");
    expect([refused.code, refused.stderr.includes("expected 2 samples or more")]).toEqual([2, true]);
    expect(refused.stdout).not.toContain("epoch");
    // 1,437 digits are four batches of 359 and one digit more.
    const last = await adjoint("train", norm, "--batch-size", "359", "--epochs", "2");
    expect([last.code, last.stdout.includes("test accuracy")]).toEqual([0, true]);
    const small = { ...spec, input: [3], layers: [{ kind: "batchNormalization" }, { kind: "affine", units: 2 }] };
    expect((await adjoint("check", file("small-norm.json", JSON.stringify(small)))).code).toBe(0);
    expect((await adjoint("summary", norm)).code).toBe(0);
  });

  it("takes the names of optimizers and data sets in upper and lower case, as the library does", async () => {
    const args = ["train", specFile, "--epochs", "1", "--optimizer", "Adam", "--data", "Digits"];
    expect(await adjoint(...args).then(({ code, stdout }) => [code, stdout.includes("data: digits")])).toEqual([
      0,
      true,
    ]);
  });

  it("saves the model, which summary and check read", async () => {
    const yaml = file(
      "model.yaml",
      "version: 1\ninput: [64]\nlayers:\n  - { kind: affine, units: 10 }\nloss: crossEntropy\n",
    );
    const saved = join(folder, "of", "mine", "trained.safetensors");
    const { code, stdout } = await adjoint("train", yaml, "--epochs", "1", "--save", saved);
    expect([code, stdout.includes(`wrote ${saved}`)]).toEqual([0, true]);
    const [summary, check] = [await adjoint("summary", saved), await adjoint("check", saved)];
    expect([summary.code, summary.stdout.includes("650")]).toEqual([0, true]);
    expect([check.code, check.stdout.includes("gradients agree")]).toEqual([0, true]);
    const loaded = await loadModel(saved);
    expect(loaded.toSpec().loss).toBe("crossEntropy");
  });

  it("takes layers and ops of one's own from modules", async () => {
    const nn = new URL("../../../nn/src/index.ts", import.meta.url).href;
    const own = file(
      "own.ts",
      `import { defineLayer } from ${JSON.stringify(nn)};
       export const twice = defineLayer({ kind: "twice", forward: ([x]) => x.mul(2) });`,
    );
    const json = file(
      "own.json",
      JSON.stringify({ ...spec, layers: [{ kind: "twice" }, { kind: "affine", units: 10 }] }),
    );
    expect((await adjoint("summary", json, "--use", own)).stdout).toContain("twice1");
    const small = file(
      "own-small.json",
      JSON.stringify({ ...spec, input: [3], layers: [{ kind: "twice" }, { kind: "affine", units: 2 }] }),
    );
    expect((await adjoint("check", small, "--use", own)).code).toBe(0);
    expect((await adjoint("train", json, "--epochs", "1", "--use", own)).stdout).toContain("test accuracy");
    expect((await adjoint("summary", json)).stderr).toContain('unknown kind "twice"');
  });

  it("trains, reports an accuracy and writes curves and graph", async () => {
    const out = join(folder, "out");
    const { code, stdout, stderr } = await adjoint("train", specFile, "--epochs", "3", "--lr", "0.01", "--out", out);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/epoch 1\/3 .*\nepoch 2\/3 .*\nepoch 3\/3 /);
    const accuracy = /test accuracy ([\d.]+) %/.exec(stdout);
    // Guessing gives 10 %.
    expect(Number(accuracy?.[1])).toBeGreaterThan(60);
    expect(readdirSync(out).sort()).toEqual(["graph.dot", "graph.html", "graph.svg", "training-curve.svg"]);
    expect(readFileSync(join(out, "graph.dot"), "utf8")).toContain("affine1.weight");
  });

  it("gives the same result for the same seed, and another for another", async () => {
    const train = async (seed: string): Promise<string[]> =>
      (await adjoint("train", specFile, "--epochs", "1", "--seed", seed)).stdout.match(/loss [\d.]+/g) ?? [];
    const first = await train("1");
    expect(first).toHaveLength(1);
    expect(await train("1")).toEqual(first);
    expect(await train("2")).not.toEqual(first);
  });

  it("prints a line for each tenth of many epochs", async () => {
    const { stdout } = await adjoint("train", specFile, "--epochs", "21");
    expect(stdout.match(/epoch +\d+\/21/g)).toHaveLength(7);
  });
});

describe("what adjoint train finds out before it trains", () => {
  it("is a place that cannot be written to, and a file that it reads", async () => {
    mkdirSync(join(folder, "taken.safetensors"));
    mkdirSync(join(folder, "linked"));
    symlinkSync(specFile, join(folder, "linked", "graph.svg"));
    const errors = [
      await adjoint("train", specFile, "--save", join(folder, "taken.safetensors")),
      await adjoint("train", specFile, "--save", join(specFile, "x.safetensors")),
      await adjoint("train", specFile, "--out", join(folder, "linked")),
      await adjoint("train", specFile, "--out", join(specFile, "x")),
      await adjoint("train", specFile, "--out", ""),
      await adjoint("train", specFile, "--save", "new.safetensors", "--out", "./new.safetensors"),
      await adjoint("train", specFile, "--save", "new.safetensors", "--out", "new.safetensors/x"),
    ];
    expect(errors.map(({ code, stdout }) => [code, stdout])).toEqual(errors.map(() => [2, ""]));
    expect(errors.map(({ stderr }) => stderr.trim())).toMatchInlineSnapshot(`
      [
        "error: --save: cannot write <folder>/taken.safetensors: EISDIR, it is a folder. Name a file.",
        "error: --save: cannot write <folder>/model.json/x.safetensors: ENOTDIR, a part of the path is a file, not a folder. Name a file in a folder that exists.",
        "error: --out: <folder>/linked/graph.svg is the file that is read. Name another file.",
        "error: --out: cannot write <folder>/model.json/x/training-curve.svg: ENOTDIR, a part of the path is a file, not a folder. Name a file in a folder that exists.",
        "error: --out: the name of the folder is empty. Name a folder, such as output.",
        "error: --out: ./new.safetensors leads through new.safetensors, the file of --save. Name another folder.",
        "error: --out: new.safetensors/x leads through new.safetensors, the file of --save. Name another folder.",
      ]
    `);
    expect(readFileSync(specFile, "utf8")).toBe(JSON.stringify(spec));
  });

  it("is a folder of data that would not be read", async () => {
    const { code, stdout, stderr } = await adjoint("train", specFile, "--data-dir", join(folder, "nowhere"));
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatchInlineSnapshot(`
      "error: --data-dir: the data set digits is part of the package and is read from no folder; expected --data mnist, fashion-mnist or kmnist. Add --data mnist, or leave out --data-dir.
      "
    `);
  });

  it("is an option that would change nothing", async () => {
    const lines: string[] = [];
    for (const [command, ...options] of [
      ["train", "--checkpoint-every", "5"],
      ["train", "--best-by", "accuracy"],
      ["train", "--engine", "none", "--threads", "2"],
      ["train", "--no-standardize"],
      ["find-lr", "--engine", "reference", "--threads", "2"],
      ["explain", "--engine", "reference", "--threads", "2"],
      ["evaluate", "--loss", "l1"],
      ["export", "--lr", "0.1", "--output", join(folder, "idle.onnx")],
      ["export", "--optimizer", "sgd", "--output", join(folder, "idle.py")],
      ["export", "--opset", "18", "--output", join(folder, "idle.py")],
    ]) {
      const { code, stderr } = await adjoint(command, specFile, ...options);
      expect(code).toBe(2);
      lines.push(stderr.trimEnd());
    }
    expect(lines).toMatchInlineSnapshot(`
      [
        "error: --checkpoint-every: it has no effect without --run. Leave it out otherwise.",
        "error: --best-by: it has no effect without --keep-best or --patience. Leave it out otherwise.",
        "error: --threads: it has no effect without --engine auto or wasm or onnxruntime. Leave it out otherwise.",
        "error: --no-standardize: the data set digits has no columns; expected the path of a table. Name a table by --data, or leave out --no-standardize.",
        "error: --threads: it has no effect without --engine auto or wasm or onnxruntime. Leave it out otherwise.",
        "error: --threads: it has no effect without --engine auto or wasm or onnxruntime. Leave it out otherwise.",
        "error: --loss: it has no effect without an ONNX file. Leave it out otherwise.",
        "error: --lr: it has no effect without --training. Leave it out otherwise.",
        "error: --optimizer: it has no effect without --training. Leave it out otherwise.",
        "error: --opset: it has no effect without --output FILE.onnx. Leave it out otherwise.",
      ]
    `);
    expect(readdirSync(folder).filter((name) => name.startsWith("idle"))).toEqual([]);
  });

  it("makes no folder when it is stopped by a mistake", async () => {
    await adjoint(
      "train",
      join(folder, "none.json"),
      "--out",
      join(folder, "a/b"),
      "--save",
      join(folder, "c/d.safetensors"),
    );
    expect(readdirSync(folder)).not.toEqual(expect.arrayContaining(["a"]));
    expect(readdirSync(folder)).not.toEqual(expect.arrayContaining(["c"]));
  });
});

it("says on what it trains, and which version it is", async () => {
  const { stdout } = await adjoint("train", specFile, "--epochs", "1");
  expect(stdout).toContain(
    "\ndata: digits, 1,437 samples to train with and 360 to test with, of shape [64], in 10 classes\n",
  );
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(await adjoint("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

describe("words of others", () => {
  const evil = "\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e\ufeff\n  forged";
  /** What a terminal would act on, or not show. */
  const forbidden = /[^\P{Cc}\n]|[\u200b\u202a-\u202e\u2066-\u2069\ufeff]/u;
  const layer = { kind: "affine", units: 10 };

  it.each([
    ["an option", { ...spec, layers: [{ ...layer, [evil]: 1 }] }],
    ["a name of the model", { ...spec, [evil]: 1 }],
    ["a kind", { ...spec, layers: [{ kind: evil }] }],
    ["a loss", { ...spec, loss: evil }],
    ["a layer's name", { ...spec, layers: [{ ...layer, name: evil }] }],
    ["a source", { ...spec, layers: [{ ...layer, from: evil }] }],
    ["a shared layer", { ...spec, layers: [layer, { ...layer, shared: evil }] }],
    ["an output", { ...spec, outputs: [evil] }],
    ["an input", { ...spec, input: undefined, inputs: { [evil]: [64], b: [3] } }],
    ["an op", { ...spec, layers: [{ kind: "op", op: evil }] }],
    ["a graph's op", { ...graphOf(variable(1).exp()).toJSON(), outputs: [evil], [evil]: 1 }],
  ])("do not reach the terminal as they are: %s", async (_, content) => {
    for (const text of [JSON.stringify(content), JSON.stringify(content).slice(1)]) {
      const path = file("evil.json", text);
      for (const args of [
        ["summary", path],
        ["graph", path, "-o", join(folder, "evil.html")],
      ]) {
        const { code, stdout, stderr } = await adjoint(...args);
        expect(code).toBe(2);
        expect(stdout + stderr).not.toMatch(forbidden);
        expect(stderr).not.toMatch(/^ +forged/m);
      }
    }
  });

  it("do not reach it by names of files, arguments, safetensors or what a module exports and throws either", async () => {
    const path = file(evil.replaceAll("/", "-"), "");
    const exports = `export { x as ${JSON.stringify(evil)} }; const x = 1;`;
    const saved = join(folder, "evil.safetensors");
    await writeSafetensors(saved, { [evil]: tensor([1]) }, { metadata: { [evil]: evil } });
    for (const args of [
      ["summary", path],
      ["summary", `${path}.json`],
      [evil],
      ["summary", specFile, "--seed", evil],
      ["summary", saved],
      ["check", file("exports.mjs", exports)],
      ["graph", `${file("exports.mjs", exports)}#${evil}`, "-o", join(folder, "evil.html")],
      ["summary", file("throws.mjs", `throw new Error(${JSON.stringify(evil)})`)],
    ]) {
      const { code, stdout, stderr } = await adjoint(...args);
      // A file that is no model of ours is listed.
      expect(code).toBe(args.includes(saved) ? 0 : 2);
      expect(stdout + stderr).not.toMatch(forbidden);
    }
  });
});

describe("mistakes", () => {
  it.each([
    ["a file that is not there", ["train", join(folder, "nothing.json")]],
    ["a file of another kind", ["train", "model.txt"]],
    ["a file that is no JSON", ["train", file("broken.json", "{ layers: ")]],
    ["a module without a spec", ["train", file("empty.mjs", "export const other = 1;")]],
    ["a spec for other data", ["train", specFile, "--data", "mnist", "--data-dir", folder]],
    ["a folder that is a file", ["train", specFile, "--out", specFile]],
    ["a saved model over the spec", ["train", specFile, "--save", specFile]],
    [
      "more classes than units",
      ["train", file("few.json", JSON.stringify({ ...spec, layers: [{ kind: "affine", units: 5 }] }))],
    ],
    ["a batch beyond all memory", ["train", specFile, "--batch-size", "1000000000000"]],
  ])("are told without a stack, with exit code 2: %s", async (_, args) => {
    const { code, stderr } = await adjoint(...args);
    expect(code).toBe(2);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(/^error: \S+: /);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it.each(["json", "yaml", "safetensors", "mjs"])("are what is no file, empty or no text: .%s", async (ending) => {
    mkdirSync(join(folder, `folder.${ending}`));
    symlinkSync("/dev/zero", join(folder, `endless.${ending}`));
    symlinkSync("/dev/null", join(folder, `device.${ending}`));
    const names = ["folder", "endless", "device", "empty", "binary"].map((name) => `${name}.${ending}`);
    file(names[3], "");
    writeFileSync(
      join(folder, names[4]),
      Uint8Array.from({ length: 3000 }, (_, i) => (i * 7919 + 200) % 256),
    );
    try {
      execFileSync("mkfifo", [join(folder, `pipe.${ending}`)]);
      names.push(`pipe.${ending}`);
    } catch {
      // There are no pipes with names here.
    }
    for (const name of names) {
      for (const args of [["summary"], ["graph", "-o", join(folder, "never.html")], ["check"], ["train"]]) {
        const { code, stderr } = await adjoint(...args, join(folder, name));
        expect(code).toBe(2);
        expect(stderr.trimEnd().split("\n")).toHaveLength(1);
      }
    }
  });

  it("name the command, and no function that it calls", async () => {
    const path = file("other.safetensors", '{"version":1,"input":[64],"layers":[{"kind":"affine","units":9}]}');
    for (const args of [["summary"], ["check"], ["graph", "-o", join(folder, "never.html")], ["train"]]) {
      for (const name of ["nothing.json", "model.txt", path, file("other.mjs", "export const other = 1;")]) {
        const { stderr } = await adjoint(...args, name);
        expect(stderr).toMatch(new RegExp(`^error: ${args[0]}: `));
      }
    }
  });

  it("says what to do about a file that is not there", async () => {
    const { stderr } = await adjoint("summary", join(folder, "nothing.json"));
    expect(stderr).toMatchInlineSnapshot(`
      "error: summary: there is no file <folder>/nothing.json. Paths count from the current folder.
      "
    `);
    const saved = await adjoint("train", join(folder, "model.safetensors"));
    expect(saved.stderr).toContain("That is a saved model: load it in a program by loadModel");
    const renamed = await adjoint("summary", join(folder, "model.bin"));
    expect(renamed.stderr).toContain("Rename a saved model so that its name ends in .safetensors.");
  });

  it.each([
    [["train", specFile, "--epoch", "3"], "unknown option '--epoch'"],
    [["train", specFile, "--epochs", "many"], "an integer, 1 or more"],
    [["train", specFile, "--epochs", "0"], "an integer, 1 or more"],
    [["train", specFile, "--lr", "-1"], "number above 0"],
    [["train", specFile, "--optimizer", "adamw9"], "Allowed choices are sgd"],
    [
      ["train", specFile, "--data", "cats"],
      "there is no data set cats; expected a file, a folder, or one of digits, mnist",
    ],
    [["train", specFile, "--data", "digts"], 'Did you mean "digits"?'],
    [["train"], "missing required argument 'spec'"],
    [["draw"], "unknown command 'draw'"],
    [["draw", "--help"], "unknown command 'draw'"],
    [["help", "trian"], "Did you mean train?"],
    [["data", "inof", "-h"], "Did you mean info?"],
  ])("in arguments are explained: %j", async (args, text) => {
    const { code, stderr } = await adjoint(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(text);
  });
});

it.each([
  [["help", "data", "info"], "Usage: adjoint data info"],
  [["help", "train"], "Usage: adjoint train"],
  [["data", "info", "-h"], "Usage: adjoint data info"],
  [["train", "help", "--help"], "Usage: adjoint train"],
])("helps with the command that is asked about: %j", async (args, text) => {
  expect(await adjoint(...args)).toMatchObject({ code: 0, stdout: expect.stringContaining(text), stderr: "" });
});

describe("a program of its own", () => {
  let built: BuiltCommand;
  beforeAll(async () => {
    built = await buildCommand();
  });
  afterAll(() => built.remove());

  it("runs", async () => {
    const [help, wrong] = await Promise.all([
      built.start(["--help"]).done,
      built.start(["summary", "nothing.json"]).done,
    ]);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain("train");
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/^error: summary: there is no file nothing\.json/);
  });

  it("ends with what it writes to: quietly for a closed pipe, with a line for a full disk", async () => {
    const start = (stdout: "pipe" | number) => {
      const options = [built.file, "train", specFile, "--epochs", "1000"];
      const child = spawn(process.execPath, options, { stdio: ["ignore", stdout, "pipe"] });
      let stderr = "";
      child.stderr?.on("data", (text) => (stderr += text));
      // The reader goes away once there is something to read, as head does.
      child.stdout?.once("data", () => child.stdout?.destroy());
      return new Promise((done) => child.on("close", (code) => done({ code, stderr })));
    };
    const isThere = existsSync("/dev/full");
    const [closed, full] = await Promise.all([start("pipe"), isThere ? start(openSync("/dev/full", "w")) : null]);
    expect(closed).toEqual({ code: 141, stderr: "" });
    if (!isThere) return;
    const line = "error: output: cannot write to standard output: ENOSPC, no space left on device.\n";
    expect(full).toEqual({ code: 1, stderr: line });
  });
});
