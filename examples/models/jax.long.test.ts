/** Training in JAX goes as in Adjoint: on one device, on two processes of four devices each, and from there on eight. */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Adam,
  build,
  compile,
  constant,
  encodeSafetensors,
  kernels,
  loadModel,
  type Model,
  randomSamples,
  statesMetadata,
  type Tensor,
  toJax,
  trace,
} from "adjoint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trainingStep } from "../../packages/adjoint/src/training/step-graph.ts";
import { pythonPath, runPython } from "../../packages/exchange/src/testing/python.ts";
import { readSpec } from "./read-spec.ts";

const batchSize = 16;
const steps = 20;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "adjoint-jax-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A step of training: loss, gradients and update. */
const stepOf = (net: Model) => trainingStep(net, new Adam(net.params));

/** The samples of a batch. */
function rowsOf(all: Tensor, batch: number): Tensor {
  const start = (batch * batchSize) % all.shape[0];
  return kernels.slice(
    all,
    all.shape.map((length, axis) =>
      axis === 0 ? { start, step: 1, length: batchSize } : { start: 0, step: 1, length },
    ),
  );
}

/** A port that nobody listens to, below those that systems give to whoever asks for any: none gets it in the meantime. */
async function freePort(): Promise<number> {
  const port = 10_000 + Math.floor(20_000 * Math.random());
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return await freePort();
  }
  server.close();
  return port;
}

/** Runs a program on so many devices of one process, and returns the losses that it prints. */
async function lossesOf(program: string, devices: number, args: readonly string[]): Promise<number[]> {
  // Without XLA's optimizations, which take longer than these few steps.
  const flags = [`--xla_force_host_platform_device_count=${devices}`, "--xla_backend_optimization_level=0"];
  const env = { XLA_FLAGS: flags.join(" ") };
  const printed = await runPython([program, ...args], { cwd: folder, env });
  return [...printed.matchAll(/^step \d+: loss (\S+)$/gm)].map(([, loss]) => Number(loss));
}

describe.skipIf(pythonPath === null).each(["simple-conv-net", "transformer-encoder"] as const)("%s in JAX", (name) => {
  it("has the same losses for twenty steps, and the same parameters afterwards", async () => {
    const net = build(readSpec(name), { seed: 1 });
    const { x, t } = randomSamples(net, 3 * batchSize, 2) as { x: Tensor; t: Tensor };
    const named = [constant(rowsOf(x, 0), { name: "x" }), constant(rowsOf(t, 0), { name: "t" })] as const;
    const program = trace(stepOf(net), ...named);
    const { source, weights } = toJax(program, { name, file: `${name}.py`, metadata: statesMetadata(net) });
    await Promise.all([
      writeFile(join(folder, `${name}.py`), source),
      writeFile(join(folder, `${name}.safetensors`), weights),
      writeFile(join(folder, `${name}-data.safetensors`), encodeSafetensors({ x, t })),
    ]);

    const run = (devices: number, count: number, ...args: string[]) =>
      lossesOf(`${name}.py`, devices, ["--data", `${name}-data`, "--steps", String(count), ...args]);
    const one = await run(1, steps);
    const joined = ["--coordinator", `127.0.0.1:${await freePort()}`, "--processes", "2", "--mesh", "data=4,model=2"];
    const half = ["half.safetensors", "end.safetensors"].map((file) => `${name}-${file}`);
    const [first] = await Promise.all(
      ["0", "1"].map((process) =>
        run(4, steps / 2, ...joined, "--process", process, "--checkpoint", process === "0" ? half[0] : "unused"),
      ),
    );
    const second = await run(8, steps / 2, "--mesh", "data=8", "--weights", half[0], "--checkpoint", half[1]);

    const own = compile(stepOf(net), { engine: "wasm" });
    const losses = Array.from({ length: steps }, (_, i) => own(constant(rowsOf(x, i)), constant(rowsOf(t, i))).item());
    // Rounding alone sets them apart: a step is some thousand roundings of 2⁻²⁴ deep, and Adam amplifies small gradients.
    for (const given of [one, [...first, ...second]]) {
      expect(given.length).toBe(steps);
      losses.forEach((loss, i) => {
        expect(Math.abs(given[i] - loss)).toBeLessThan(1e-4 * loss);
      });
    }
    const trained = (await loadModel(join(folder, half[1]))).state();
    for (const [key, value] of Object.entries(net.state())) {
      // A rate of 0.001 moves a number by 0.001 a step at most: as far as it went, to one part in ten.
      const difference = kernels.max(kernels.abs(kernels.sub(trained[key], value))).item();
      expect(difference, key).toBeLessThan(0.1 * 0.001 * steps);
    }
  }, 300_000);
});
