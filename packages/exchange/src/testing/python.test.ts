import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pythonPath, requirementsPath, runPython } from "./python.ts";

describe.skipIf(pythonPath === null)("Python for tests", () => {
  it("has the packages that are listed", async () => {
    const code = `
from importlib.metadata import version
print([f"{name}=={version(name)}" for name in "onnx onnxruntime jax numpy safetensors".split()])`;
    // An interpreter that ADJOINT_PYTHON names may have other versions.
    const listed = readFileSync(requirementsPath, "utf8").trim().split("\n");
    const versionless = (lines: string) => lines.replace(/==[\d.]+/g, "");
    expect(versionless((await runPython(["-c", code])).trim())).toBe(versionless(`['${listed.join("', '")}']`));
  });

  it("says what went wrong", async () => {
    await expect(runPython(["-c", "raise ValueError('no such shape')"])).rejects.toThrow("no such shape");
  });
});
