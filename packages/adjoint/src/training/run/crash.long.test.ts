/**
 * Real trainings, killed at random moments and resumed: they come to what one comes to that was never killed. By hand:
 * ADJOINT_KILLS=300 npx vitest run crash.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { readSafetensors } from "@adjoint/data";
import { loadModel } from "@adjoint/nn";
import { rng } from "@adjoint/tensor";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type BuiltCommand, buildCommand } from "../../testing/built-command.ts";

/** How many processes are killed in all. */
const kills = Number(process.env.ADJOINT_KILLS ?? 20);
const folder = mkdtempSync(join(tmpdir(), "adjoint-crash-"));
const spec = join(folder, "spec.json");
let adjoint: BuiltCommand;

beforeAll(async () => {
  adjoint = await buildCommand();
  const layers = [
    { kind: "affine", units: 30 },
    { kind: "batchNormalization" },
    { kind: "relu" },
    { kind: "dropout", ratio: 0.3 },
    { kind: "affine", units: 10 },
  ];
  writeFileSync(spec, JSON.stringify({ version: 1, input: [64], layers, loss: "crossEntropy" }));
});

afterAll(() => {
  adjoint.remove();
  rmSync(folder, { recursive: true });
});

const metricsOf = (run: string): Buffer => {
  const file = join(run, "metrics.jsonl");
  return existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
};

/** What must hold of a run's folder at any moment: what has its final name is whole, and says what it should. */
async function checkFolder(run: string, whole: Buffer): Promise<void> {
  const metrics = metricsOf(run);
  expect(metrics.equals(whole.subarray(0, metrics.length)), "the metrics begin as those of the whole run").toBe(true);
  for (const name of existsSync(run) ? readdirSync(run) : []) {
    const path = join(run, name);
    if (name.endsWith(".tmp") || name === "lock") continue;
    if (name.endsWith(".json")) JSON.parse(readFileSync(path, "utf8"));
    else if (name === "model.safetensors") await loadModel(path);
    else if (name === "checkpoint.safetensors") await readSafetensors(path);
    else if (name === "report.html") expect(readFileSync(path, "utf8")).toMatch(/<\/html>\s*$/);
    else if (name === "curves.svg") expect(readFileSync(path, "utf8")).toMatch(/<\/svg>\s*$/);
    else expect(name).toBe("metrics.jsonl");
  }
}

const stateOf = async (run: string): Promise<unknown> => {
  const { tensors, metadata } = await readSafetensors(join(run, "checkpoint.safetensors"));
  const { progress, metricsBytes } = JSON.parse(metadata["adjoint.training"]);
  return { values: Object.entries(tensors).map(([name, x]) => [name, [...x.data]]), progress, metricsBytes };
};

it.each([
  ["as a program", ["--engine", "wasm", "--threads", "2"]],
  ["op by op", ["--engine", "none"]],
])(
  `loses nothing when its process is killed at any moment, %s`,
  async (_, engine) => {
    const options = ["--epochs", "8", "--batch-size", "50", "--keep-best", "--checkpoint-every", "3", ...engine];
    const name = engine[1];
    const whole = join(folder, `${name}-whole`);
    const begin = performance.now();
    const { code, stderr } = await adjoint.start(["train", spec, "--run", whole, ...options]).done;
    expect([code, stderr]).toEqual([0, ""]);
    // Kills at all times from the start to the end, some of them after it.
    const longest = performance.now() - begin;
    const random = rng(name.length);
    const [reference, state] = [metricsOf(whole), await stateOf(whole)];
    let killed = 0;
    let runs = 0;
    while (killed < kills / 2) {
      const run = join(folder, `${name}-${runs++}`);
      for (let isDone = false; !isDone; ) {
        const isMade = existsSync(join(run, "settings.json"));
        const process = adjoint.start(isMade ? ["resume", run] : ["train", spec, "--run", run, ...options]);
        const limit = killed < kills / 2 ? Number(random.uniform([]).item()) ** 2 * longest : Number.POSITIVE_INFINITY;
        const timer = new AbortController();
        const wait = limit === Number.POSITIVE_INFINITY ? null : setTimeout(limit, null, { signal: timer.signal });
        wait?.then(
          () => process.process.kill("SIGKILL"),
          () => {},
        );
        const ended = await process.done;
        timer.abort();
        if (ended.signal === "SIGKILL") killed += 1;
        else expect([ended.code, ended.stderr]).toEqual([0, ""]);
        isDone = ended.signal === null;
        await checkFolder(run, reference);
      }
      expect(metricsOf(run).equals(reference)).toBe(true);
      expect(await stateOf(run)).toEqual(state);
      expect(readdirSync(run).sort()).toEqual(readdirSync(whole).sort());
    }
  },
  600_000,
);
