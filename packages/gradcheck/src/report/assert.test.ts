/** gradcheck as a matcher and as an assertion. */
import { defineOp, log, mul, type RuleContext, square, tanh, type Variable, variable } from "@adjoint/autograd";
import { AdjointError, kernels, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { assertGradcheck, GradcheckError } from "./assert.ts";
import "../vitest.ts";

const x = tensor([0.5, -1, 2], { dtype: "float64" });
const half = defineOp({
  name: "half",
  infer: ([z]) => z,
  forward: ([z]) => kernels.square(z),
  backward: [({ grad, inputs: [z] }) => mul(grad, z)],
});

/** What `fn` throws. */
function thrownBy(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("toPassGradcheck", () => {
  it("passes right gradients and fails wrong ones with the report", () => {
    expect(tanh).toPassGradcheck([x]);
    expect(half).not.toPassGradcheck([x]);
    const error = thrownBy(() => expect(half).toPassGradcheck([x], { names: ["x"] })) as Error;
    expect(error.message).toContain("Every entry is 1/2 times the derivative");
    expect(thrownBy(() => expect(tanh).not.toPassGradcheck([x]))).toBeInstanceOf(Error);
  });
});

describe("the headline", () => {
  const square1 = {
    ...half.definition,
    backward: [({ grad, inputs: [z] }: RuleContext<object>) => mul(grad, mul(z, 2))],
  };
  const headlines = (f: (x: Variable) => Variable): string => {
    const { message } = thrownBy(() => assertGradcheck(f, [x], { names: ["x"], order: 2 })) as GradcheckError;
    const byMatcher = (thrownBy(() => expect(f).toPassGradcheck([x], { names: ["x"], order: 2 })) as Error).message;
    const [first] = byMatcher.split("\n");
    expect(message.slice("gradcheck: ".length).startsWith(first)).toBe(true);
    return first;
  };

  it("says what failed", () => {
    const wrongJvp = defineOp({ ...square1, name: "square1", jvp: ({ inputs: [z] }) => z });
    const noJvp = defineOp({
      ...square1,
      name: "square2",
      jvp: () => {
        throw new Error("not today");
      },
    });
    const failing = defineOp({ ...square1, name: "square3", backward: [() => undefined as never] });
    const outside = defineOp({ ...square1, name: "square4", backward: [({ grad, inputs: [z] }) => mul(grad, log(z))] });
    const values = defineOp({
      ...square1,
      name: "square5",
      backward: [({ grad, inputs: [z] }) => mul(grad, variable(kernels.mul(z.value, 2)))],
    });
    let calls = 0;
    expect([
      headlines(half),
      headlines(wrongJvp),
      headlines(noJvp),
      headlines(failing),
      headlines(outside),
      headlines(values),
      headlines(log),
      headlines((z) => mul(z, calls++)),
      headlines(() => {
        throw new Error("the file: gone");
      }),
      headlines((z) => {
        z.value.data[0] = 3;
        return square(z);
      }),
    ]).toMatchInlineSnapshot(`
      [
        "the gradient of x is wrong",
        "Forward mode of square1 is wrong; the gradient is right",
        "Forward mode of square2 fails; the gradient is right",
        "The backward rule fails",
        "The rule gives NaN at [1], but the derivative is finite",
        "The gradient is right, but its derivative with respect to x is not (0 instead of -2.24088)",
        "f gives NaN at the point itself (result element 1)",
        "f returns another result when called again with the same inputs",
        "f throws at the point itself",
        "f changes its input "x" in place",
      ]
    `);
  });
});

describe("assertGradcheck", () => {
  it("returns the report of a right gradient", () => {
    expect(assertGradcheck((z) => square(z), [x], { order: 2 }).ok).toBe(true);
  });

  it("throws an error that carries the report and prints it", () => {
    const error = thrownBy(() => assertGradcheck((z) => half(z), [x], { names: ["x"] })) as GradcheckError;
    expect(error).toBeInstanceOf(GradcheckError);
    expect(error).toBeInstanceOf(AdjointError);
    expect(error.report.inputs[0].diagnoses[0].kind).toBe("scale");
    expect(error.message).toMatch(/^gradcheck: the gradient of x is wrong\. \ninput +shape/);
  });
});
