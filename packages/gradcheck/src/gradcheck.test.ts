/** gradcheck: right gradients pass, wrong ones are told, and everything else that gradients must be is looked at. */
import {
  add,
  type BackwardRule,
  constant,
  defineOp,
  detach,
  div,
  exp,
  log,
  matmul,
  mean,
  mul,
  type NoAttributes,
  neg,
  pow,
  relu,
  sigmoid,
  sin,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  type UnaryOp,
  type Variable,
  variable,
} from "@adjoint/autograd";
import { DTypeError, kernels, rng, SpecError, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { gradcheck } from "./gradcheck.ts";
import type { GradcheckReport } from "./report/report.ts";

const f64 = { dtype: "float64" } as const;
const x = tensor(
  [
    [0.5, -1.25, 2],
    [0.75, 1.5, -0.5],
  ],
  f64,
);

/** x² with another rule. */
function squareWith(rule: BackwardRule<NoAttributes>): UnaryOp {
  return defineOp({ name: "wrong", infer: ([z]) => z, forward: ([z]) => kernels.square(z), backward: [rule] });
}

describe("gradcheck passes right gradients", () => {
  it("of one input and of several", () => {
    expect(gradcheck(sigmoid, [x]).ok).toBe(true);
    const w = tensor(
      [
        [1, 2],
        [-1, 0.5],
        [0.25, 3],
      ],
      f64,
    );
    const report = gradcheck((a, b, c) => softmax(add(matmul(a, b), c)), [x, w, tensor([0.1, -0.2], f64)]);
    expect(report.ok).toBe(true);
    expect(report.inputs.map(({ shape, checked }) => [shape, checked])).toEqual([
      [[2, 3], 6],
      [[3, 2], 6],
      [[2], 2],
    ]);
  });

  it("of float32 inputs, checked as float64 copies, which stay as they were", () => {
    const coarse = variable([1, 2, 3], { name: "x" });
    const report = gradcheck((z) => exp(z), [coarse]);
    expect([report.ok, report.inputs[0].name]).toEqual([true, "x"]);
    expect([coarse.grad, coarse.dtype, coarse.toArray()]).toEqual([null, "float32", [1, 2, 3]]);
  });

  it("of empty inputs and single numbers, and passes integers on", () => {
    for (const mode of ["full", "projected"] as const) {
      const empty = gradcheck((z) => exp(z), [tensor([], f64)], { mode });
      expect([empty.ok, empty.inputs[0].worst]).toEqual([true, null]);
    }
    expect(gradcheck((z) => exp(z), [2]).ok).toBe(true);
    const index = tensor([1, 0], { dtype: "int32" });
    const report = gradcheck((z, i) => z.indexSelect(i), [x, index]);
    expect([report.ok, report.inputs.length]).toEqual([true, 1]);
  });

  it("of a function that does not depend on its input", () => {
    expect(gradcheck((z) => constant(kernels.mul(z.value, tensor(0, f64))), [x]).ok).toBe(true);
  });
});

describe("gradcheck finds wrong gradients and says what they look like", () => {
  const kindOf = (f: (z: Variable) => Variable): string | undefined => gradcheck(f, [x]).inputs[0].diagnoses[0]?.kind;

  it("a flipped sign", () => {
    expect(kindOf(squareWith(({ grad, inputs: [z] }) => neg(mul(grad, mul(z, 2)))))).toBe("sign");
  });

  it("a factor, and which", () => {
    const report = gradcheck(
      squareWith(({ grad, inputs: [z] }) => mul(grad, z)),
      [x],
    );
    const [first, second] = report.inputs[0].diagnoses;
    // The gradient x is y / x, too.
    expect([second.kind, second.certainty < first.certainty / 2]).toEqual(["detached", true]);
    expect(first).toEqual({
      kind: "scale",
      certainty: 0.78,
      factor: 0.5,
      text: "Every entry is 1/2 times the derivative: a factor 2 is missing (that of a square?); or, as 2 is the length of axis 0 of [2, 3], a mean's 1/2 is applied twice, or a mean is used where a sum belongs.",
    });
  });

  it("a value that was detached", () => {
    expect(kindOf((z) => square(detach(z)))).toBe("detached");
  });

  it("an ignored upstream gradient", () => {
    const report = gradcheck(
      squareWith(({ inputs: [z] }) => mul(z, 2)),
      [x],
    );
    expect([report.ok, report.inputs[0].diagnoses[0].kind]).toEqual([false, "upstream-ignored"]);
  });

  it("and which op of several has the wrong rule", () => {
    const wrong = squareWith(({ grad, inputs: [z] }) => mul(grad, z));
    const report = gradcheck((z) => sum(mul(softmax(wrong(z)), tanh(z))), [x]);
    expect(report.inputs[0].diagnoses[0]).toMatchObject({ kind: "scale", op: "wrong", factor: 0.5 });
    expect(report.inputs[0].diagnoses[0].text).toMatch(
      /^In the rule of wrong \(for its input 0\): Every entry is 1\/2/,
    );
  });

  it("in one of several inputs only", () => {
    const product = defineOp({
      name: "product",
      infer: ([a]) => a,
      forward: ([a, b]) => kernels.mul(a, b),
      backward: [({ grad, inputs: [, b] }) => mul(grad, b), ({ grad, inputs: [, b] }) => mul(grad, b)],
    });
    const report = gradcheck((a, b) => product(a, b), [x, kernels.square(x)], { names: ["a", "b"] });
    expect(report.inputs.map(({ name, ok }) => [name, ok])).toEqual([
      ["a", true],
      ["b", false],
    ]);
    expect(report.ok).toBe(false);
  });

  it("that are off by a part in a million", () => {
    const almost = squareWith(({ grad, inputs: [z] }) => mul(grad, mul(z, 2 * (1 + 1e-6))));
    expect(gradcheck(almost, [x]).ok).toBe(false);
    const nearly = squareWith(({ grad, inputs: [z] }) => mul(grad, mul(z, 2 * (1 + 1e-9))));
    expect(gradcheck(nearly, [x]).ok).toBe(false);
  });

  it("as plain JSON, with a text that does not show in it", () => {
    const report = gradcheck(
      squareWith(({ grad, inputs: [y] }) => mul(grad, y)),
      [x],
      { names: ["x"] },
    );
    expect(JSON.parse(JSON.stringify(report))).toEqual({ ...report });
    expect(Object.keys(report)).toEqual(["ok", "mode", "dtype", "inputs"]);
    expect(report.inputs[0].worst).toMatchObject({ index: [0, 2], output: [0, 2], analytic: 2 });
  });
});

describe("gradcheck compares everything that gradients must be", () => {
  const kinds = (report: GradcheckReport): string[] => report.inputs.map(({ diagnoses }) => diagnoses[0]?.kind ?? "ok");

  it("functions that are not deterministic", () => {
    const generator = rng(1);
    const noisy = (z: Variable): Variable => add(z, generator.uniform([2, 3], f64));
    expect(kinds(gradcheck(noisy, [x]))).toEqual(["nondeterministic"]);
    let calls = 0;
    // After the first calls, and before the last ones.
    const drifting = (z: Variable): Variable => mul(z, calls++ < 30 ? 1 : 2);
    expect(kinds(gradcheck(drifting, [x]))).toEqual(["nondeterministic"]);
  });

  it("points where the function is not finite, or throws", () => {
    const outside = gradcheck((z) => sqrt(z), [tensor([-1], f64)]);
    expect([outside.ok, outside.inputs[0].diagnoses[0].kind]).toEqual([false, "not-finite"]);
    expect(outside.inputs[0].diagnoses[0].text).toContain("NaN at the point itself");
    const throwing = gradcheck(() => {
      throw new RangeError("no such thing");
    }, [x]);
    expect(throwing.inputs[0].diagnoses[0]).toMatchObject({ kind: "throws" });
    expect(throwing.inputs[0].diagnoses[0].text).toContain("no such thing");
  });

  it("neighbours of the point where the function is not finite, or throws: it names where", () => {
    const edge = gradcheck((z) => pow(z, 1.5), [tensor([1, 0], f64)]);
    expect([edge.ok, edge.inputs[0].wrong]).toEqual([false, 1]);
    expect(edge.inputs[0].diagnoses[0].text).toMatch(/^At \[1\], a step of .* away, f gives NaN/);
    const guarded = gradcheck(
      (z) => {
        if (Number(z.value.at(1)) > 2) throw new RangeError("too large");
        return square(z);
      },
      [tensor([1, 2], f64)],
    );
    expect(guarded.inputs[0].diagnoses[0].kind).toBe("throws");
    expect(guarded.inputs[0].diagnoses[0].text).toContain("too large");
  });

  it("a domain that ends a short step away, without a complaint", () => {
    expect(gradcheck((z) => sqrt(z), [tensor([1e-4, 1, 100], f64)]).ok).toBe(true);
    expect(gradcheck((z) => log(z), [tensor([1e-6, 1e-3, 1, 1e6], f64)]).ok).toBe(true);
  });

  it("several results, and lists with integers among them", () => {
    const both = gradcheck((a, b) => [mul(a, b), exp(a), a.gt(0)], [x, kernels.square(x)], { names: ["a", "b"] });
    expect(both.ok).toBe(true);
    const wrong = gradcheck((a) => [exp(a), neg(square(detach(a)))], [x]);
    expect([wrong.ok, wrong.inputs[0].worst?.output?.[0]]).toEqual([false, 1]);
  });

  it("the second order, when asked", () => {
    const frozen = squareWith(({ grad, inputs: [z] }) => mul(grad, mul(detach(z), 2)));
    expect(gradcheck(frozen, [x]).ok).toBe(true);
    const report = gradcheck(frozen, [x], { order: 2 });
    expect([report.ok, report.inputs[0].diagnoses[0].kind]).toEqual([false, "second-order"]);
    expect(gradcheck((z) => softmax(z), [x], { order: 2 }).ok).toBe(true);
    expect(gradcheck((a, b) => matmul(a, b), [x, tensor([[1], [2], [3]], f64)], { order: 2 }).ok).toBe(true);
  });

  it("inputs of any size, and beside each other", () => {
    for (const scale of [1e-6, 1e-3, 1, 1e3, 1e6]) {
      const z = kernels.mul(x, tensor(scale, f64));
      for (const f of [square, tanh, relu, softmax, sin]) {
        expect(gradcheck((v) => f(v), [z]).ok, `${f.name} at ${scale}`).toBe(true);
      }
    }
    expect(gradcheck((a, b) => mul(a, b), [tensor([1e-6, 1e6], f64), tensor([1e6, 1e-6], f64)]).ok).toBe(true);
  });

  it("batch normalization far from 0, whose rounding is large", () => {
    const normalize = (z: Variable): Variable => {
      const centered = sub(z, mean(z, { axis: 0, keepDims: true }));
      return div(centered, sqrt(add(mean(square(centered), { axis: 0, keepDims: true }), 1e-7)));
    };
    for (const offset of [0, 1e3, 1e6]) {
      expect(gradcheck(normalize, [kernels.add(x, tensor(offset, f64))]).ok, String(offset)).toBe(true);
    }
  });

  it("float32, and says how small an error would show", () => {
    const report = gradcheck((z) => tanh(z), [x], { dtype: "float32" });
    expect([report.ok, report.dtype]).toEqual([true, "float32"]);
    // Differences of float32 numbers lose half of their 24 bits, at ten times the estimate.
    expect(report.inputs[0].resolution).toBeGreaterThan(1e-6);
    expect(report.inputs[0].resolution).toBeLessThan(0.05);
    expect(String(report)).toContain("cannot be seen");
    const wrong = squareWith(({ grad, inputs: [z] }) => mul(grad, mul(z, 2.5)));
    expect(gradcheck(wrong, [x], { dtype: "float32" }).ok).toBe(false);
  });
});

describe("gradcheck refuses", () => {
  it("results that are no real numbers, and unknown options", () => {
    expect(() => gradcheck((z) => z.gt(0), [x])).toThrow(DTypeError);
    expect(() => gradcheck((() => 1) as unknown as () => Variable, [x])).toThrow(DTypeError);
    expect(() => gradcheck((z) => sum(z), [x], { tolerance: 1 } as object)).toThrow(SpecError);
    expect(() => gradcheck((z) => sum(z), [x], { order: 3 } as object)).toThrow(SpecError);
    expect(() => gradcheck(() => [], [x])).toThrow(DTypeError);
  });
});
