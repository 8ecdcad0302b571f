/** What gradcheck does where the difference cannot tell, and where larger steps can. */
import {
  abs,
  add,
  atan2,
  constant,
  defineOp,
  detach,
  div,
  matmul,
  mul,
  neg,
  relu,
  sin,
  softmax,
  sort,
  sqrt,
  square,
  sub,
  sum,
  tile,
  type Variable,
} from "@adjoint/autograd";
import { kernels, rng, tensor, zeros } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { type GradcheckOptions, gradcheck } from "../gradcheck.ts";
import { assertGradcheck, GradcheckError } from "../report/assert.ts";

const f64 = { dtype: "float64" } as const;
/** eˣ − 1 with the derivative of eˣ at the output, which is 0 at 0. */
const wrongExpm1 = defineOp({
  name: "wrongExpm1",
  infer: ([x]) => x,
  forward: ([x]) => kernels.sub(kernels.exp(x), 1),
  backward: [({ grad, output }) => mul(grad, output)],
  saves: "output",
});
/** x² with half of its derivative. */
const half = defineOp({
  name: "half",
  infer: ([x]) => x,
  forward: ([x]) => kernels.square(x),
  backward: [({ grad, inputs: [x] }) => mul(grad, x)],
});

describe("gradcheck at 0 and next to it", () => {
  const modes: GradcheckOptions[] = [{}, { mode: "projected" }, { dtype: "float32" }];
  it.each(modes)("finds a rule that gives 0 where the function cancels to 0 (%o)", (options) => {
    expect(gradcheck((x) => wrongExpm1(x), [tensor([0, 0, 0], f64)], options).ok).toBe(false);
  });

  it.each([1e-15, 1e-20, 1e-100, 1e-300])("takes no step that rounding hides for a derivative of 0 (x = %d)", (x) => {
    expect(gradcheck((z) => sub(z.exp(), 1), [tensor([x], f64)]).ok).toBe(true);
    expect(gradcheck((z) => wrongExpm1(z), [tensor([x], f64)]).ok).toBe(false);
  });

  it("finds a Hessian that is 0 where kinks cancel", () => {
    expect(gradcheck((x) => square(abs(x)), [tensor([0], f64)], { order: 2 }).ok).toBe(false);
  });
});

describe("gradcheck of small derivatives beside large values", () => {
  it("takes larger steps where these can tell", () => {
    expect(gradcheck((x) => half(x).add(1e10), [tensor([0.3], f64)]).ok).toBe(false);
    expect(gradcheck((x) => half(x).sum().add(1e5), [tensor([1e-3, 2e-3], f64)]).ok).toBe(false);
    const right = gradcheck((x) => x.add(1e15), [tensor([1], f64)]);
    expect([right.ok, right.inputs[0].unsure]).toEqual([true, 0]);
  });

  it.each([
    ["√x", kernels.sqrt, 1.1, 1e-2, 1e5],
    ["√x", kernels.sqrt, 1.1, 1e-2, 3e8],
    ["log(1 + x)", kernels.log1p, -0.87, 1e-8, 64],
  ] as const)(
    "is unsure of a 0 for the hidden slope of %s next to the end of its domain",
    (_, kernel, x, c, offset) => {
      const flat = defineOp({
        name: "flat",
        infer: ([z]) => z,
        forward: ([z]) => kernel(z),
        backward: [({ grad }) => mul(grad, 0)],
      });
      const report = gradcheck((z) => flat(z).mul(c).add(offset), [tensor([x])], { dtype: "float32" });
      expect(report.inputs[0].unsure).toBe(1);
    },
  );

  const vanishing = (w: Variable): Variable => {
    let h = half(w);
    for (let i = 0; i < 12; i++) h = h.mul(0.5).sigmoid().mul(0.3);
    return h.sum().add(0.7);
  };

  it("is unsure where nothing can tell, and says so", () => {
    const report = gradcheck(vanishing, [tensor([0.1, 0.2], f64)]);
    expect([report.ok, report.inputs[0].unsure]).toEqual([true, 2]);
    expect(String(report)).toContain("unsure (2 unsure)");
  });

  it("does not pass as an assertion when it is sure of nothing", () => {
    expect(() => assertGradcheck(vanishing, [tensor([0.1, 0.2], f64)])).toThrow(GradcheckError);
    expect(() => assertGradcheck(vanishing, [tensor([0.1, 0.2], f64)])).toThrow(
      /every entry of the gradient is unsure/,
    );
  });

  it("reports what it is unsure of in the second order", () => {
    const frozen = defineOp({
      ...half.definition,
      name: "frozen",
      backward: [({ grad, inputs: [x] }) => mul(grad, mul(detach(x as Variable), 2))],
    });
    const report = gradcheck((x) => frozen(x).mul(1e-15), [tensor([0.3, 1], f64)], { order: 2 });
    expect(report.inputs[0].unsure).toBeGreaterThan(0);
  });
});

