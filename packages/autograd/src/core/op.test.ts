import { DTypeError, GraphError, kernels, ShapeError, SpecError, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { noGrad } from "../transforms/record.ts";
import "../methods.ts";
import { mul, sub } from "../ops/arithmetic.ts";
import { defineOp } from "../ops/define-op.ts";
import { square } from "../ops/elementary.ts";
import { sum } from "../ops/repeat-sum.ts";
import { tanh } from "../ops/trigonometric.ts";
import { constant, variable } from "./leaf.ts";
import type { Op } from "./op.ts";
import type { OpDefinition, Variable } from "./variable.ts";

const f64 = { dtype: "float64" } as const;

/** tanh, as the book's reader would write it. */
const definition: OpDefinition = {
  name: "myTanh",
  infer: ([x]) => x,
  forward: ([x]) => kernels.tanh(x),
  backward: [({ grad, output }) => mul(grad, sub(1, square(output)))],
  saves: "output",
  math: { forward: "y = tanh x", backward: "x̄ = ȳ (1 − y²)" },
};

describe("an op of one's own", () => {
  const myTanh = defineOp(definition);

  it("computes and differentiates twice", () => {
    const x = variable([-1, 0.5, 2], f64);
    expect(myTanh(x).toArray()).toEqual(tanh(x).toArray());
    sum(myTanh(x)).backward({ createGraph: true });
    const first = x.grad as Variable;
    expect(first.value.at(1)).toBeCloseTo(1 - Math.tanh(0.5) ** 2, 14);
    x.zeroGrad();
    sum(first).backward();
    const t = Math.tanh(0.5);
    expect(x.grad?.value.at(1)).toBeCloseTo(-2 * t * (1 - t * t), 14);
  });

  it("carries its definition and its name into the graph", () => {
    expect(myTanh.definition).toBe(definition);
    expect(myTanh(variable([1])).creator?.op).toBe(definition);
  });

  it("takes tensors and numbers as constants", () => {
    expect(myTanh(tensor([0])).requiresGrad).toBe(false);
    expect(myTanh(0).item()).toBe(0);
  });

  it("takes attributes last, as an object", () => {
    const scaled: Op<{ readonly by: number }> = defineOp<{ readonly by: number }>({
      name: "scaled",
      infer: ([x]) => x,
      forward: ([x], { by }) => kernels.mul(x, tensor(by, { dtype: x.dtype })),
      backward: [({ grad, attributes: { by } }) => mul(grad, by)],
      saves: "none",
      linear: true,
    });
    const x = variable([1, 2]);
    const y = scaled(x, { by: 3 });
    sum(y).backward();
    expect([y.toArray(), x.grad?.toArray(), y.creator?.attributes]).toEqual([[3, 6], [3, 3], { by: 3 }]);
  });

  it("may take any number of inputs", () => {
    const total = defineOp({
      name: "total",
      infer: ([x]) => x,
      forward: (xs) => xs.reduce((a, b) => kernels.add(a, b)),
      backward:
        () =>
        ({ grad }) =>
          grad,
      saves: "none",
      linear: true,
    });
    const xs = [1, 2, 3].map((value) => variable(value));
    const y = total(...xs);
    y.backward();
    expect([y.item(), ...xs.map((x) => x.grad?.item())]).toEqual([6, 1, 1, 1]);
  });

  it("may have no derivative for some inputs", () => {
    const masked = defineOp({
      name: "masked",
      infer: ([x]) => x,
      forward: ([x, mask]) => kernels.mul(x, mask),
      backward: [({ grad, inputs: [, mask] }) => mul(grad, mask), null],
      saves: "inputs",
    });
    const x = variable([1, 2]);
    const mask = variable([0, 1]);
    sum(masked(x, mask)).backward();
    expect([x.grad?.toArray(), mask.grad]).toEqual([[0, 1], null]);
    expect(masked(constant([1]), variable([1])).requiresGrad).toBe(false);
  });
});

describe("what an op saves", () => {
  const reading = (saves: OpDefinition["saves"], what: "input" | "output") => {
    const { saves: _, ...rest } = definition;
    return defineOp({
      ...rest,
      ...(saves === undefined ? {} : { saves }),
      backward: [({ grad, inputs: [x], output }) => mul(grad, what === "input" ? x : output)],
    });
  };

  it("can be read by its rules", () => {
    for (const saves of [undefined, "both", "inputs"] as const) {
      expect(() => sum(reading(saves, "input")(variable([1]))).backward()).not.toThrow();
    }
    for (const saves of [undefined, "both", "output"] as const) {
      expect(() => sum(reading(saves, "output")(variable([1]))).backward()).not.toThrow();
    }
  });

  it("is all that its rules can read", () => {
    const run = () => sum(reading("output", "input")(variable([1]))).backward();
    expect(run).toThrow(GraphError);
    expect(messageOf(run)).toMatchInlineSnapshot(
      `"myTanh: a backward rule reads a value that the op does not save. Declare saves: "inputs", "output" or "both" in defineOp, whichever the rules read."`,
    );
    expect(() => sum(reading("inputs", "output")(variable([1]))).backward()).toThrow(GraphError);
    expect(() => sum(reading("none", "input")(variable([1]))).backward()).toThrow(GraphError);
  });

  it("leaves shapes and dtypes readable", () => {
    const op = defineOp({
      ...definition,
      saves: "none",
      backward: [
        ({ grad, inputs: [x], output }) => mul(grad, x.shape[0] + output.shape[0] + (x.dtype === "float32" ? 1 : 0)),
      ],
    });
    const x = variable([1, 2]);
    sum(op(x)).backward();
    expect(x.grad?.toArray()).toEqual([5, 5]);
  });

  it("is kept only where a gradient can flow", () => {
    expect(noGrad(() => defineOp(definition)(variable([1]))).creator).toBeNull();
    expect(defineOp(definition)(constant([1])).creator).toBeNull();
  });
});

describe("calls that cannot be right", () => {
  const myTanh = defineOp(definition) as unknown as (...args: unknown[]) => Variable;

  it("are refused with the number of inputs that is expected", () => {
    expect(messageOf(() => myTanh())).toMatchInlineSnapshot(
      `"myTanh: called with 0 arguments; expected 1 input and, if it has any, attributes as an object."`,
    );
    expect(messageOf(() => myTanh(variable([1]), variable([2])))).toMatchInlineSnapshot(
      `"myTanh: called with 2 arguments; expected 1 input and, if it has any, attributes as an object."`,
    );
    expect(() => myTanh([1, 2])).toThrow(GraphError);
  });

  it("are refused when shape rule and kernel disagree", () => {
    const wrong = defineOp({ ...definition, infer: ([x]) => ({ shape: [...x.shape, 1], dtype: x.dtype }) });
    expect(() => wrong(variable([1]))).toThrow(ShapeError);
    expect(messageOf(() => wrong(variable([1], { name: "x" })))).toMatchInlineSnapshot(
      `"myTanh: the kernel gave float32 [1]; expected float32 [1, 1], as the shape rule says. In Variable "x". It must follow from the inputs' shapes and the attributes alone, and infer must say what forward gives."`,
    );
    const other = defineOp({ ...definition, forward: ([x]) => kernels.cast(x, "float64") });
    expect(() => other(variable([1]))).toThrow(ShapeError);
  });

  it("say where, when the op's own rule throws an Adjoint error", () => {
    const picky = defineOp({
      ...definition,
      name: "picky",
      infer: () => {
        throw new DTypeError({ op: "picky", problem: "nothing pleases it" });
      },
    });
    expect(messageOf(() => picky(variable([1], { name: "x" })))).toMatchInlineSnapshot(
      `"picky: nothing pleases it. In Variable "x"."`,
    );
  });
});

describe("definitions that cannot be right", () => {
  const define = (part: object) => () => defineOp({ ...definition, ...part } as OpDefinition);

  it("are refused where a kernel gives no tensor, or a part has a name that is not known", () => {
    const part = (changes: object): string =>
      messageOf(() => defineOp({ ...definition, ...changes } as OpDefinition)(variable([1, 2])));
    expect([
      part({ forward: () => variable([1, 8]) }),
      part({ forward: () => undefined }),
      part({ infer: () => undefined }),
      part({ bacth: "loop" }),
    ]).toMatchInlineSnapshot(`
      [
        "myTanh: forward returned a Variable; expected a Tensor. Compute with kernels, or write a function of ops instead of an op.",
        "myTanh: forward returned nothing; expected a Tensor. Compute with kernels, or write a function of ops instead of an op.",
        "myTanh: infer returned nothing; expected { shape, dtype } with a list of lengths. A shape rule gives the shape and dtype of the output, for example ([x]) => x.",
        "defineOp: unknown option "bacth". Did you mean "batch"?",
      ]
    `);
    expect(() => defineOp(null as never)).toThrow(
      "defineOp: the definition is null; expected { name, infer, forward, backward }.",
    );
  });

  it("are refused, naming all that is wrong", () => {
    expect(define({ name: "" })).toThrow(SpecError);
    expect(messageOf(define({ name: "" }))).toMatchInlineSnapshot(
      `"defineOp: the op is not complete: name must be a word."`,
    );
    expect(messageOf(define({ infer: undefined, forward: 1 }))).toMatchInlineSnapshot(
      `"defineOp: "myTanh" is not complete: infer must be a function of the inputs' shapes and dtypes; forward must be a function of the inputs' tensors."`,
    );
    expect(messageOf(define({ backward: undefined }))).toMatchInlineSnapshot(
      `"defineOp: "myTanh" is not complete: backward must hold one rule (or null) for each input, [({ grad }) => …], or be a function from the input's index to its rule."`,
    );
    expect(messageOf(define({ backward: ["rule"] }))).toMatchInlineSnapshot(
      `"defineOp: "myTanh" is not complete: backward must hold one rule (or null) for each input, [({ grad }) => …], or be a function from the input's index to its rule."`,
    );
    expect(messageOf(define({ saves: "everything" }))).toMatchInlineSnapshot(
      `"defineOp: "myTanh" is not complete: saves must be one of inputs, output, both, none."`,
    );
    expect(messageOf(define({ linear: 0 }))).toMatchInlineSnapshot(
      `"defineOp: "myTanh" is not complete: linear must be true or a list of inputs."`,
    );
  });
});
