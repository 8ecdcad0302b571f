import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { graphFromJSON, graphOf, variable } from "@adjoint/autograd";
import { layers, model } from "@adjoint/nn";
import { describe, expect, it } from "vitest";
import { type CommandResult, runCommand } from "../testing/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-graph-"));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function written(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

async function adjoint(...args: string[]): Promise<CommandResult> {
  const { code, stdout, stderr } = await runCommand("graph", ...args);
  return { code, stdout: stdout.replaceAll(folder, "<folder>"), stderr: stderr.replaceAll(folder, "<folder>") };
}

const price = graphOf(variable(100, { name: "apple" }).mul(variable(2, { name: "number" })), { backward: true });
const graphFile = file("price.json", JSON.stringify(price.toJSON({ values: "leaves" })));
const spec = model({
  input: [1, 8, 8],
  layers: [layers.convolution({ filters: 2, size: 3 }), layers.relu(), layers.dropout(0.5), layers.affine(3)],
  loss: "softmaxWithLoss",
});
const specFile = file("model.json", JSON.stringify(spec));
const autograd = new URL("../../../autograd/src/index.ts", import.meta.url).href;

describe("adjoint graph", () => {
  it.each([
    ["html", "<!doctype html>"],
    ["svg", "<svg"],
    ["dot", "digraph adjoint"],
    ["mmd", "flowchart"],
    ["json", '"format":"adjoint-graph"'],
  ])("writes a graph as .%s", async (ending, part) => {
    const result = await adjoint(graphFile, "-o", join(folder, `drawn.${ending}`), "--title", "two & more");
    expect(result).toEqual({
      code: 0,
      stdout: `wrote <folder>/drawn.${ending}: ${price.nodes.length} nodes\n`,
      stderr: "",
    });
    expect(written(`drawn.${ending}`)).toContain(part);
    expect(written(`drawn.${ending}`)).toContain("apple");
  });

  it("lets a drawing go through the steps", async () => {
    expect((await adjoint(graphFile, "-o", join(folder, "steps.svg"), "--animate")).code).toBe(0);
    expect(written("steps.svg")).toContain("step 1 of 3  Forward: mul");
  });

  it("records one training step of a model, on noise", async () => {
    expect((await adjoint(specFile, "-o", join(folder, "step.json"), "--samples", "3")).code).toBe(0);
    const graph = graphFromJSON(written("step.json"));
    expect(graph.nodes.find(({ name }) => name === "x")?.shape).toEqual([3, 1, 8, 8]);
    expect(Object.keys(graph.gradients)).toHaveLength(4);
    expect(graph.run().outputs[0].size).toBe(1);
  });

  it("takes Graphs, Variables and models that a module exports, by name or the first there is", async () => {
    const module = file(
      "exports.ts",
      `import { graphOf, variable } from ${JSON.stringify(autograd)};
       const x = variable(3, { name: "x" });
       export const note: string = "no graph";
       export const y = x.square();
       export const graph = graphOf(y.mul(x));
       export const spec = ${JSON.stringify(spec)};`,
    );
    for (const [target, nodes] of [
      [module, 6],
      [`${module}#y`, 6],
      [`${module}#graph`, 3],
    ] as const) {
      const { stdout, stderr } = await adjoint(target, "-o", join(folder, "export.json"));
      expect([stdout, stderr]).toEqual([`wrote <folder>/export.json: ${nodes} nodes\n`, ""]);
    }
    expect((await adjoint(`${module}#spec`, "-o", join(folder, "export.json"))).code).toBe(0);
  });

  it("says what is wrong in a line", async () => {
    const module = file("nothing.mjs", "export const a = 1;");
    const errors = await Promise.all([
      adjoint(graphFile, "-o", join(folder, "price.png")),
      adjoint(module, "-o", join(folder, "a.html")),
      adjoint(`${module}#b`, "-o", join(folder, "a.html")),
      adjoint(join(folder, "none.json"), "-o", join(folder, "a.html")),
      adjoint(file("broken.json", '{"format":"adjoint-graph","version":9}'), "-o", join(folder, "a.html")),
      adjoint(graphFile, "-o", join(folder, "no-folder", "a.html")),
      adjoint(graphFile, "-o", join(folder, "a.html"), "--animate"),
    ]);
    expect(errors.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2, 2, 2]);
    expect(errors.map(({ stderr }) => stderr.trim())).toMatchInlineSnapshot(`
      [
        "error: --output: <folder>/price.png does not end in any of .html, .svg, .dot, .mmd, .json. Name a file that ends in .html, .svg, .dot, .mmd, .json.",
        "error: graph: <folder>/nothing.mjs exports no graph; expected a Graph, a Variable, or a model made by model({ … }). It exports a. Write export default graphOf(loss, { backward: true }).",
        "error: graph: <folder>/nothing.mjs exports no graph called b; expected a Graph, a Variable, or a model made by model({ … }). It exports a. Write export default graphOf(loss, { backward: true }).",
        "error: graph: there is no file <folder>/none.json. Paths count from the current folder.",
        "error: graphFromJSON: version is 9; this version of Adjoint reads 1. In <folder>/broken.json. Update Adjoint to read newer files.",
        "error: --output: cannot write <folder>/no-folder/a.html: ENOENT, the folder does not exist. Make the folder first, or name a file in one that exists.",
        "error: graph: only a drawing as .svg can move by itself, not <folder>/a.html; expected --output FILE.svg. Leave --animate out: the page (.html) has buttons that go through the steps.",
      ]
    `);
  });

  it("does not overwrite what it reads, by whatever path, and finds out what it cannot write before it works", async () => {
    const own = file("own.json", JSON.stringify(spec));
    symlinkSync(own, join(folder, "link.json"));
    linkSync(own, join(folder, "hard.json"));
    mkdirSync(join(folder, "folder.json"));
    // A module that would say so if it ran.
    const module = file("work.mjs", "throw new Error('it worked before');");
    const before = readdirSync(folder).sort();
    for (const [input, output] of [
      [own, own],
      [own, join(folder, "..", folder.split(/[/\\]/).at(-1) as string, "own.json")],
      [own, join(folder, "link.json")],
      [own, join(folder, "hard.json")],
      [join(folder, "link.json"), own],
    ]) {
      const { code, stderr } = await adjoint(input, "-o", output);
      expect([code, stderr]).toEqual([2, expect.stringContaining("is the file that is read")]);
    }
    for (const output of ["folder.json", "nowhere/x.json"]) {
      const { code, stderr } = await adjoint(module, "-o", join(folder, output));
      expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: --output: cannot write .*(EISDIR|ENOENT)/)]);
    }
    expect(written("own.json")).toBe(JSON.stringify(spec));
    expect(readdirSync(folder).sort()).toEqual(before);
  });
});
