import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readCases, runCase } from "./testing/backend-cases.ts";

const cases = readCases(readFileSync(new URL("./fixtures/backend-cases.bin.gz", import.meta.url)));

/** Cases that are refused, and what the refusal says. */
const refused: Readonly<Record<string, RegExp>> = {
  test_scan_sum: /is of version 8/,
  test_training_dropout: /drops values, as in training/,
  test_training_dropout_default: /drops values, as in training/,
  test_training_dropout_default_mask: /drops values, as in training/,
  test_training_dropout_mask: /drops values, as in training/,
};

describe("ONNX's own backend test cases", () => {
  it("pass with ONNX's tolerances, but for those that are refused for a reason", () => {
    const outcomes = cases.cases.map((one) => runCase(cases, one));
    expect(outcomes.filter(({ kind }) => kind === "wrong")).toEqual([]);
    const reasons = outcomes.filter(({ kind }) => kind === "refused").map(({ name, reason }) => [name, reason]);
    expect(reasons.map(([name]) => name).sort()).toEqual(Object.keys(refused).sort());
    for (const [name, reason] of reasons) expect(reason).toMatch(refused[name]);
    expect(outcomes.length).toBeGreaterThan(1100);
  });
});
