/** `adjoint check` on a file as users have them: what is right passes, what is wrong is named, the exit code tells. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { layers, model } from "@adjoint/nn";
import { describe, expect, it } from "vitest";
import { runCommand } from "../testing/run-command.ts";

const file = fileURLToPath(new URL("../checking/fixtures/ops.ts", import.meta.url));

describe("adjoint check", () => {
  it("checks all that a file exports: on its samples, and on inputs that shape rules accept", async () => {
    const { code, stdout, stderr } = await runCommand("check", file);
    const verdicts = [...stdout.matchAll(/^(\w+) {2}(ok|WRONG) /gm)].map(([, name, verdict]) => [name, verdict]);
    expect(Object.fromEntries(verdicts)).toEqual({
      cube: "ok",
      energy: "ok",
      picked: "ok",
      product: "ok",
      scaled: "ok",
      wrongCube: "WRONG",
    });
    expect(stdout.match(/^(net|built|layer) {2}ok\n┌/gm)).toHaveLength(3);
    expect(stdout.match(/^\w+ {2}skipped: .*$/gm)?.sort()).toEqual([
      "layerWithoutSamples  skipped: a network or layer without samples",
      "layre  skipped: there are samples, but no export of that name",
      "rowOf  skipped: a function without samples",
    ]);
    expect(stdout).toContain("2/3 times the derivative");
    expect([code, stderr]).toEqual([1, ""]);
  });

  it("checks one export, with exit code 0 where it is right", async () => {
    expect((await runCommand("check", `${file}#product`)).code).toBe(0);
    expect((await runCommand("check", `${file}#cube`, "--order", "2", "--mode", "projected")).code).toBe(0);
    const { code, stdout } = await runCommand("check", `${file}#wrongCube`, "--samples", "1");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^wrongCube {2}WRONG {2}\(1 sample\)\n/);
  });

  it("prints reports as JSON", async () => {
    const { code, stdout } = await runCommand("check", `${file}#wrongCube`, "--json", "--seed", "3");
    const { ok, checks } = JSON.parse(stdout);
    expect([code, ok, checks.length, checks[0].name, checks[0].kind]).toEqual([1, false, 1, "wrongCube", "op"]);
    expect(checks[0].reports[0].inputs[0].diagnoses[0].kind).toBe("scale");
  });

  it("goes on where an export cannot be checked, and says why", async () => {
    const failing = fileURLToPath(new URL("../checking/fixtures/failing.ts", import.meta.url));
    const { code, stdout, stderr } = await runCommand("check", failing);
    expect([code, stderr]).toEqual([1, ""]);
    expect(stdout).toMatch(/^negative {2}WRONG/m);
    expect(stdout).toMatch(/^scaled {2}FAILED {2}check: no inputs could be guessed for scaled.*samples = .*\.$/m);
    expect(stdout).toMatch(/^throws {2}WRONG[\s\S]*f throws at the point itself: x is no list/m);
    expect(stdout).toMatch(/^layer {2}FAILED {2}Affine: .*In layer "Affine"/m);
    const { checks } = JSON.parse((await runCommand("check", failing, "--json")).stdout);
    const kinds = checks.map(({ name, kind }: { name: string; kind: string }) => [name, kind]);
    expect(Object.fromEntries(kinds)).toEqual({
      layer: "failed",
      negative: "op",
      scaled: "failed",
      throws: "function",
    });
  });

  it.each([
    ["export const = 1;", /cannot be loaded: .+/],
    ["export const x = null.shape;", /cannot be loaded: TypeError: .*broken\.mjs:1:/],
  ])("says in one line that a file cannot be loaded: %s", async (text, message) => {
    const path = join(mkdtempSync(join(tmpdir(), "adjoint-check-")), "broken.mjs");
    writeFileSync(path, text);
    const { code, stderr } = await runCommand("check", path);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  it("checks a model from JSON, layer by layer", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "adjoint-check-")), "model.json");
    const spec = model({ input: [4], layers: [layers.affine(3), layers.sigmoid()], loss: "meanSquaredError" });
    writeFileSync(path, JSON.stringify(spec));
    const { code, stdout } = await runCommand("check", path);
    expect(code).toBe(0);
    expect(stdout).toContain("affine1.weight");
    expect(stdout).toMatch(/^│ loss +│ input /m);
  });

  it("checks a model of several inputs and outputs with each of its losses, and one without a loss", async () => {
    const folder = mkdtempSync(join(tmpdir(), "adjoint-check-"));
    const [several, plain] = [join(folder, "several.json"), join(folder, "plain.json")];
    const heads = [layers.affine({ units: 3, name: "class" }), layers.affine({ units: 1, name: "size", from: "both" })];
    const spec = model({
      inputs: { left: [2], right: [2] },
      layers: [layers.concat({ from: ["left", "right"], name: "both" }), ...heads],
      outputs: ["class", "size"],
      losses: { class: "crossEntropy", size: "mse" },
    });
    writeFileSync(several, JSON.stringify(spec));
    writeFileSync(plain, JSON.stringify(model({ input: [2], layers: [layers.affine(1)] })));
    const { code, stdout } = await runCommand("check", several);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^│ loss of class +│[\s\S]*^│ loss of size +│/m);
    expect((await runCommand("check", plain)).stdout).not.toContain("loss");
  });

  it.each([
    ["samples are needed and not there", `${file}#rowOf`, /exports no op, function or model called rowOf/],
    ["nothing has that name", `${file}#nothing`, /^error: check: .*It exports .*cube.*/],
    ["there is no such file", "nothing.ts", /there is no file nothing\.ts/],
    ["it is no module", "README.md", /has an unknown file extension/],
  ])("says so in one line, with exit code 2, when %s", async (_, target, message) => {
    const { code, stderr } = await runCommand("check", target);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});
