/** The page on many machines: its commands run in order, its snippets compile and print what they say. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCommand } from "../packages/adjoint/src/testing/run-command.ts";
import { pythonPath, runPython } from "../packages/exchange/src/testing/python.ts";
import { inFolder, readPage, runFile, snippetsOf, typeErrorsOf } from "./snippets.ts";

const page = readPage("docs/many-machines.md");
const snippets = snippetsOf(page);

function blocksOf(language: string): string[] {
  return [...page.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "gs"))].map(([, text]) => text);
}

/** What a snippet says that it prints. */
const comments = (snippet: string): string[] =>
  [...snippet.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);

it("compiles", async () => {
  expect(snippets.length).toBe(2);
  expect(await typeErrorsOf(snippets)).toBe("");
});

it("takes a network to JAX and back", async () => {
  await inFolder(async (folder) => {
    const at = (name: string): string => join(folder, name);
    writeFileSync(at("digits-net.json"), blocksOf("json")[0]);
    const [exporting, training] = blocksOf("sh")[1].trim().split("\n");
    const words = exporting.split(" ").slice(1);
    const files = words.map((word) => (/\.(json|py)$/.test(word) ? at(word) : word));
    const { code, stdout } = await runCommand(...files);
    expect([code, stdout.replaceAll(`${folder}/`, "")]).toEqual([0, blocksOf("txt")[0]]);
    expect(readFileSync(at("train_step.py"), "utf8")).toContain(blocksOf("py")[0].trim());
    writeFileSync(at("own.ts"), snippets[1]);
    expect((await runFile("own.ts", folder)).trim()).toBe(comments(snippets[1])[0]);
    expect(existsSync(at("two_layers.py"))).toBe(true);
    if (pythonPath === null) return;
    await runPython(training.split(" ").slice(1), { cwd: folder });
    writeFileSync(at("back.ts"), snippets[0]);
    expect((await runFile("back.ts", folder)).trim()).toBe(comments(snippets[0])[0]);
    writeFileSync(at("exported.py"), blocksOf("py")[1]);
    expect(await runPython(["exported.py"], { cwd: folder })).toBe("True\n");
  });
});
