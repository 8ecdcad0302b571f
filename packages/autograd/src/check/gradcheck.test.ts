import { DTypeError, kernels, rng, SpecError, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import "../methods.ts";
import { type BackwardRule, defineOp, type NoAttributes, type UnaryOp } from "../op.ts";
import { relu, sigmoid } from "../ops/activation.ts";
import { add, mul, neg } from "../ops/arithmetic.ts";
import { detach } from "../ops/cast-detach.ts";
import { softmax } from "../ops/composite/softmax.ts";
import { abs, exp, sqrt, square } from "../ops/elementary.ts";
import { matmul } from "../ops/matmul.ts";
import { max } from "../ops/max.ts";
import { sum } from "../ops/repeat-sum.ts";
import { constant, type Variable, variable } from "../variable.ts";
import { gradcheck } from "./gradcheck.ts";

function messageOf(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}

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

  it("of empty inputs and single numbers, and passes whole numbers on", () => {
    expect(gradcheck((z) => exp(z), [tensor([], f64)]).inputs[0].worst).toBeNull();
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
    expect(report.inputs[0].diagnoses).toEqual([
      {
        kind: "scale",
        certainty: 0.9,
        text: "Every entry is 0.5 times the derivative: a constant factor is missing or too many.",
      },
    ]);
  });

  it("a value that was detached", () => {
    expect(kindOf((z) => square(detach(z)))).toBe("missing");
  });

  it("an ignored upstream gradient", () => {
    const report = gradcheck(
      squareWith(({ inputs: [z] }) => mul(z, 2)),
      [x],
    );
    expect([report.ok, report.inputs[0].diagnoses.length]).toEqual([false, 1]);
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

  it("as a table and as plain JSON", () => {
    const report = gradcheck((z) => squareWith(({ grad, inputs: [y] }) => mul(grad, y))(z), [tensor([1, 2], f64)], {
      names: ["x"],
    });
    expect(String(report).replace(/\d\.\de-\d+/, "<estimate>")).toMatchInlineSnapshot(`
      "input  shape  verdict  worst entry  analytic  numerical  ± estimate
      x      [2]    WRONG    [1]          -2.94448  -5.88896   <estimate>
      x: Every entry is 0.5 times the derivative: a constant factor is missing or too many."
    `);
    expect(JSON.parse(JSON.stringify(report)).inputs[0].worst.index).toEqual(report.inputs[0].worst?.index);
  });
});

describe("gradcheck reports kinks", () => {
  it("and accepts values between the slopes of both sides", () => {
    const report = gradcheck((z) => relu(z), [tensor([-1, 0, 1], f64)]);
    expect(report.ok).toBe(true);
    expect(report.inputs[0].kinks.map(({ index, analytic, between }) => [index, analytic, between])).toEqual([
      [[1], 0, true],
    ]);
  });

  it("of abs and of ties in max", () => {
    expect(gradcheck((z) => abs(z), [tensor([0], f64)]).inputs[0].kinks).toHaveLength(1);
    const tie = gradcheck((z) => max(z), [tensor([1, 1, 0], f64)]);
    expect([tie.ok, tie.inputs[0].kinks.length]).toEqual([true, 2]);
  });

  it("and refuses values outside", () => {
    const wrong = defineOp({
      name: "wrongRelu",
      infer: ([z]) => z,
      forward: ([z]) => kernels.relu(z),
      backward: [({ grad, inputs: [z] }) => mul(grad, add(mul(z, 0), 2))],
    });
    const report = gradcheck((z) => wrong(z), [tensor([0], f64)]);
    expect([report.ok, report.inputs[0].kinks[0].between]).toEqual([false, false]);
  });
});

describe("gradcheck refuses", () => {
  it("functions that are not deterministic", () => {
    const generator = rng(1);
    const noisy = (z: Variable): Variable => add(z, generator.uniform([2, 3], f64));
    expect(() => gradcheck(noisy, [x])).toThrow(SpecError);
    expect(messageOf(() => gradcheck(noisy, [x]))).toMatchInlineSnapshot(
      `"gradcheck: f gives another result when it is called again. Fix random numbers with a seed, and choose inputs inside the function's domain."`,
    );
  });

  it("points where the function is not finite", () => {
    expect(messageOf(() => gradcheck((z) => sqrt(z), [tensor([-1], f64)]))).toMatchInlineSnapshot(
      `"gradcheck: f gives NaN at the point itself. Fix random numbers with a seed, and choose inputs inside the function's domain."`,
    );
  });

  it("results that are no real numbers, and unknown options", () => {
    expect(() => gradcheck((z) => z.gt(0), [x])).toThrow(DTypeError);
    expect(() => gradcheck((() => 1) as unknown as () => Variable, [x])).toThrow(DTypeError);
    expect(() => gradcheck((z) => sum(z), [x], { tolerance: 1 } as object)).toThrow(SpecError);
  });
});
