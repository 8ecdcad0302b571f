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

it("takes native code by itself where it was brought, for large programs that need no exact numbers and have its ops alone", async () => {
  vi.resetModules();
  const { constant, matmul } = await import("@adjoint/autograd");
  const { GraphError, zeros } = await import("@adjoint/tensor");
  const { provideEngine, readyBy } = await import("./all.ts");
  const { reference } = await import("./reference.ts");
  const { trace } = await import("../trace/trace.ts");
  const engineOf = (rows: number, exact = false): string => {
    const [a, b] = [constant(zeros([rows, 2 ** 10])), constant(zeros([2 ** 10, 2 ** 10]))];
    const program = trace((x: Variable, y: Variable) => matmul(x, y), a, b);
    return readyBy("auto", program, { threads: 1, exact }).engine;
  };
  const large = 2 ** 9;
  expect(engineOf(large)).toBe("wasm");
  provideEngine("onnxruntime", (program) => reference(program));
  expect(engineOf(large)).toBe("onnxruntime");
  expect(engineOf(large - 1)).toBe("wasm");
  expect(engineOf(large, true)).toBe("wasm");
  provideEngine("onnxruntime", () => {
    throw new GraphError({ op: "compile", problem: "it has not this op" });
  });
  expect(engineOf(large)).toBe("wasm");
  provideEngine("onnxruntime", () => {
    throw new TypeError("wrong");
  });
  expect(() => engineOf(large)).toThrow("wrong");
});
