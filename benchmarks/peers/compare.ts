/**
 * Training steps beside PyTorch, alternating in one run: a table of steps a second and of ratios, and the medians of rounds.
 *
 * `pnpm bench:peers [PYTHON] [ROUNDS] [SECONDS]`, PYTHON being an interpreter that has PyTorch.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { compile, type Variable } from "adjoint";
import { functionOf, samplesOf, trainingSteps } from "../steps.ts";

const [python = "python3", rounds = "5", seconds = "1"] = process.argv.slice(2);
const threads = cpus().length > 1 ? [1, 2] : [1];
const inWords = (count: number): string => `${count} thread${count === 1 ? "" : "s"}`;

const torch = spawn(python, [fileURLToPath(new URL("torch_steps.py", import.meta.url))], {
  env: { ...process.env, OMP_NUM_THREADS: String(cpus().length) },
});
torch.stderr.pipe(process.stderr);
const lines = createInterface({ input: torch.stdout })[Symbol.asyncIterator]();
const nextLine = async (): Promise<string> => {
  const { value, done } = await lines.next();
  if (done) throw new Error(`${python} ended: does it have PyTorch?`);
  return value;
};

/** Steps a second of a function. */
function rate(step: (x: Variable, t: Variable) => Variable, [x, t]: readonly [Variable, Variable]): number {
  let count = 0;
  const start = performance.now();
  while (performance.now() - start < 1000 * Number(seconds)) {
    step(x, t).item();
    count++;
  }
  return (1000 * count) / (performance.now() - start);
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

console.log(`PyTorch ${await nextLine()}, Node.js ${process.version}, ${cpus()[0].model}, ${cpus().length} cores`);
console.log(`steps a second at batch 100, medians of ${rounds} rounds of ${seconds} s (best)`);
for (const [name, training] of Object.entries(trainingSteps)) {
  const samples = samplesOf(training);
  const eager = functionOf(training);
  const compiled = threads.map((count) => compile(functionOf(training), { engine: "wasm", threads: count }));
  for (let i = 0; i < 3; i++) for (const step of [eager, ...compiled]) step(...samples);
  const found: Record<string, number[]> = {};
  const note = (who: string, value: number): void => {
    found[who] = [...(found[who] ?? []), value];
  };
  for (let round = 0; round < Number(rounds); round++) {
    note("eager", rate(eager, samples));
    compiled.forEach((step, i) => {
      note(`compiled, ${inWords(threads[i])}`, rate(step, samples));
    });
    for (const count of threads) {
      torch.stdin.write(`${name} ${count} ${seconds}\n`);
      note(`PyTorch, ${inWords(count)}`, Number(await nextLine()));
    }
  }
  const best = Math.max(
    ...Object.entries(found).flatMap(([who, values]) => (who.startsWith("PyTorch") ? median(values) : [])),
  );
  const cells = Object.entries(found).map(
    ([who, values]) =>
      `${who} ${median(values).toPrecision(3)} (${Math.max(...values).toPrecision(3)}), ${(median(values) / best).toFixed(2)}×`,
  );
  console.log(`${training.title}: ${cells.join("; ")}`);
}
torch.stdin.end();
await once(torch, "exit");
