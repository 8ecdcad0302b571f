import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layers, model } from "@adjoint/nn";
import { describe, expect, it } from "vitest";
import { type CommandResult, runCommand } from "../testing/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-explain-"));
const specFile = join(folder, "model.json");
const spec = model({
  input: [1, 8, 8],
  layers: [layers.convolution({ filters: 2, size: 3 }), layers.relu(), layers.pooling({ size: 2 }), layers.affine(3)],
  loss: "softmaxWithLoss",
});
writeFileSync(specFile, JSON.stringify(spec));

async function explain(...args: string[]): Promise<CommandResult> {
  const { code, stdout, stderr } = await runCommand("explain", ...args);
  return { code, stdout: stdout.replaceAll(folder, "<folder>"), stderr: stderr.replaceAll(folder, "<folder>") };
}

describe("adjoint explain", () => {
  it("prints the engine, what was rewritten, and how long the parts of a step take", async () => {
    const { code, stdout, stderr } = await explain(specFile, "--batch-size", "4", "--engine", "WASM");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^engine: wasm\n\n/);
    expect(stdout).toMatch(/\d+ × max pooling: /);
    expect(stdout).toMatch(/^[\d.]+ ms in \d+ parts, [\d.]+ [KM]iB of memory$/m);
    expect(stdout).not.toContain("%0 = ");
    const { stdout: whole } = await explain(specFile, "--batch-size", "4", "--threads", "2", "--program");
    expect(whole).toMatch(/^program of \d+ ops/);
    expect(whole).toMatch(/^engine "wasm": \d+ parts in [\d.]+ [KM]iB of memory$/m);
  });

  it("writes when each part ran", async () => {
    const file = join(folder, "step.trace.json");
    const { code, stdout } = await explain(specFile, "--batch-size", "4", "--trace", file);
    expect([code, stdout.trimEnd().split("\n").at(-1)]).toEqual([0, "wrote <folder>/step.trace.json"]);
    const { traceEvents } = JSON.parse(readFileSync(file, "utf8"));
    expect(traceEvents[0]).toMatchObject({ name: "program", ph: "X", ts: 0 });
    expect(traceEvents.length).toBeGreaterThan(5);
  });

  it("writes the recorded graph and the one that runs as a page", async () => {
    const file = join(folder, "step.html");
    const { code, stdout } = await explain(specFile, "--batch-size", "4", "--engine", "wasm", "--page", file);
    expect([code, stdout.trimEnd().split("\n").at(-1)]).toEqual([0, "wrote <folder>/step.html"]);
    const html = readFileSync(file, "utf8");
    expect(html).toContain("<title>a training step of model.json</title>");
    const { groups } = /id="(?<key>r\d+)">1 × max pooling and convolution, backward/.exec(html) as RegExpExecArray;
    for (const side of ["a", "b"])
      expect(html).toMatch(new RegExp(`id="${side}\\d+" class="node[^"]* ${groups?.key}\\b`));
  });

  it("refuses a model that has nothing to learn by, and files that it cannot write", async () => {
    const plain = join(folder, "plain.json");
    writeFileSync(plain, JSON.stringify({ ...spec, loss: undefined }));
    expect((await explain(plain)).stderr).toContain("the model has no loss to train by");
    expect((await explain(specFile, "--trace", join(folder, "step.txt"))).stderr).toContain("does not end in .json");
    expect((await explain(specFile, "--trace", specFile)).stderr).toContain("is the file that is read");
  });
});
