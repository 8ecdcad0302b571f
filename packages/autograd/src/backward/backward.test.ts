import { GraphError, ShapeError, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { backward } from "./backward.ts";
import "../methods.ts";
import { constant, variable } from "../core/leaf.ts";
import { defineOp } from "../core/op.ts";
import type { Variable } from "../core/variable.ts";
import { add, mul, sub } from "../ops/arithmetic.ts";
import { identity } from "../ops/cast-detach.ts";
import { eq, gt } from "../ops/comparison.ts";
import { exp, log, square } from "../ops/elementary.ts";
import { argmax } from "../ops/max.ts";
import { sum } from "../ops/repeat-sum.ts";
import { tanh } from "../ops/trigonometric.ts";
import { noGrad } from "../transforms/record.ts";

const f64 = { dtype: "float64" } as const;

describe("accumulation", () => {
  it("adds to gradients that are there already", () => {
    const x = variable([1, 2]);
    sum(square(x)).backward();
    sum(mul(x, 3)).backward();
    expect(x.grad?.toArray()).toEqual([5, 7]);
  });

  it("adds up over all uses of a Variable", () => {
    const x = variable(3, f64);
    const y = add(mul(x, x), add(x, x));
    y.backward();
    expect(x.grad?.item()).toBe(8);
  });

  it("gives each Variable of the book's apples and oranges its price", () => {
    const apple = variable(100);
    const apples = variable(2);
    const orange = variable(150);
    const oranges = variable(3);
    const tax = variable(1.1, f64);
    const price = mul(add(mul(apple, apples), mul(orange, oranges)), tax);
    expect(price.item()).toBeCloseTo(715, 10);
    price.backward();
    const grads = [apple, apples, orange, oranges, tax].map((x) => Number(x.grad?.item()));
    // float32 prices get float32 gradients of 2.2, 110, 3.3, 165 and the float64 tax an exact 650.
    expect(grads.map((g) => Number(g.toPrecision(7)))).toEqual([2.2, 110, 3.3, 165, 650]);
  });

  it("runs through a diamond once for each node", () => {
    const x = variable(2, f64);
    const shared = square(x);
    let calls = 0;
    shared.onGrad((grad) => {
      calls++;
      return grad;
    });
    const y = add(mul(shared, 3), exp(shared));
    y.backward();
    expect(calls).toBe(1);
    expect(x.grad?.item()).toBeCloseTo((3 + Math.exp(4)) * 4, 9);
  });

  it("can run twice over the same graph", () => {
    const x = variable(2, f64);
    const y = tanh(x);
    y.backward();
    const once = x.grad?.item();
    y.backward();
    expect(x.grad?.item()).toBe(2 * Number(once));
  });
});

describe("where gradients stop", () => {
  it("leaves constants and what no gradient reaches without one", () => {
    const x = variable([1, 2]);
    const c = constant([3, 4]);
    const unused = variable([5]);
    sum(mul(x, c)).backward();
    expect([c.grad, unused.grad]).toEqual([null, null]);
  });

  it("computes no gradient for inputs that need none", () => {
    let asked = 0;
    const product = defineOp({
      name: "product",
      infer: ([a]) => a,
      forward: ([a]) => a,
      backward: [
        ({ grad }) => grad,
        ({ grad }) => {
          asked++;
          return grad;
        },
      ],
    });
    sum(product(variable([1]), constant([2]))).backward();
    expect(asked).toBe(0);
  });

  it("gives results of comparisons and choices no gradient", () => {
    const x = variable([1, 2]);
    expect([gt(x, 1).requiresGrad, eq(x, 1).requiresGrad, argmax(x).requiresGrad]).toEqual([false, false, false]);
  });

  it("leaves results of ops without gradient unless they retain it", () => {
    const x = variable([1]);
    const y = square(x);
    sum(y).backward();
    expect(y.grad).toBeNull();
  });
});

describe("the gradient to start from", () => {
  it("is 1 for a single number of any shape", () => {
    const x = variable([[3]]);
    square(x).backward();
    expect(x.grad?.toArray()).toEqual([[6]]);
  });

  it("is what is given", () => {
    const x = variable([1, 2]);
    square(x).backward({ grad: tensor([10, 100]) });
    expect(x.grad?.toArray()).toEqual([20, 400]);
  });

  it("must be given for anything but a single number", () => {
    const scores = mul(variable([[1, 2]]), 2);
    expect(() => scores.backward()).toThrow(GraphError);
    expect(messageOf(() => scores.backward())).toMatchInlineSnapshot(
      `"backward: the result has shape [1, 2]; only a single number has a gradient by itself. Pass { grad } or reduce it first, for example with .sum()."`,
    );
    scores.name = "scores";
    expect(messageOf(() => scores.backward())).toMatchInlineSnapshot(
      `"backward: "scores" has shape [1, 2]; only a single number has a gradient by itself. Pass { grad } or reduce it first, for example with .sum()."`,
    );
  });

  it("must have the shape of the result", () => {
    const y = square(variable([1, 2]));
    expect(() => y.backward({ grad: tensor([1, 2, 3]) })).toThrow(ShapeError);
    expect(messageOf(() => y.backward({ grad: 1 }))).toMatchInlineSnapshot(
      `"backward: grad has shape []; expected [2], the shape of the result."`,
    );
  });

  it("is refused where nothing requires a gradient", () => {
    expect(messageOf(() => constant([1]).backward())).toMatchInlineSnapshot(
      `"backward: the Variable of shape [1] does not depend on any Variable that requires a gradient. Make the inputs with variable(…) rather than constant(…), and compute outside noGrad."`,
    );
    const y = noGrad(() => sum(square(variable([1]))));
    expect(() => y.backward()).toThrow(GraphError);
  });

  it("comes with no unknown options", () => {
    expect(messageOf(() => sum(square(variable([1]))).backward({ creategraph: true } as object))).toMatchInlineSnapshot(
      `"backward: unknown option "creategraph". Did you mean "createGraph"?"`,
    );
  });
});

describe("when a rule fails", () => {
  const failing = defineOp({
    name: "failing",
    infer: ([x]) => x,
    forward: ([x]) => x,
    backward: [
      () => {
        throw new Error("no rule");
      },
    ],
  });

  it("changes no gradient at all", () => {
    const x = variable([1, 2]);
    const y = variable([3, 4]);
    sum(square(x)).backward();
    const before = x.grad;
    // The branch through y is complete before the one through x fails.
    const loss = sum(add(failing(x), square(y)));
    expect(() => loss.backward()).toThrow("no rule");
    expect(x.grad).toBe(before);
    expect(y.grad).toBeNull();
  });

  it("restores the state: what is computed afterwards is recorded as usual", () => {
    expect(() => sum(failing(variable([1]))).backward()).toThrow("no rule");
    const y = square(variable([1]));
    expect([y.requiresGrad, y.node.gradientOf, y.node.scope]).toEqual([true, null, ""]);
  });

  it("says so when a rule returns no Variable, or one of another shape or dtype", () => {
    const returning = (result: unknown): Variable =>
      sum(
        defineOp({
          name: "odd",
          infer: ([x]) => x,
          forward: ([x]) => x,
          backward: [() => result as Variable],
        })(variable([1, 2])),
      );
    expect(messageOf(() => returning(undefined).backward())).toMatchInlineSnapshot(
      `"odd: the backward rule for input 0 returned nothing; expected a Variable. Write rules in ops on Variables, for example mul(grad, output)."`,
    );
    expect(messageOf(() => returning(tensor([1, 2])).backward())).toMatchInlineSnapshot(
      `"odd: the backward rule for input 0 returned a Tensor; expected a Variable. Write rules in ops on Variables, for example mul(grad, output)."`,
    );
    expect(messageOf(() => returning(variable([[1, 2]])).backward())).toMatchInlineSnapshot(
      `"odd: the backward rule for input 0 returned a gradient of float32 [1, 2]; expected float32 [2]. Transpose it, or sum it over the axes that were repeated."`,
    );
    expect(messageOf(() => returning(variable([1, 2], f64)).backward())).toMatchInlineSnapshot(
      `"odd: the backward rule for input 0 returned a gradient of float64 [2]; expected float32 [2]. Transpose it, or sum it over the axes that were repeated."`,
    );
  });
});

describe("createGraph", () => {
  it("records the backward pass, so that gradients can be differentiated again", () => {
    const x = variable(2, f64);
    mul(square(x), x).backward({ createGraph: true });
    const first = x.grad as Variable;
    expect([first.item(), first.requiresGrad]).toEqual([12, true]);
    x.zeroGrad();
    first.backward({ createGraph: true });
    expect((x.grad as unknown as Variable).item()).toBe(12);
  });

  it("records nothing by default", () => {
    const x = variable(2);
    square(x).backward();
    expect([x.grad?.requiresGrad, x.grad?.creator]).toEqual([false, null]);
  });

  it("penalizes a gradient: d/dx (f′(x))² = 2 f′ f″", () => {
    const x = variable(0.7, f64);
    log(x).backward({ createGraph: true });
    const penalty = square(x.grad as Variable);
    x.zeroGrad();
    penalty.backward();
    expect(x.grad?.item()).toBeCloseTo(-2 / 0.7 ** 3, 12);
  });
});

describe("large graphs", () => {
  it("walks a chain of 100,000 ops without overflowing the stack, in linear time", () => {
    const x = variable(1, f64);
    let y: Variable = x;
    for (let i = 0; i < 100_000; i++) y = add(y, 1);
    backward(y);
    expect(y.item()).toBe(100_001);
    expect(x.grad?.item()).toBe(1);
  });

  it("walks a ladder of diamonds, of 2¹⁰⁰⁰ paths, once for each node", () => {
    const x = variable(1, f64);
    let y: Variable = x;
    for (let i = 0; i < 1000; i++) y = mul(add(y, y), 0.5);
    y.backward();
    expect(x.grad?.item()).toBe(1);
  });

  it("adds up 10,000 uses of one Variable", () => {
    const x = variable(1, f64);
    let y: Variable = identity(x);
    for (let i = 0; i < 10_000; i++) y = sub(y, x);
    y.backward();
    expect(x.grad?.item()).toBe(1 - 10_000);
  });
});
