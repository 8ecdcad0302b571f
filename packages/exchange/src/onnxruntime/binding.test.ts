import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { GraphError } from "@adjoint/tensor";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { runtimeAt, sessionOf } from "./binding.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-runtime-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllGlobals());

/** A project with a package of that name. */
function project(name: string, files: Readonly<Record<string, string>>): string {
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder, name, "node_modules", "onnxruntime-node", file);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  }
  return join(folder, name, "package.json");
}

/** What is thrown. */
function errorOf(run: () => unknown): GraphError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(GraphError);
    return error as GraphError;
  }
  throw new Error("nothing was thrown");
}

describe("ONNX Runtime", () => {
  it("that is not installed is missed, and the error says how to install it", async () => {
    // In a process of its own: package managers name their folders to those that they start.
    const script = join(folder, "missing.mjs");
    const url = new URL("./binding.ts", import.meta.url).href;
    const place = JSON.stringify(join(folder, "package.json"));
    writeFileSync(
      script,
      `import { runtimeAt } from "${url}"; try { runtimeAt("compile", [${place}]) } catch (e) { console.log(e.message) }`,
    );
    const args = ["--conditions=@adjoint/source", "--import", import.meta.resolve("tsx"), script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_PATH: "" } });
    expect(stdout).toMatchInlineSnapshot(`
      "compile: the package onnxruntime-node is not installed. Run \`npm install onnxruntime-node\`; with ONNXRUNTIME_NODE_INSTALL=skip in the environment it downloads nothing for graphics cards. Or leave the engine out: "wasm" needs no package.
      "
    `);
  });

  it("of another structure is refused by its parts", () => {
    const files = { "index.js": "exports.Tensor = class {}", "dist/binding.js": "exports.binding = {}" };
    const { message } = errorOf(() => runtimeAt("compile", [project("other", files)]));
    expect(message).toMatchInlineSnapshot(
      `"compile: this version of onnxruntime-node has another inside than the versions that are known. Install a version that is known to work, \`npm install onnxruntime-node@1.30\`, or use the engine "wasm"."`,
    );
  });

  it("that cannot be loaded says why", () => {
    const files = { "index.js": "throw new Error('libonnxruntime.so.1: cannot open shared object file')" };
    expect(errorOf(() => runtimeAt("compile", [project("broken", files)])).message).toContain(
      "onnxruntime-node cannot be loaded: libonnxruntime.so.1: cannot open shared object file",
    );
  });

  it("needs Node.js", () => {
    vi.stubGlobal("process", undefined);
    expect(errorOf(() => runtimeAt("compile", [])).message).toContain('"wasm" runs in browsers');
  });

  it("says what is wrong with a file", () => {
    expect(() => sessionOf("compile", Uint8Array.of(1, 2, 3))).toThrow("compile: ONNX Runtime does not run this: ");
  });
});
