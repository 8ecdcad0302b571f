/** Reads so many mutations of real files and prints what became of them. Run: tsx … scripts/mutate.ts COUNT [FIRST_SEED] [ops] */
import { readdirSync, readFileSync } from "node:fs";
import { lowerings } from "../src/onnx/in/ops/all.ts";
import { readCases } from "../src/onnx/in/testing/backend-cases.ts";
import { mutation, readingOf } from "../src/onnx/in/testing/mutations.ts";

const folder = new URL("../src/onnx/in/fixtures/torch/", import.meta.url);
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".onnx"))
  .map((name) => new Uint8Array(readFileSync(new URL(name, folder))));
// Models of one op each, so that every op has its turn.
const cases = readCases(readFileSync(new URL("../src/onnx/in/fixtures/backend-cases.bin.gz", import.meta.url)));
if (process.argv[4] === "ops") {
  files.push(...cases.cases.map(({ model: [at, length] }) => cases.bytes.slice(at, at + length)));
}
const [count, first] = [Number(process.argv[2] ?? 1000), Number(process.argv[3] ?? 0)];
const counts = new Map<string, number>();
let slowest = { seed: 0, ms: 0 };
let most = { seed: 0, bytes: 0 };
for (let seed = first; seed < first + count; seed++) {
  const bytes = mutation(files, seed, [...lowerings.keys()]);
  const before = process.memoryUsage();
  const start = performance.now();
  let what: string;
  try {
    const { kind, cause } = readingOf(bytes);
    const plain =
      cause instanceof Error && !("op" in cause)
        ? ` (${cause.name}: ${cause.message.slice(0, 60).replaceAll(/[\d,]+/g, "N")})`
        : "";
    what = `${kind}${plain}`;
    if (plain !== "" && process.argv[4] === "trace")
      console.log(seed, (cause as Error).stack?.split("\n").slice(0, 4).join("\n"));
  } catch (error) {
    what = `CRASHED seed ${seed}: ${error}`;
  }
  const ms = performance.now() - start;
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  const grown = arrayBuffers - before.arrayBuffers + Math.max(0, heapUsed - before.heapUsed);
  if (ms > slowest.ms) slowest = { seed, ms };
  if (grown > most.bytes) most = { seed, bytes: grown };
  counts.set(what, (counts.get(what) ?? 0) + 1);
}
for (const [what, n] of [...counts].sort((a, b) => b[1] - a[1])) console.log(n, what);
console.log("slowest", slowest, "most memory", most);
