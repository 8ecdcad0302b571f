/**
 * Training steps beside those of other libraries, alternating in one run: a table of steps a second, and of ratios.
 *
 *   pnpm bench:peers [PYTHON] [ROUNDS] [SECONDS]           # PYTHON has PyTorch or JAX, or both
 *   pnpm bench:peers [PYTHON] [ROUNDS] [SECONDS] --write   # and writes the tables of its Node.js into docs
 *
 * TensorFlow.js and jax-js take part where they are installed in this folder. Who is not there is left out.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { compile, type Variable } from "adjoint";
import { functionOf, samplesOf, trainingSteps } from "../steps.ts";

const [python = "python3", rounds = "5", seconds = "1"] = process.argv.slice(2).filter((text) => !text.startsWith("-"));
const threads = availableParallelism() > 1 ? [1, 2] : [1];

/** A library in a process of its own, which answers "NAME THREADS SECONDS" with steps a second. */
interface Peer {
  readonly title: string;
  readonly threads: readonly number[];
  readonly process: ChildProcessWithoutNullStreams;
  readonly answers: AsyncIterator<string>;
}

async function start(program: string, file: string, counts: readonly number[]): Promise<Peer | null> {
  const child = spawn(program, [fileURLToPath(new URL(file, import.meta.url))], {
    env: { ...process.env, OMP_NUM_THREADS: String(Math.max(...counts)) },
  });
  // Why one is not there is clear from its name; what is said later is shown.
  let errors = "";
  child.stderr.on("data", (text: Buffer) => (errors += text.toString()));
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value: title, done } = await answers.next();
  if (done) {
    console.error(`${file} is left out: ${errors.trim().split("\n").at(-1)}`);
    return null;
  }
  return { title, threads: counts, process: child, answers };
}

const peers = (
  await Promise.all([
    start(python, "torch_steps.py", threads),
    start(python, "jax_steps.py", [Math.max(...threads)]),
    start(process.execPath, "tfjs_steps.mjs", [1]),
    start(process.execPath, "jaxjs_steps.mjs", [1]),
  ])
).filter((peer) => peer !== null);

function rate(step: (x: Variable, t: Variable) => Variable, [x, t]: readonly [Variable, Variable]): number {
  let count = 0;
  const begin = performance.now();
  while (performance.now() - begin < 1000 * Number(seconds)) {
    step(x, t).item();
    count++;
  }
  return (1000 * count) / (performance.now() - begin);
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const inWords = (count: number): string => `${count} thread${count === 1 ? "" : "s"}`;
const shown = (value: number): string => Number(value.toPrecision(3)).toLocaleString("en-US");

/** Rounds of one training step by everybody: steps a second by name; no numbers of a library that cannot do it. */
async function measured(name: keyof typeof trainingSteps): Promise<Map<string, number[]>> {
  const training = trainingSteps[name];
  const samples = samplesOf(training);
  const steps = new Map([
    ["Adjoint, eager", functionOf(training)],
    ...Object.entries({ compiled: "wasm", "engine onnxruntime": "onnxruntime" } as const).flatMap(([who, engine]) =>
      threads.map((count) => {
        return [`${who}, ${inWords(count)}`, compile(functionOf(training), { engine, threads: count })] as const;
      }),
    ),
  ]);
  const found = new Map<string, number[]>();
  const note = (who: string, value: number): void => {
    if (Number.isFinite(value)) found.set(who, [...(found.get(who) ?? []), value]);
    else found.set(who, []);
  };
  // Machine code is made while they run for the first time.
  for (const step of steps.values()) rate(step, samples);
  for (let round = 0; round < Number(rounds); round++) {
    for (const [who, step] of steps) note(who, rate(step, samples));
    for (const { title, threads: counts, process: child, answers } of peers) {
      for (const count of counts) {
        child.stdin.write(`${name} ${count} ${seconds}\n`);
        note(counts.length > 1 ? `${title}, ${inWords(count)}` : title, Number((await answers.next()).value));
      }
    }
  }
  return found;
}

const results = new Map<string, Map<string, number[]>>();
for (const [name, { title }] of Object.entries(trainingSteps)) {
  results.set(title, await measured(name as keyof typeof trainingSteps));
  console.error(`✓ ${title}`);
}
for (const { process: child } of peers) {
  child.stdin.end();
  await once(child, "exit");
}

/** The better median of the contenders whose names begin like that. */
const best = (row: Map<string, number[]>, who: string): number =>
  Math.max(
    ...[...row].flatMap(([name, values]) => (name.startsWith(who) && values.length > 0 ? [median(values)] : [])),
  );
const ratio = (row: Map<string, number[]>, who: string): string => {
  const value = best(row, who) / best(row, "PyTorch");
  return Number.isFinite(value) ? value.toFixed(2) : "";
};
const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");

const columns = [...(results.values().next().value as Map<string, number[]>).keys()];
const rows = [...results].map(([title, row]) => {
  const cells = columns.map((who) => {
    const values = row.get(who) as number[];
    return values.length === 0 ? "no kernel" : `${shown(median(values))} (${shown(Math.max(...values))})`;
  });
  return [title, ...cells, ratio(row, "compiled"), ratio(row, "engine onnxruntime")];
});
const table = tableOf(["step", ...columns, "compiled / PyTorch", "onnxruntime / PyTorch"], rows);
const engines = tableOf(
  ["step", '`"wasm"`', '`"onnxruntime"`', "PyTorch", "wasm / PyTorch", "onnxruntime / PyTorch"],
  [...results].map(([title, row]) => [
    title,
    ...["compiled", "engine onnxruntime", "PyTorch"].map((who) =>
      Number.isFinite(best(row, who)) ? shown(best(row, who)) : "",
    ),
    ratio(row, "compiled"),
    ratio(row, "engine onnxruntime"),
  ]),
);
const machine = `Node.js ${process.version.slice(1)}, ${cpus()[0].model.trim()}, ${availableParallelism()} cores; medians of ${rounds} rounds of ${seconds} s, the best in brackets.`;
console.log(`${machine}\n\n${table}\n\n${engines}`);

/** Writes a table into a page of docs, to its place for this version of Node.js. */
function write(name: string, what: string, text: string): void {
  const page = fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
  const [major] = process.versions.node.split(".");
  const [begin, end] = [
    `<!-- ${what} with Node.js ${major}: from bench:peers --write -->\n`,
    `<!-- end of ${what} -->`,
  ];
  const [before, rest = ""] = readFileSync(page, "utf8").split(begin);
  const place = rest.indexOf(end);
  if (place < 0) throw new Error(`${page} has no place for the table, ${begin}`);
  writeFileSync(page, `${before}${begin}\n${text}\n\n${rest.slice(place)}`);
}

if (process.argv.includes("--write")) {
  write("performance.md", "steps", `${machine}\n\n${table}`);
  write("engines.md", "engines", `${machine.replace(", the best in brackets", "")}\n\n${engines}`);
}
