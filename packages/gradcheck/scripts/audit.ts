/**
 * Prints what gradcheck says of random functions with right and with wrong rules, whose derivatives are known.
 * `--count N`: entries of each kind (default 100); `--seed N`: of the random functions (default 1); `--show N`: that many
 * of the false alarms and misses in full.
 */
import { parseArgs } from "node:util";
import { type AuditedEntry, type AuditOptions, audit, inputKinds, isMistaken, type Said } from "../src/corpus/audit.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
    show: { type: "string", default: "0" },
  },
});
const settings: readonly AuditOptions[] = [
  { dtype: "float64", order: 1, mode: "full" },
  { dtype: "float32", order: 1, mode: "full" },
  { dtype: "float64", order: 1, mode: "projected" },
  { dtype: "float64", order: 2, mode: "full" },
];
const columns: readonly Said[] = ["ok", "unsure", "kink", "WRONG"];
const failures: AuditedEntry[] = [];
console.log("| dtype, order, mode | inputs | right: ok | unsure | kink | WRONG | wrong: ok | unsure | kink | WRONG |");
console.log("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
for (const options of settings) {
  for (const kind of inputKinds) {
    const entries = audit(kind, Number(values.count), Number(values.seed), options);
    const count = (right: boolean, said: Said): number =>
      entries.filter((entry) => entry.right === right && entry.said === said).length;
    const cells = [true, false].flatMap((right) => columns.map((said) => count(right, said)));
    console.log(`| ${options.dtype}, ${options.order}, ${options.mode} | ${kind} | ${cells.join(" | ")} |`);
    failures.push(...entries.filter(isMistaken));
  }
}
const alarms = failures.filter(({ right }) => right).length;
console.log(`\nfalse alarms: ${alarms}, misses: ${failures.length - alarms}`);
for (const { right, text } of failures.slice(0, Number(values.show))) {
  console.log(`\n${right ? "FALSE ALARM" : "MISS"}: ${text}`);
}
