import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadDigits, readSafetensors } from "@adjoint/data";
import { loadModel } from "@adjoint/nn";
import { schedules } from "@adjoint/optim";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type BuiltCommand, buildCommand } from "../testing/built-command.ts";
import { type CommandResult, runCommand } from "../testing/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-resume-"));
let built: BuiltCommand;

beforeAll(async () => {
  built = await buildCommand();
});

afterAll(() => {
  built.remove();
  rmSync(folder, { recursive: true });
});

function file(name: string, content: object): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const spec = file("spec.json", {
  version: 1,
  input: [64],
  layers: [{ kind: "affine", units: 20 }, { kind: "relu" }, { kind: "dropout" }, { kind: "affine", units: 10 }],
  loss: "crossEntropy",
});

/** Runs the command; the folder of this test does not show. */
async function adjoint(...args: string[]): Promise<CommandResult> {
  const { code, stdout, stderr } = await runCommand(...args);
  const clean = (text: string): string =>
    text.replaceAll(folder, "<folder>").replaceAll(/\bprocess \d+|kill \d+/g, "<process>");
  return { code, stdout: clean(stdout), stderr: clean(stderr) };
}

const place = (name: string): string => join(folder, name);
const metricsOf = (run: string): string => readFileSync(join(run, "metrics.jsonl"), "utf8");

describe("adjoint train --run", () => {
  it("leaves the spec, the settings, a line for each mini-batch, a checkpoint, the model, curves and a report", async () => {
    const run = place("new/run");
    const { code, stdout, stderr } = await adjoint("train", spec, "--epochs", "2", "--run", run);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("wrote <folder>/new/run/report.html");
    expect(readdirSync(run).sort()).toEqual([
      "checkpoint.safetensors",
      "curves.svg",
      "given.json",
      "metrics.jsonl",
      "model.safetensors",
      "report.html",
      "settings.json",
      "spec.json",
    ]);
    expect(readFileSync(join(run, "given.json"), "utf8")).toBe(readFileSync(spec, "utf8"));
    expect(JSON.parse(readFileSync(join(run, "settings.json"), "utf8"))).toMatchObject({
      epochs: 2,
      optimizer: "adam",
    });
    const lines = metricsOf(run)
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ iteration }) => iteration)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(lines.filter(({ measured }) => measured !== undefined).map(({ iteration }) => iteration)).toEqual([15, 30]);
    const accuracy = /test accuracy ([\d.]+) %/.exec(stdout)?.[1];
    expect((100 * lines[29].measured.test.accuracy).toFixed(2)).toBe(accuracy);
    expect(readFileSync(join(run, "report.html"), "utf8")).toContain(`test accuracy ${accuracy} %`);
    const summaries = await Promise.all([adjoint("summary", run), adjoint("summary", join(run, "model.safetensors"))]);
    expect(summaries[0]).toEqual(summaries[1]);
  });

  it("goes only into a folder that is empty, and says so before it works", async () => {
    const taken = place("taken");
    mkdirSync(taken);
    writeFileSync(join(taken, "spec.json"), "mine");
    const before = await adjoint("train", spec, "--epochs", "1", "--run", place("first"));
    const errors = [
      await adjoint("train", spec, "--run", taken),
      await adjoint("train", spec, "--run", place("first")),
      await adjoint("train", spec, "--run", spec),
      await adjoint("train", spec, "--run", place("few"), "--validation", "1"),
    ];
    expect(before.code).toBe(0);
    expect(errors.map(({ code, stdout }) => [code, stdout])).toEqual(errors.map(() => [2, ""]));
    expect(errors.map(({ stderr }) => stderr.split("\n")[0])).toMatchInlineSnapshot(`
      [
        "error: --run: <folder>/taken is not empty; expected an empty folder. Name a folder that is empty, or not there.",
        "error: --run: <folder>/first holds a run already; expected an empty folder. Go on with it: adjoint resume <folder>/first. Or name another folder.",
        "error: --run: <folder>/spec.json is a file. Name another folder.",
        "error: option '--validation <share>' argument '1' is invalid. It must be a number from 0 to below 1, such as 0.1.",
      ]
    `);
    expect(readFileSync(join(taken, "spec.json"), "utf8")).toBe("mine");
  });

  it("makes no folder for data that do not fit", async () => {
    const wide = file("wide.json", {
      version: 1,
      input: [3],
      layers: [{ kind: "affine", units: 10 }],
      loss: "crossEntropy",
    });
    expect((await adjoint("train", wide, "--run", place("none"))).code).toBe(2);
    expect(existsSync(place("none"))).toBe(false);
  });

  it("prints its result as JSON, and nothing else", async () => {
    const { stdout } = await adjoint("train", spec, "--epochs", "1", "--json", "--run", place("json"));
    expect(JSON.parse(stdout)).toMatchObject({ iterations: 15, epochs: 1, run: "<folder>/json", stopped: false });
    const plain = await adjoint("train", spec, "--epochs", "1", "--json");
    expect(JSON.parse(plain.stdout).measured).toEqual(JSON.parse(stdout).measured);
  });

  it("holds out training samples to choose the best epoch by, and keeps that model", async () => {
    const run = place("best");
    const args = ["--epochs", "30", "--lr", "0.05", "--patience", "3", "--keep-best", "--validation", "0.07", "--json"];
    const { stdout } = await adjoint("train", spec, "--run", run, ...args);
    expect(readFileSync(join(run, "report.html"), "utf8")).toContain(">7 % of the training samples<");
    const { epochs, best } = JSON.parse(stdout);
    expect(epochs).toBe(best.epoch + 3);
    const measured = metricsOf(run)
      .split("\n")
      .flatMap((line) => (line === "" ? [] : (JSON.parse(line).measured ?? [])));
    const losses = measured.map(({ validation }) => validation.loss);
    expect(best).toEqual({ epoch: losses.indexOf(Math.min(...losses)) + 1, value: Math.min(...losses) });
    const [kept, last] = [await loadModel(join(run, "model.safetensors")), await adjoint("resume", run)];
    expect(last.stdout).toContain(`at epoch ${best.epoch}, the best,`);
    // Compiled or not, a loss of float32 numbers around 1 over 360 samples is the same to a few units in the last place.
    const { test } = loadDigits({ flatten: true });
    expect(kept.evaluate(test.x, test.t).loss).toBeCloseTo(measured[best.epoch - 1].test.loss, 5);
  });
});

