/**
 * Writes what docs/onnx-in.md lists: the ops that are read, and what became of ONNX's test cases.
 * Run: pnpm --filter @adjoint/exchange build:read-ops
 */
import { readFileSync, writeFileSync } from "node:fs";
import { controls } from "../src/onnx/in/nodes/control.ts";
import { sequences } from "../src/onnx/in/nodes/sequences.ts";
import { families, limits } from "../src/onnx/in/ops/all.ts";
import { readCases, runCase } from "../src/onnx/in/testing/backend-cases.ts";

const page = new URL("../../../docs/onnx-in.md", import.meta.url);
const fixture = new URL("../src/onnx/in/fixtures/backend-cases.bin.gz", import.meta.url);

const code = (text: string): string => `\`${text}\``;

/** The list of ops, and below it the limits of some. */
export function opsInWords(): string {
  const rows = Object.entries(families).map(
    ([family, ops]) => `| ${family} | ${Object.keys(ops).sort().map(code).join(" ")} |`,
  );
  const notes = Object.entries(limits).map(([op, words]) => `| ${code(op)} | ${words} |`);
  return [
    [
      "| family | ops |",
      "| --- | --- |",
      ...rows,
      `| Control | ${[...controls.keys()].map(code).join(" ")} |`,
      `| Sequences | ${[...sequences.keys()].sort().map(code).join(" ")} |`,
    ].join("\n"),
    ["| op | what is read of it |", "| --- | --- |", ...notes].join("\n"),
  ].join("\n\n");
}

/** What became of the cases. */
export function casesInWords(): string {
  const cases = readCases(readFileSync(fixture));
  const outcomes = cases.cases.map((one) => runCase(cases, one));
  const passed = outcomes.filter(({ kind }) => kind === "passed");
  const constants = passed.filter((one) => one.constants.length > 0);
  const refused = outcomes.filter(({ kind }) => kind === "refused");
  const reason = (text: string): string =>
    text
      .replace(/^.*?cannot be read: /s, "")
      .replace(/ In layer .*$/s, "")
      .replace(/\.$/, "");
  return [
    `Of ${cases.cases.length.toLocaleString("en-US")} cases of onnx ${cases.onnx}, ${passed.length.toLocaleString("en-US")} pass, ${constants.length} of them with inputs given as \`constants\`. These are refused:`,
    ["| case | why |", "| --- | --- |", ...refused.map((one) => `| ${code(one.name)} | ${reason(one.reason)} |`)].join(
      "\n",
    ),
    `${cases.large.length} more are too large for the repository, and pass when a script runs them: ${cases.large.map(code).join(" ")}.`,
    `Left out are ${cases.without[""]} cases of values that are no tensors (sequences, strings, numbers of 4 and 8 bits), and those of ops that are not read: ${Object.entries(
      cases.without,
    )
      .filter(([op]) => op !== "")
      .map(([op, count]) => `${code(op)} ${count}`)
      .join(", ")}.`,
  ].join("\n\n");
}

/** A page with its generated parts made anew. */
export function withGenerated(text: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce(
    (page, [name, part]) =>
      page.replace(new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`), `$1\n${part}\n\n$2`),
    text,
  );
}

if (process.argv[1]?.endsWith("read-ops-page.ts")) {
  const text = readFileSync(page, "utf8");
  writeFileSync(page, withGenerated(text, { ops: opsInWords(), cases: casesInWords() }));
}
