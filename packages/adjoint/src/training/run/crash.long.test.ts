/**
 * Real processes that train, save and download, killed at moments that a seed chooses: what has its final name is whole, and
 * a training that is resumed comes to what one comes to that was never killed. By hand, with the counts of what was hit:
 * ADJOINT_KILLS=300 npx vitest run crash.
 */
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readSafetensors } from "@adjoint/data";
import { loadModel } from "@adjoint/nn";
import { type RandomGenerator, rng } from "@adjoint/tensor";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type BuiltCommand, buildCommand } from "../../testing/built-command.ts";
import { killAt, type Moment, unfinishedIn } from "../../testing/kill.ts";

/** How many processes are killed in all: a third each in trainings of both kinds, the rest while they save and download. */
const kills = Number(process.env.ADJOINT_KILLS ?? 24);
/** A limit for what hangs. */
const limit = 120_000 + kills * 20_000;
const folder = mkdtempSync(join(tmpdir(), "adjoint-crash-"));
const spec = join(folder, "spec.json");
let adjoint: BuiltCommand;

/** How often a process was killed while it did what. */
const hits = new Map<string, number>();
const hit = (what: string): unknown => hits.set(what, (hits.get(what) ?? 0) + 1);

beforeAll(async () => {
  adjoint = await buildCommand();
  const layers = [
    { kind: "affine", units: 30 },
    { kind: "batchNormalization" },
    { kind: "relu" },
    { kind: "dropout", ratio: 0.3 },
    { kind: "affine", units: 10 },
  ];
  writeFileSync(spec, JSON.stringify({ version: 1, input: [1, 8, 8], layers, loss: "crossEntropy" }));
});

afterAll(() => {
  adjoint.remove();
  rmSync(folder, { recursive: true });
  if (process.env.ADJOINT_KILLS !== undefined) console.log("killed while", Object.fromEntries([...hits].sort()));
});

/** A random moment: half of the time any, half of the time while one of the first `files` files is written. */
function randomMoment(random: RandomGenerator, longest: number, files: number): Moment {
  const [kind, when] = random.uniform([2]).toArray() as number[];
  return kind < 0.5 ? { afterMs: when * longest } : { atFile: Math.floor(when * files) };
}

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
    if (name.endsWith(".tmp") || name.startsWith("lock")) continue;
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

/** What a process that trained was doing, by what it left. */
function doing(run: string): string {
  const [unfinished] = unfinishedIn(run);
  if (unfinished !== undefined) return `writing ${unfinished}`;
  if (existsSync(join(run, "model.safetensors"))) return "reporting";
  return metricsOf(run).length > 0 ? "training" : "starting";
}

it.each([
  ["as a program", ["--engine", "wasm", "--threads", "2", "--augment", "shift=1", "flip"]],
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
    const longest = performance.now() - begin;
    const random = rng(name.length);
    const [reference, state] = [metricsOf(whole), await stateOf(whole)];
    let killed = 0;
    let runs = 0;
    while (killed < kills / 3) {
      const run = join(folder, `${name}-${runs++}`);
      for (let isDone = false; !isDone; ) {
        const isMade = existsSync(join(run, "settings.json"));
        const process = adjoint.start(isMade ? ["resume", run] : ["train", spec, "--run", run, ...options]);
        // A whole run writes about ninety files; one that was resumed fewer, and may end by itself.
        const moment = killed < kills / 3 ? randomMoment(random, longest, 30) : null;
        const ended = await (moment === null ? process.done : killAt(process, moment, run));
        if (ended.signal === "SIGKILL") {
          killed += 1;
          hit(`${doing(run)}, ${name}`);
        } else expect([ended.code, ended.stderr]).toEqual([0, ""]);
        isDone = ended.signal === null;
        await checkFolder(run, reference);
      }
      expect(metricsOf(run).equals(reference)).toBe(true);
      expect(await stateOf(run)).toEqual(state);
      expect(readdirSync(run).sort()).toEqual(readdirSync(whole).sort());
    }
  },
  limit,
);

it(
  "leaves the model that was there, or the new one, when it is killed while it saves",
  async () => {
    const place = join(folder, "saving");
    mkdirSync(place);
    const model = join(place, "model.safetensors");
    const train = (seed: number) => ["train", spec, "--epochs", "1", "--seed", String(seed), "--save", model];
    expect((await adjoint.start(train(1)).done).code).toBe(0);
    const old = join(folder, "old.safetensors");
    copyFileSync(model, old);
    const begin = performance.now();
    expect((await adjoint.start(train(2)).done).code).toBe(0);
    const longest = performance.now() - begin;
    const [first, second] = [readFileSync(old), readFileSync(model)];
    const random = rng(3);
    for (let killed = 0; killed < kills / 6; ) {
      copyFileSync(old, model);
      // The first file is the trial before the training, the second the model.
      const ended = await killAt(adjoint.start(train(2)), randomMoment(random, longest, 2), place);
      const now = readFileSync(model);
      expect(now.equals(first) || now.equals(second)).toBe(true);
      if (ended.signal !== "SIGKILL") continue;
      killed += 1;
      hit(`saving a model: ${unfinishedIn(place).length > 0 ? "writing" : now.equals(first) ? "before" : "after"}`);
    }
    expect((await adjoint.start(train(2)).done).code).toBe(0);
    expect(readFileSync(model).equals(second)).toBe(true);
    expect(readdirSync(place)).toEqual(["model.safetensors"]);
  },
  limit,
);

it(
  "has a whole download or none when it is killed, and the next process completes it",
  async () => {
    const content = Buffer.from(Uint8Array.from({ length: 2_000_000 }, (_, i) => (i * 31) % 251));
    // In pieces, so that there is a time to be killed in.
    const server = createServer(async (request, response) => {
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
      if (from > 0) hit("downloading: resumed from a part");
      const range = { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` };
      response.writeHead(from > 0 ? 206 : 200, { "content-length": content.length - from, ...(from > 0 && range) });
      for (let start = from; start < content.length && !response.destroyed; start += 50_000) {
        response.write(content.subarray(start, start + 50_000));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      response.end();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const program = await buildCommand(fileURLToPath(new URL("../../testing/download-program.ts", import.meta.url)));
    const md5 = createHash("md5").update(content).digest("hex");
    const file = { name: "images.gz", bytes: content.length, md5 };
    const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const begin = performance.now();
      const start = (dir: string) => program.start([JSON.stringify({ file, dir, mirror })]);
      expect(await start(join(folder, "whole-download")).done).toMatchObject({ code: 0, stderr: "" });
      const longest = performance.now() - begin;
      const random = rng(4);
      let [killed, downloads] = [0, 0];
      while (killed < kills / 6) {
        const dir = join(folder, `download-${downloads++}`);
        for (let isDone = false; !isDone; ) {
          const moment = killed < kills / 6 ? randomMoment(random, longest, 2) : { afterMs: limit };
          const ended = await killAt(start(dir), moment, dir);
          const [path, parts] = [join(dir, file.name), unfinishedIn(dir)];
          if (existsSync(path)) expect(readFileSync(path).equals(content)).toBe(true);
          isDone = ended.signal === null;
          if (isDone) expect([ended.code, ended.stderr, readdirSync(dir)]).toEqual([0, "", [file.name]]);
          else {
            killed += 1;
            hit(`downloading: ${parts.length > 0 ? "writing" : existsSync(path) ? "after" : "before"}`);
          }
        }
      }
    } finally {
      program.remove();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  },
  limit,
);