describe("gradcheck of slopes that other numbers hide", () => {
  it.each([
    ["a sine beside 2e16", (x: Variable) => sum(sin(x)).add(2e16), [1e6], {}],
    ["a fast sine beside 5e15", (x: Variable) => sum(sin(mul(x, 1000))).add(5e15), [0.5], {}],
    ["sines of large numbers", (x: Variable) => sum(sin(x)), [3, 2e10, 1], {}],
    ["sines of very large numbers", (x: Variable) => sin(x), [1e6, 2e16], {}],
    ["sines of large numbers in float32", (x: Variable) => sum(sin(x)), [3, 2e5, 1], { dtype: "float32" }],
    ["a root beside that of 1e232", (x: Variable) => sum(sub(sqrt(add(x, 1)), 1)), [3.5e5, 0, 2.8e232], {}],
  ] as const)("calls no right rule wrong: %s", (_, f, x, options) => {
    const report = gradcheck(f, [tensor(x, f64)], options);
    expect(report.ok, String(report)).toBe(true);
  });

  const wrongReciprocal = defineOp({
    name: "wrongReciprocal",
    infer: ([x]) => x,
    forward: ([x]) => kernels.div(1, x),
    backward: [({ grad, inputs: [x] }) => mul(grad, neg(div(div(0.5, x), x)))],
  });
  it.each([{}, { mode: "projected" }, { dtype: "float32" }] as const)(
    "does not take a gradient for rounding because others are larger (%o)",
    (options) => {
      const report = gradcheck((x) => sum(wrongReciprocal(x)), [tensor([1, 1e15], f64)], options);
      expect(report.inputs[0].map).toEqual(["✗ ?"]);
    },
  );
});

describe("gradcheck of stairs higher than rounding", () => {
  /** x + c − c by way of e to the x, whose rounding nobody sees: stairs of 1e-15, which 1/x and √x make high. */
  const detour = defineOp({
    name: "detour",
    infer: ([x]) => x,
    forward: ([x]) => kernels.sub(kernels.log(kernels.exp(kernels.add(x, 1.85))), 1.85),
    backward: [({ grad }) => grad],
  });
  const frozenRoot = defineOp({
    name: "frozenRoot",
    infer: ([x]) => x,
    forward: ([x]) => kernels.sqrt(x),
    backward: [({ grad, inputs: [x] }) => mul(grad, div(0.5, sqrt(detach(x as Variable))))],
  });

  it.each([1.4e-9, 9e-12, 6.8e-13])("takes no single stair for the slope (x = %d)", (x) => {
    const right = gradcheck((z) => div(1, detour(z)), [tensor([x], f64)], { order: 2 });
    expect(right.ok, String(right)).toBe(true);
    const wrong = gradcheck((z) => frozenRoot(detour(z)), [tensor([x], f64)], { order: 2 });
    expect(wrong.ok && wrong.inputs[0].unsure === 0).toBe(false);
  });

  it("takes narrow stairs for rounding, however steep the function makes them", () => {
    const lost = defineOp({
      ...detour.definition,
      name: "lost",
      forward: ([x]) => kernels.sub(-290, kernels.sub(-290, x)),
    });
    const f = (z: Variable) => mul(sin(lost(z)), 14.5);
    expect(gradcheck(f, [tensor([-3.9e-8])], { dtype: "float32" }).ok).toBe(true);
  });
});

describe("gradcheck of functions that look different from far away", () => {
  /** √(x⁴ + 16): near x it is 4 + x⁴/8, from far away x². */
  const flatBowl = (rule: (x: Variable) => Variable) =>
    defineOp({
      name: "flatBowl",
      infer: ([x]) => x,
      forward: ([x]) => kernels.sqrt(kernels.add(kernels.square(kernels.square(x)), 16)),
      backward: [({ grad, inputs: [x] }) => mul(grad, rule(x as Variable))],
    });
  it.each([1e-3, 5e-3, 0.02])("takes the slope at x, not the one from afar (x = %d)", (size) => {
    const right = flatBowl((x) => x.square().mul(x).mul(2).div(x.square().square().add(16).sqrt()));
    const wrong = flatBowl((x) => mul(x, 2));
    expect(gradcheck((x) => right(x), [tensor([size], f64)]).ok).toBe(true);
    const report = gradcheck((x) => wrong(x), [tensor([size], f64)]);
    expect(report.ok && report.inputs[0].unsure === 0).toBe(false);
  });

  const straight = defineOp({
    name: "straight",
    infer: ([x]) => x,
    forward: ([x]) => kernels.ceil(x),
    backward: [({ grad }) => grad],
  });
  it.each([
    [0.101, 1, 1e6, "float32"],
    [1.703, 1, 1e6, "float32"],
    [33.3, 1e-5, 1, "float32"],
    [-7.77, 1, 0, "float32"],
    [33.3, 1e-9, 0, "float64"],
    [-7.77, 1e-5, 1, "float64"],
  ] as const)(
    "takes no staircase for its slope from afar (x = %d, times %d, plus %d, %s)",
    (size, scale, offset, dtype) => {
      const options = { dtype } as const;
      expect(gradcheck((x) => x.ceil().mul(scale).add(offset), [tensor([size], f64)], options).ok).toBe(true);
      const report = gradcheck((x) => straight(x).mul(scale).add(offset), [tensor([size], f64)], options);
      expect(report.ok && report.inputs[0].unsure === 0).toBe(false);
    },
  );
});

