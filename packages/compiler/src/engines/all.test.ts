import type { Variable } from "@adjoint/autograd";
import { afterEach, expect, it, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

it("does without WebAssembly where there is none, and says so where it was asked for", async () => {
  vi.resetModules();
  vi.stubGlobal("WebAssembly", undefined);
  const { constant, mul } = await import("@adjoint/autograd");
  const { compile } = await import("../compile.ts");
  const x = constant([1, 2]);
  const double = (x: Variable): Variable => mul(x, 2);
  const byItself = compile(double);
  expect(byItself(x).toArray()).toEqual([2, 4]);
  expect(byItself.engine).toBe("reference");
  expect(() => compile(double, { engine: "wasm" })(x)).toThrow("'wasm-unsafe-eval'");
});
