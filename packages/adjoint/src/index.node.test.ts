import * as inNode from "adjoint";
import {
  compile,
  constant,
  erf,
  exp,
  full,
  GraphError,
  loadDigits,
  matmul,
  mul,
  rng,
  Trainer,
  TwoLayerNet,
  type Variable,
} from "adjoint";
import { describe, expect, it } from "vitest";
import * as everywhere from "./index.ts";

it("has the names of everywhere", () => {
  expect(Object.keys(inNode)).toEqual(Object.keys(everywhere));
});

describe("the engine onnxruntime by its name", () => {
  it("runs a function", () => {
    const double = compile((x: Variable) => exp(mul(x, 2)), { engine: "onnxruntime" });
    expect(double.engine).toBe("onnxruntime");
    expect(double(constant([0, 1])).toArray()).toEqual([1, Math.fround(Math.exp(2))]);
    expect(double.plan?.parts.map(({ name }) => name)).toEqual(["onnxruntime"]);
  });

  it("is taken without its name for large products", () => {
    const product = compile((x: Variable) => matmul(x, x));
    const [small, large] = [2, 2 ** 10].map((n) => constant(full([n, n], 1)));
    expect(product(small).toArray()).toEqual([
      [2, 2],
      [2, 2],
    ]);
    expect(product.engine).toBe("wasm");
    expect((product(large).value.data as Float32Array).every((value) => value === 2 ** 10)).toBe(true);
    expect(product.engine).toBe("onnxruntime");
  });

  it("refuses a function with an op that ONNX Runtime has not, by its name", () => {
    const own = compile((x: Variable) => erf(x), { engine: "onnxruntime" });
    expect(() => own(constant(rng(1).normal([2], { dtype: "float64" })))).toThrow(GraphError);
    expect(() => own(constant(rng(1).normal([2], { dtype: "float64" })))).toThrowErrorMatchingInlineSnapshot(
      `[GraphError: compile: one op has no form in ONNX: erf: ONNX Runtime has Erf of float32 only, and this is float64, first at node 1. Write what they compute with other ops: a function of them, or the composition of an op of your own, defineOp({ …, composed: ([x]) => … }). Or run it with compile(fn), whose engine "wasm" has every op.]`,
    );
  });

  it("trains a network as the other engine does", () => {
    const { train, test } = loadDigits();
    const results = (["onnxruntime", "wasm"] as const).map((engine) => {
      const net = new TwoLayerNet({ inputSize: 64, hiddenSize: 20, outputSize: 10, seed: 1 });
      return new Trainer(net, { train, test }, { epochs: 1, engine, seed: 1 }).train();
    });
    const [a, b] = results.map(({ trainLossList }) => trainLossList);
    // Steps amplify rounding by little while the loss falls: float32 has 7 digits.
    a.forEach((loss, i) => {
      expect(Math.abs(loss - b[i])).toBeLessThan(1e-4);
    });
  });
});