describe("adjoint resume", () => {
  it("trains a finished run for more epochs as if it had been begun with them", async () => {
    for (const engine of ["wasm", "reference", "none"]) {
      const [long, short] = [place(`long-${engine}`), place(`short-${engine}`)];
      await adjoint("train", spec, "--epochs", "3", "--engine", engine, "--run", long);
      await adjoint("train", spec, "--epochs", "1", "--engine", engine, "--run", short);
      const { code, stdout } = await adjoint("resume", short, "--epochs", "3", "--threads", "1");
      expect([code, stdout.split("\n")[0]]).toEqual([0, "going on after 15 of 45 mini-batches"]);
      expect(metricsOf(short)).toBe(metricsOf(long));
      const [a, b] = await Promise.all([long, short].map((run) => loadModel(join(run, "model.safetensors"))));
      for (const [name, x] of Object.entries(a.state())) expect(b.state()[name].toArray()).toEqual(x.toArray());
    }
  });

  it("goes on with images that are changed at random, in the middle of an epoch", async () => {
    const images = file("images.json", {
      version: 1,
      input: [1, 8, 8],
      layers: [
        { kind: "convolution", filters: 2, size: 3 },
        { kind: "affine", units: 10 },
      ],
      loss: "crossEntropy",
    });
    const [whole, part, plain] = [place("augmented"), place("augmented-part"), place("plain")];
    const args = ["--augment", "shift=1", "flip", "--checkpoint-every", "7", "--engine", "none"];
    await adjoint("train", images, ...args, "--epochs", "2", "--run", whole);
    await adjoint("train", images, ...args, "--epochs", "1", "--run", part);
    await adjoint("train", images, "--engine", "none", "--epochs", "2", "--run", plain);
    await adjoint("resume", part, "--epochs", "2");
    expect(metricsOf(part)).toBe(metricsOf(whole));
    expect(metricsOf(part).split("\n")[0]).not.toBe(metricsOf(plain).split("\n")[0]);
    const errors = [
      await adjoint("train", images, "--augment", "turn"),
      await adjoint("train", spec, "--augment", "flip"),
    ];
    expect(errors.map(({ code, stderr }) => [code, stderr])).toMatchInlineSnapshot(`
      [
        [
          2,
          "error: --augment: there is no change turn; expected shift=N (up to N pixels in each direction), flip (left and right change places). For example: --augment shift=2 flip.
      ",
        ],
        [
          2,
          "error: --augment: the model takes samples of shape [64], which are no images; expected images, [channels, height, width]. Declare an input of images, such as input: [1, 28, 28]; an affine layer flattens them itself.
      ",
        ],
      ]
    `);
  });

  it("goes on with the schedule of the learning rate, and refuses fewer epochs than there were", async () => {
    const run = place("scheduled");
    const args = ["--schedule", "cosine", "--warmup", "5", "--checkpoint-every", "7", "--epochs", "2"];
    await adjoint("train", spec, ...args, "--run", run);
    expect(JSON.parse(readFileSync(join(run, "settings.json"), "utf8"))).toMatchObject({
      schedule: "cosine",
      warmup: 5,
    });
    const { tensors, metadata } = await readSafetensors(join(run, "checkpoint.safetensors"));
    const { optimizer } = JSON.parse(metadata["adjoint.training"]).progress;
    // The last of 30 updates, number 29, is the 24th of 25 after the warm-up.
    expect(optimizer.lrFactor).toBe(schedules.cosine({ steps: 25 })(24));
    expect(Object.keys(tensors)).toContain("optimizer/affine1.weight.m");
    const fewer = await adjoint("resume", run, "--epochs", "1");
    expect([fewer.code, fewer.stderr]).toMatchInlineSnapshot(`
      [
        2,
        "error: --epochs: <folder>/scheduled has trained for 30 mini-batches already; expected 30 or more. Name more epochs.
      ",
      ]
    `);
  });

  it("cuts metrics that the checkpoint does not know of, whole lines and half ones", async () => {
    const [whole, cut] = [place("whole"), place("cut")];
    await adjoint("train", spec, "--epochs", "2", "--run", whole);
    await adjoint("train", spec, "--epochs", "1", "--run", cut);
    writeFileSync(join(cut, "metrics.jsonl"), `${metricsOf(cut)}{"iteration":16,"epoch":2,"loss":9}\n{"iter`);
    await adjoint("resume", cut, "--epochs", "2");
    expect(metricsOf(cut)).toBe(metricsOf(whole));
  });

  it("says in a line what is wrong with a folder", async () => {
    const run = place("origin");
    await adjoint("train", spec, "--epochs", "1", "--run", run);
    const broken = (name: string, change: (at: string) => void): string => {
      const copy = place(name);
      cpSync(run, copy, { recursive: true });
      change(copy);
      return copy;
    };
    const changed = (name: string, of: object): string =>
      broken(name, (at) => {
        const path = join(at, "settings.json");
        writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...of }));
      });
    const errors = [
      await adjoint("resume", place("nowhere")),
      await adjoint("resume", spec),
      await adjoint(
        "resume",
        broken("b1", (at) => writeFileSync(join(at, "settings.json"), "{")),
      ),
      await adjoint("resume", changed("b2", { epochs: "many" })),
      await adjoint("resume", changed("b3", { dataHash: "0" })),
      await adjoint("resume", changed("b4", { batchSize: 7 })),
      await adjoint(
        "resume",
        broken("b5", (at) => writeFileSync(join(at, "checkpoint.safetensors"), "cut")),
      ),
      await adjoint(
        "resume",
        broken("b6", (at) => cpSync(join(at, "model.safetensors"), join(at, "checkpoint.safetensors"))),
      ),
      await adjoint(
        "resume",
        broken("b7", (at) => writeFileSync(join(at, "metrics.jsonl"), "")),
      ),
      await adjoint(
        "resume",
        broken("b8", (at) => writeFileSync(join(at, "lock"), readFileSync(join(run, "given.json")))),
      ),
    ];
    expect(errors.map(({ code }) => code)).toEqual(errors.map(() => 2));
    expect(errors.map(({ stderr }) => stderr.trimEnd())).toMatchInlineSnapshot(`
      [
        "error: resume: <folder>/nowhere holds no run; expected a folder with settings.json, as train --run makes it. Start one: adjoint train SPEC --run DIR.",
        "error: resume: <folder>/spec.json holds no run; expected a folder with settings.json, as train --run makes it. Start one: adjoint train SPEC --run DIR.",
        "error: resume: <folder>/b1/settings.json is not JSON; expected settings as train --run wrote them.",
        "error: resume: <folder>/b2/settings.json has epochs "many"; expected settings as train --run wrote them.",
        "error: resume: digits has other samples than when <folder>/b3 began; expected the samples that the run began with. Put the data back, or start another run: adjoint train SPEC --run DIR.",
        "error: resume: the state does not fit: its miniBatchSize is 100; expected miniBatchSize 7. Make the Trainer as the one that the state was taken from: the same network, data, optimizer and batches.",
        "error: resume: <folder>/b5/checkpoint.safetensors is not a safetensors file: it is text, "cut" (byte 0). A spec is read by build(parseModelText(text)), a graph by graphFromJSON(text).",
        "error: resume: <folder>/b6/checkpoint.safetensors is no checkpoint of a run; expected a checkpoint as train --run wrote it. Train again, into another folder.",
        "error: resume: <folder>/b7/metrics.jsonl has 0 bytes, and had 928 when it was saved; expected 928 bytes or more. Put the file back that was there.",
        "error: resume: <folder>/b8 is in use by a process; expected a folder that no other process uses. If nothing writes there any more, remove <folder>/b8/lock.",
      ]
    `);
  });
});

