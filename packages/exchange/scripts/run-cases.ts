/** Runs a file of ONNX's backend test cases and prints what became of them. Run: tsx … scripts/run-cases.ts FILE */
import { readFileSync } from "node:fs";
import { readCases, runCase } from "../src/onnx/in/testing/backend-cases.ts";

const cases = readCases(readFileSync(process.argv[2]));
const wanted = process.argv[3];
const outcomes = cases.cases
  .filter(({ name }) => wanted === undefined || name.includes(wanted))
  .map((one) => runCase(cases, one));
for (const kind of ["wrong", "refused"] as const) {
  for (const { name, reason } of outcomes.filter((one) => one.kind === kind)) console.log(`${kind} ${name}: ${reason}`);
}
const count = (kind: string): number => outcomes.filter((one) => one.kind === kind).length;
console.log(`${count("passed")} passed, ${count("refused")} refused, ${count("wrong")} wrong`);
console.log(`${outcomes.filter(({ constants }) => constants.length > 0).length} with inputs given as constants`);
