import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runCommand } from "../testing/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-find-lr-"));
const [spec, chart] = ["spec.json", "curve.svg"].map((name) => join(folder, name));
const layers = [{ kind: "affine", units: 20 }, { kind: "relu" }, { kind: "affine", units: 10 }];
const training = { optimizer: "momentum", lr: 0.05, batchSize: 50, epochs: 2, schedule: "cosine", keepBest: true };
writeFileSync(spec, JSON.stringify({ version: 1, input: [64], layers, loss: "crossEntropy", training }));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("adjoint find-lr", () => {
  it("suggests a rate for the optimizer of the spec, and draws the curve", async () => {
    const { code, stdout, stderr } = await runCommand("find-lr", spec, "--chart", chart);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^learning rate 0\.\d+ \(momentum, mini-batches of 50, digits\)\nwrote .*curve\.svg\n$/);
    const [, rate] = /learning rate (\S+)/.exec(stdout) ?? [];
    expect(Number(rate)).toBeGreaterThan(0.01);
    expect(Number(rate)).toBeLessThan(2);
    expect(readFileSync(chart, "utf8")).toContain(`learning rate ${rate}`);
  });

  it("gives all of it as JSON, for another optimizer, too", async () => {
    const { stdout } = await runCommand("find-lr", spec, "--optimizer", "adam", "--steps", "40", "--json");
    const { rates, losses, suggestion, optimizer } = JSON.parse(stdout);
    expect(optimizer).toBe("adam");
    expect(rates.length).toBe(losses.length);
    expect(rates).toContain(suggestion);
  });

  it("says so where the loss does not fall", async () => {
    const { code, stdout } = await runCommand("find-lr", spec, "--to", "1e-6");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^no learning rate found: the loss does not fall from 1e-7 to 0\.000001; go further by --to/,
    );
  });

  it("trains on images that are changed at random, when it is asked to", async () => {
    const images = join(folder, "images.json");
    writeFileSync(images, JSON.stringify({ version: 1, input: [1, 8, 8], layers, loss: "crossEntropy", training }));
    const losses = async (...options: string[]) =>
      JSON.parse((await runCommand("find-lr", images, "--steps", "20", "--json", ...options)).stdout).losses;
    expect(await losses("--augment", "shift=1", "flip")).not.toEqual(await losses());
    const { code, stderr } = await runCommand("find-lr", spec, "--augment", "flip");
    expect([code, stderr.split(";")[0]]).toEqual([
      2,
      "error: --augment: the model takes samples of shape [64], which are no images",
    ]);
  });

  it("refuses a range that is none", async () => {
    const { code, stderr } = await runCommand("find-lr", spec, "--from", "1", "--to", "0.1");
    expect(code).toBe(2);
    expect(stderr).toBe(
      "error: --to: the last rate is 0.1; expected more than 1, the first rate. The rate rises from --from to --to.\n",
    );
  });
});

describe("training settings of a spec", () => {
  const settingsOf = async (name: string, ...options: string[]) => {
    const run = join(folder, name);
    const { code, stderr } = await runCommand("train", spec, "--run", run, ...options);
    expect([code, stderr]).toEqual([0, ""]);
    return JSON.parse(readFileSync(join(run, "settings.json"), "utf8"));
  };

  it("are what train begins with", async () => {
    expect(await settingsOf("own")).toMatchObject({ ...training, validation: 0.1 });
  });

  it("give way to options; a rate is one for its optimizer", async () => {
    expect(await settingsOf("others", "--epochs", "1", "--schedule", "none", "--no-keep-best")).toMatchObject({
      optimizer: "momentum",
      lr: 0.05,
      epochs: 1,
      schedule: null,
      keepBest: false,
      validation: 0,
    });
    expect(await settingsOf("adam", "--epochs", "1", "--optimizer", "adam")).toMatchObject({
      optimizer: "adam",
      lr: 0.001,
      batchSize: 50,
    });
  });

  it("resume with what the run was begun with", async () => {
    const { code } = await runCommand("resume", join(folder, "adam"), "--epochs", "2");
    expect(code).toBe(0);
    const settings = JSON.parse(readFileSync(join(folder, "adam", "settings.json"), "utf8"));
    expect(settings).toMatchObject({ optimizer: "adam", epochs: 2 });
    const lines = readFileSync(join(folder, "adam", "metrics.jsonl"), "utf8")
      .trim()
      .split("\n");
    const [, second] = lines.map((line) => JSON.parse(line)).filter(({ measured }) => measured);
    expect(second.epoch).toBe(2);
  });

  it("are checked with the spec", async () => {
    const wrong = join(folder, "wrong.yaml");
    writeFileSync(
      wrong,
      "version: 1\ninput: [64]\nlayers: [{ kind: affine, units: 10 }]\nloss: crossEntropy\ntraining:\n  optimiser: adan\n  learningRate: 0\n  batch: 1.5\n",
    );
    const { code, stderr } = await runCommand("train", wrong);
    expect(code).toBe(2);
    expect(stderr.replaceAll(folder, "<folder>")).toMatchInlineSnapshot(`
      "error: <folder>/wrong.yaml: 6 mistakes:
        <folder>/wrong.yaml:6:3: unknown name "optimiser"; did you mean "optimizer"?
        <folder>/wrong.yaml:6:3: training.optimizer is "adan"; did you mean "adam"?
        <folder>/wrong.yaml:7:3: unknown name "learningRate"; did you mean "lr"?
        <folder>/wrong.yaml:7:3: training.lr is 0; it must be a number, above 0
        <folder>/wrong.yaml:8:3: unknown name "batch"; did you mean "batchSize"?
        <folder>/wrong.yaml:8:3: training.batchSize is 1.5; it must be an integer ≥ 1.
      "
    `);
  });
});