/** Waits until a run has so many lines of metrics. */
async function untilTrained(run: string, lines: number): Promise<void> {
  const isThere = (): boolean => existsSync(join(run, "metrics.jsonl")) && metricsOf(run).split("\n").length > lines;
  await vi.waitUntil(isThere, { timeout: 120_000 });
}

describe("a training process", () => {
  const forever = ["--epochs", "100000", "--checkpoint-every", "10"];

  it("saves and leaves at Ctrl-C with the exit code of shells, and says how to go on", async () => {
    for (const [signal, exit] of [
      ["SIGINT", 130],
      ["SIGTERM", 143],
    ] as const) {
      const run = place(signal);
      const { process, done } = built.start(["train", spec, "--run", run, ...forever]);
      await untilTrained(run, 30);
      process.kill(signal);
      const { code, stdout, stderr } = await done;
      expect(code).toBe(exit);
      expect(stderr).toContain("Stopping: the checkpoint is written next. Ctrl-C again leaves at once.");
      const [, count] =
        /stopped after ([\d,]+) of 1,500,000 mini-batches; go on with: adjoint resume/.exec(stdout) ?? [];
      expect(metricsOf(run).split("\n")).toHaveLength(Number(count?.replaceAll(",", "")) + 1);
      expect(existsSync(join(run, "lock"))).toBe(false);
      expect(existsSync(join(run, "report.html"))).toBe(true);
    }
  });

  it("keeps its folder for itself", async () => {
    const run = place("locked");
    const { process, done } = built.start(["train", spec, "--run", run, ...forever]);
    await untilTrained(run, 10);
    const second = await adjoint("resume", run);
    process.kill("SIGKILL");
    await done;
    expect([second.code, second.stderr]).toEqual([
      2,
      expect.stringContaining("<folder>/locked is in use by <process>"),
    ]);
  });

  it("without a run says that nothing is kept", async () => {
    const { process, done } = built.start(["train", spec, "--epochs", "3000"]);
    await new Promise((started) =>
      process.stdout?.on("data", (text) => String(text).includes("epoch") && started(null)),
    );
    process.kill("SIGINT");
    const { code, stderr } = await done;
    expect([code, stderr]).toEqual([
      130,
      "\nStopped. Nothing is kept: a training with --run DIR can be stopped, and resumed.\n",
    ]);
  });

  it("ends in a line when it may not write any more, and the last checkpoint stands", async () => {
    const [whole, run] = [place("full-whole"), place("full")];
    const options = ["--epochs", "20", "--checkpoint-every", "5"];
    await built.start(["train", spec, "--run", whole, ...options]).done;
    // The checkpoint grows by eight bytes a mini-batch; in blocks of 512 bytes, this many are reached on the way.
    const { size } = { size: readFileSync(join(whole, "checkpoint.safetensors")).length };
    const blocks = Math.floor(size / 512) - 1;
    let stderr = "";
    try {
      const line = `ulimit -f ${blocks}; exec "$@"`;
      execFileSync(
        "/bin/sh",
        ["-c", line, "sh", process.execPath, built.file, "train", spec, "--run", run, ...options],
        {
          stdio: ["ignore", "ignore", "pipe"],
        },
      );
    } catch (error) {
      stderr = String((error as { readonly stderr: Buffer }).stderr);
    }
    expect(stderr).toMatch(/^error: train: cannot write .*checkpoint\.safetensors: EFBIG, [^\n]*\n$/);
    expect(readdirSync(run).filter((name) => name.endsWith(".tmp") || name === "lock")).toEqual([]);
    const { code, stdout } = await adjoint("resume", run);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^going on after [1-9]\d* of 300 mini-batches\n/)]);
    expect(metricsOf(run)).toBe(metricsOf(whole));
  });

  it("ends in a line where its folder may only be read", async () => {
    // Who may write everywhere is refused nowhere.
    if (process.getuid?.() === 0) return;
    const readOnly = place("read-only");
    mkdirSync(readOnly);
    chmodSync(readOnly, 0o555);
    const { code, stderr } = await adjoint("train", spec, "--run", join(readOnly, "run"));
    expect([code, stderr.split("\n").length]).toEqual([2, 2]);
  });
});