describe("gradcheck at a kink beside other sizes", () => {
  it("does not excuse a wrong rule that is right only beside other entries", () => {
    const doubled = defineOp({
      name: "doubled",
      infer: ([x]) => x,
      forward: ([x]) => kernels.relu(x),
      backward: [({ grad, inputs: [x] }) => mul(grad, (x as Variable).gt(0).cast("float64").mul(2))],
    });
    for (const x of [
      [-2.8e-253, -1.9e-158, 6.7e-236],
      [-5.8e49, -1.8e145, 1.8e67],
    ]) {
      const report = gradcheck((z) => doubled(z).mul(0.128), [tensor(x, f64)]);
      expect(report.ok && report.inputs[0].map[0].split(" ")[2] !== "?").toBe(false);
    }
  });

  it.each([1e-5, 1e-7, 1e-9, 1e-10])("does not excuse a wrong rule beside a kink (at a distance of %d)", (distance) => {
    const straight = defineOp({
      name: "straight",
      infer: ([x]) => x,
      forward: ([x]) => kernels.relu(kernels.sub(x, 1)),
      backward: [({ grad }) => grad],
    });
    const report = gradcheck((z) => straight(z), [tensor([1 - distance], f64)]);
    expect(report.ok && report.inputs[0].unsure === 0).toBe(false);
    expect(gradcheck((z) => relu(sub(z, 1)), [tensor([1 - distance, 1, 1 + distance], f64)]).ok).toBe(true);
  });

  it("takes no bend that is only steep for a kink", () => {
    const bend = defineOp({
      name: "bend",
      infer: ([x]) => x,
      // softplus(10¹² x) / 10¹²: the slope at 0 is 1/2.
      forward: ([x]) => kernels.mul(kernels.log(kernels.add(kernels.exp(kernels.mul(x, 1e12)), 1)), 1e-12),
      backward: [({ grad }) => mul(grad, 0.25)],
    });
    const report = gradcheck((z) => bend(z), [tensor([0], f64)]);
    expect(report.ok && report.inputs[0].unsure === 0).toBe(false);
  });
});

describe("gradcheck where several kinks or ties meet", () => {
  it("passes sorting, whose rule gives the gradient of one of the orders", () => {
    expect(gradcheck((z) => sort(z), [tensor([1, 1, 1], f64)]).ok).toBe(true);
    const wrong = defineOp({
      name: "wrongTies",
      infer: ([z]) => z,
      forward: ([z]) => kernels.square(z),
      backward: [({ grad, inputs: [z] }) => mul(grad, mul(z, 3))],
    });
    expect(gradcheck((z) => sort(wrong(z as Variable)), [tensor([1, 1, 1], f64)]).ok).toBe(false);
  });

  it("does not call a point a kink where the slopes agree", () => {
    const report = gradcheck((z) => sub(relu(z), relu(neg(z))), [tensor([0, 1], f64)]);
    // The derivative exists and is 1: no rule is wrong, and the entry does not count as right.
    expect([report.ok, report.inputs[0].unsure]).toEqual([true, 1]);
    const text = String(report);
    expect(text).not.toContain("no derivative");
    expect(text).toContain("the slope along this entry is 1, the rule gives 0");
  });

  it("does not call the derivative finite where the function jumps", () => {
    const text = String(gradcheck((a, b) => atan2(a, b), [tensor([0], f64), tensor([0], f64)]));
    expect(text).not.toContain("derivative is finite");
  });
});

it("gradcheck takes a single input without a list", () => {
  expect(gradcheck((z) => square(z), tensor([1, 2], f64)).ok).toBe(true);
  expect(gradcheck((z) => square(z), 3).ok).toBe(true);
});

describe("gradcheck of gradients that add up to 0 but for rounding", () => {
  /** Softmax of rows without the sum in its rule. */
  const wrongSoftmax = defineOp({
    name: "wrongSoftmax",
    infer: ([x]) => x,
    forward: ([x]) => softmax(constant(x)).value,
    backward: [({ grad, output }) => mul(grad, output)],
    saves: "output",
  });

  /** Attention to keys that are all the same: moving all of them alike changes nothing. */
  function attention(normalize: (scores: Variable) => Variable, seed: number): (bias: Variable) => Variable {
    const random = rng(seed);
    const [keys, queries, values] = [
      [1, 3],
      [4, 3],
      [4, 2],
    ].map((shape) => constant(random.normal(shape, { ...f64, std: 0.01 })));
    return (bias) => matmul(normalize(matmul(queries, add(tile(keys, [4, 1]), bias).transpose())), values);
  }

  it.each([0, 1])("passes them where the function does not change at all, and no wrong rule (seed %d)", (seed) => {
    const bias = zeros([3], f64);
    const report = gradcheck(attention(softmax, seed), [bias]);
    expect(report.ok, String(report)).toBe(true);
    expect(gradcheck(attention(wrongSoftmax, seed), [bias]).ok).toBe(false);
  });
});
