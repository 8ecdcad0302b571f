/**
 * Runs written programs in JAX: all of them in one process of Python, since starting it and importing JAX takes longer than
 * what they compute.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeSafetensors, readSafetensors } from "@adjoint/data";
import type { Tensor } from "@adjoint/tensor";
import type { JaxProgram } from "../jax/to-jax.ts";
import { runPython } from "./python.ts";

/** A program to run once. */
export interface Case {
  readonly program: JaxProgram;
  readonly inputs: readonly Tensor[];
}

/** Calls step or predict of each file on its states and inputs; programs with float64 are apart from those without. */
const runner = `
import json, sys
import jax
from safetensors.numpy import load_file, save_file

folder = sys.argv[1]
counts = json.load(open(f"{folder}/counts.json"))
inputs = load_file(f"{folder}/inputs.safetensors")
results = {}
for is_wide in (False, True):
    cases = []
    for i, count in enumerate(counts):
        source = open(f"{folder}/{i}.py").read()
        if ("jax_enable_x64" in source) != is_wide:
            continue
        space = {"__name__": f"case{i}", "__file__": f"{folder}/{i}.py"}
        exec(compile(source, f"{i}.py", "exec"), space)
        state = load_file(f"{folder}/{i}.safetensors")
        function = space.get("step") or space["predict"]
        cases.append((i, function, state, [inputs[f"{i} {k}"] for k in range(count)]))
    jax.config.update("jax_enable_x64", is_wide)

    def everything(given):
        return [function(state, *xs) for (_, function, _, _), (state, xs) in zip(cases, given)]

    computed = jax.jit(everything)([(state, xs) for _, _, state, xs in cases])
    for (i, _, _, _), y in zip(cases, computed):
        outputs, state = y if isinstance(y, tuple) and isinstance(y[-1], dict) else (y, {})
        for k, x in enumerate(jax.tree.leaves(outputs)):
            results[f"{i} {k}"] = x
        for name, x in state.items():
            results[f"{i} state {name}"] = x
save_file({name: jax.device_get(x) for name, x in results.items()}, f"{folder}/results.safetensors")
`;

/** What the programs return, in order, and their next states by name. */
export async function runInJax(
  cases: readonly Case[],
): Promise<readonly { readonly outputs: readonly Tensor[]; readonly state: Readonly<Record<string, Tensor>> }[]> {
  const folder = await mkdtemp(join(tmpdir(), "adjoint-jax-"));
  try {
    const inputs = cases.flatMap(({ inputs: xs }, i) => xs.map((x, k) => [`${i} ${k}`, x] as const));
    await Promise.all([
      writeFile(join(folder, "run.py"), runner),
      writeFile(join(folder, "counts.json"), JSON.stringify(cases.map(({ inputs: xs }) => xs.length))),
      writeFile(join(folder, "inputs.safetensors"), encodeSafetensors(Object.fromEntries(inputs))),
      ...cases.flatMap(({ program: { source, weights } }, i) => [
        writeFile(join(folder, `${i}.py`), source),
        writeFile(join(folder, `${i}.safetensors`), weights),
      ]),
    ]);
    // Each program runs once: what it takes is the time to compile it.
    const env = { XLA_FLAGS: "--xla_backend_optimization_level=0" };
    await runPython([join(folder, "run.py"), folder], { env });
    const { tensors } = await readSafetensors(join(folder, "results.safetensors"));
    return cases.map((_, i) => {
      const outputs: Tensor[] = [];
      for (let k = 0; `${i} ${k}` in tensors; k++) outputs.push(tensors[`${i} ${k}`]);
      const prefix = `${i} state `;
      const states = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
      return { outputs, state: Object.fromEntries(states.map(([name, x]) => [name.slice(prefix.length), x])) };
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
