/** What vmap promises beside the law of batches that every op is held to: nesting, axes, derivatives, refusals. */
import { kernels, rng } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { grad, valueAndGrad } from "./grad.ts";
import { hessian, hvp, jacobian } from "./jacobian.ts";
import { jvp } from "./jvp.ts";
import { vjp } from "./vjp.ts";
import "../methods.ts";
import { constant, variable } from "../core/leaf.ts";
import type { Variable } from "../core/variable.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { where } from "../ops/comparison.ts";
import { stack } from "../ops/concat-split.ts";
import { defineOp } from "../ops/define-op.ts";
import { square } from "../ops/elementary.ts";
import { matmul } from "../ops/matmul.ts";
import { sum } from "../ops/repeat-sum.ts";
import { softmax } from "../ops/softmax.ts";
import { cos, sin, tanh } from "../ops/trigonometric.ts";
import { noGrad, scope } from "./record.ts";
import { vmap } from "./vmap.ts";

const f64 = { dtype: "float64" } as const;
const normal = (shape: readonly number[], seed: number): Variable => variable(rng(seed).normal(shape, f64));

/** Differences of a few sums of a few products near 1: far below this. */
function expectNear(found: Variable, expected: Variable): void {
  expect(found.shape).toEqual(expected.shape);
  const difference = kernels.abs(kernels.sub(found.value, expected.value));
  expect(Number(kernels.max(difference).item())).toBeLessThan(1e-12);
}

describe("vmap", () => {
  it("goes along the axes asked for, and puts the batch where it is wanted", () => {
    const x = normal([3, 4], 1);
    const rows = vmap((r) => softmax(r));
    expectNear(rows(x), softmax(x));
    expectNear(vmap((c) => softmax(c), { inAxes: 1, outAxes: -1 })(x), softmax(x, { axis: 0 }));
    expectNear(vmap(matmul, { inAxes: [1, null] })(x, normal([3, 2], 2)), matmul(x.transpose(), normal([3, 2], 2)));
  });

  it("returns several results, each with a batch axis of its own", () => {
    const [s, c] = vmap((x) => [sin(x), cos(x)], { outAxes: [0, 1] })(normal([2, 3], 1));
    expectNear(s, sin(normal([2, 3], 1)));
    expectNear(c, cos(normal([2, 3], 1)).transpose());
  });

  it("repeats a result that does not depend on the batch", () => {
    expect(vmap(() => constant([1, 2]))(normal([3], 1)).toArray()).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
  });

  it("nests: a table of all pairs", () => {
    const [a, b] = [normal([3, 2], 1), normal([4, 2], 2)];
    const pairs = vmap((x) => vmap((y) => sum(mul(x, y)))(b))(a);
    expectNear(pairs, matmul(a, b.transpose()));
  });

  it("gives the gradient of each example for itself", () => {
    const [w, xs, ts] = [normal([3, 2], 1), normal([5, 3], 2), normal([5, 2], 3)];
    const loss = (weight: Variable, x: Variable, t: Variable): Variable => sum(square(tanh(matmul(x, weight)).sub(t)));
    const each = vmap(grad(loss), { inAxes: [null, 0, 0] })(w, xs, ts);
    const one = stack([0, 1, 2, 3, 4].map((i) => grad(loss)(w, xs.index([i]), ts.index([i]))));
    expectNear(each, one);
    expectNear(sum(each, { axis: 0 }), grad((v) => sum(vmap(loss, { inAxes: [null, 0, 0] })(v, xs, ts)))(w));
  });

  it("goes through every derivative, and derivatives go through it", () => {
    const xs = normal([4, 3], 1);
    const f = (x: Variable): Variable => sum(mul(sin(x), square(x)));
    const each = (g: (x: Variable) => Variable): Variable => stack([0, 1, 2, 3].map((i) => g(xs.index([i]))));
    expectNear(vmap(grad(f))(xs), each(grad(f)));
    expectNear(vmap(hessian(f))(xs), each(hessian(f)));
    expectNear(vmap(jacobian(tanh))(xs), each(jacobian(tanh)));
    expectNear(
      vmap((x) => jvp(tanh, [x], [x]).tangent)(xs),
      each((x) => jvp(tanh, [x], [x]).tangent),
    );
    expectNear(
      vmap((x) => hvp(f, x, x))(xs),
      each((x) => hvp(f, x, x)),
    );
    expectNear(
      vmap((x) => vjp(tanh, x).pullback(x)[0])(xs),
      each((x) => vjp(tanh, x).pullback(x)[0]),
    );
    expectNear(vmap((x) => valueAndGrad(f)(x).value)(xs), each(f));
    expectNear(vmap(vmap(grad(grad((z) => sin(z)))))(xs), sin(xs).neg());
    expectNear(
      grad((z) => sum(vmap(grad(f))(z)))(xs),
      each((x) => grad((z) => sum(grad(f)(z)))(x)),
    );
    expectNear(jacobian((x) => vmap(sin)(x))(xs.index([0])), jacobian(sin)(xs.index([0])));
  });

  it("takes the pullback of a vjp from outside: the Jacobian, row by row", () => {
    const x = normal([3], 7);
    const { pullback } = vjp((v) => tanh(mul(v, v)), x);
    const eye = variable(
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      f64,
    );
    expectNear(vmap((row) => pullback(row)[0])(eye), jacobian((v) => tanh(mul(v, v)))(x));
  });

  it("records a graph like any other, and none inside noGrad", () => {
    const x = variable([1, 2, 3], f64);
    vmap((v) => mul(v, v))(x)
      .sum()
      .backward();
    expect(x.grad?.toArray()).toEqual([2, 4, 6]);
    expect(noGrad(() => vmap((v) => mul(v, v))(x)).requiresGrad).toBe(false);
  });

  it("chooses by where", () => {
    const x = variable([-1, 2], f64);
    expect(vmap((v) => where(v.gt(0), v, mul(v, 10)))(x).toArray()).toEqual([-10, 2]);
  });

  it("takes a batch of nothing", () => {
    expect(vmap((x) => sum(square(x)))(normal([0, 3], 1)).shape).toEqual([0]);
  });

  it("applies an op of one's own by its rule: elementwise, one after the other, or a function", () => {
    const cube = defineOp({
      name: "cube",
      infer: ([x]) => x,
      forward: ([x]) => kernels.mul(x, kernels.square(x)),
      backward: [({ grad, inputs: [x] }) => mul(grad, mul(square(x), 3))],
      batch: "elementwise",
    });
    const total = (batch: "loop" | undefined) =>
      defineOp({
        name: "total",
        infer: ([x]) => ({ shape: [], dtype: x.dtype }),
        forward: ([x]) => kernels.sum(x),
        backward: [({ grad, inputs: [x] }) => grad.repeat(x.shape)],
        ...(batch === undefined ? {} : { batch }),
      });
    const x = normal([2, 3], 4);
    expectNear(vmap((v) => cube(v))(x), cube(x));
    expectNear(vmap((v) => total("loop")(v))(x), sum(x, { axis: 1 }));
    expectNear(vmap(grad((v) => total("loop")(square(v))))(x), mul(x, 2));
    expect([
      messageOf(() => vmap((v) => total(undefined)(v))(x)),
      messageOf(() => vmap((v) => total("loop")(v))(normal([0, 3], 1))),
      messageOf(() => defineOp({ ...cube.definition, batch: "rows" as "loop" })),
      messageOf(() => vmap((v) => defineOp({ ...cube.definition, batch: ({ inputs: [b] }) => sum(b) })(v))(x)),
    ]).toMatchInlineSnapshot(`
      [
        "vmap: op "total" has no batching rule; expected batch: "elementwise", "loop" or a function in its definition. Use "elementwise" if attributes name no axes and all inputs have one shape.",
        "vmap: the batch is empty, and op "total" is applied to one element after the other. Give the op a batching rule, which knows the shape of no results.",
        "defineOp: "cube" is not complete: batch must be "elementwise", "loop" or a function.",
        "cube: the batching rule gave []; expected [2, 3]. The batch is the first axis of the result, the others are what the shape rule says.",
      ]
    `);
  });
});

describe("vmap refuses", () => {
  const x = variable(
    [
      [1, 2],
      [3, 4],
    ],
    { name: "x" },
  );

  it("to read a value or run backward inside the function, and says what to do", () => {
    expect([
      messageOf(() => vmap((v) => (v.item() > 0 ? v : v.neg()))(variable([1, 2], { name: "x" }))),
      messageOf(() =>
        vmap((v) => {
          sum(v).backward();
          return v;
        })(x),
      ),
      messageOf(() => scope("head", () => vmap((v) => add(v, [1, 2] as never))(x))),
    ]).toMatchInlineSnapshot(`
      [
        "vmap: the value of a Variable of shape [] is read inside the function, where it stands for 2 of them. In Variable "x". Compute with ops alone (where instead of if, grad instead of backward), and read values after vmap.",
        "vmap: the place in the graph of a Variable of shape [] is read inside the function, where it stands for 2 of them. Compute with ops alone (where instead of if, grad instead of backward), and read values after vmap.",
        "add: second operand is an array; expected a Variable, a Tensor or a number. In layer "head". Wrap arrays with variable(…) or tensor(…).",
      ]
    `);
    expect(
      vmap((v) => {
        expect(String(v)).toBe("one of 2 of [2] in vmap");
        return v;
      })(x).shape,
    ).toEqual([2, 2]);
  });

  it("what does not fit, in the shapes that the function sees", () => {
    expect([
      messageOf(() => vmap(add)(x, variable([1, 2, 3]))),
      messageOf(() => vmap(add)(x, 1)),
      messageOf(() => vmap(add, { inAxes: [0] })(x, x)),
      messageOf(() => vmap(add, { inAxes: null })(x, x)),
      messageOf(() => vmap(add, { inAxes: 2 })(x, x)),
      messageOf(() => vmap((v) => matmul(v.reshape([1, 2]), variable([[1, 2, 3]])))(x)),
      messageOf(() => vmap((v) => sum(v, { axis: 1 }))(x)),
      messageOf(() => vmap((() => 1) as never)(x)),
      messageOf(() => vmap(add, { axis: 0 } as object)(x, x)),
    ]).toMatchInlineSnapshot(`
      [
        "vmap: batches differ: argument 0 has 2 elements, argument 1 has 3 (shapes [2, 2], [3]); expected one length of all batch axes. Name the axes by { inAxes: [...] }, null for arguments that all elements share.",
        "vmap: argument 1 is a single number and has no batch axis; expected an axis of the batch. Pass null for arguments that all elements share: { inAxes: [0, null] }.",
        "vmap: inAxes is [0]; expected one axis (or null) for each of the 2 arguments.",
        "vmap: no argument has a batch axis; expected an axis for one argument at least. Call the function itself, or name the axis to go along.",
        "vmap: inAxes[0] 2 is out of range for shape [2, 2]; expected -2 … 1. In Variable "x".",
        "matmul: inner dimensions differ: [1, 2] × [1, 3] (2 ≠ 1); expected a second operand with 2 rows. Did you mean to transpose one of them?",
        "sum: axis 1 is out of range for shape [2]; expected -1 … 0. In Variable "x".",
        "vmap: the function returned a number; expected a Variable.",
        "vmap: unknown option "axis". The options are inAxes, outAxes.",
      ]
    `);
  });

  it("a Variable of a vmap that has ended, statistics of its own for each element, and inputs that are not alike", () => {
    let kept = x;
    vmap((v) => {
      kept = v;
      return v;
    })(x);
    const running = constant([0, 0]);
    running.name = "running mean";
    const rows = defineOp({
      name: "rows",
      infer: ([a]) => a,
      forward: ([a, b]) => kernels.add(a, b),
      backward: [({ grad }) => grad, null],
      batch: "elementwise",
    });
    const outer = vmap((row) => {
      const { pullback } = vjp(square, row);
      return vmap((u) => pullback(u)[0])(x);
    });
    expect([
      messageOf(() => vmap((v) => add(v, kept))(x)),
      messageOf(() => vmap((v) => running.assign(v))(x)),
      messageOf(() => vmap((a) => rows(stack([a, a]), a))(x)),
      messageOf(() => outer(x)),
      messageOf(() => vmap(3 as never)(x)),
    ]).toMatchInlineSnapshot(`
      [
        "vmap: op "add" is applied to a Variable of a vmap that has ended. In Variables "x", "x". Return from the function what is needed afterwards; what it keeps elsewhere stands for no batch any more.",
        "assign: "running mean" would get a value of its own for every element of a batch in vmap. Assign after vmap; layers that keep running statistics take { train: false } inside.",
        "rows: batch is "elementwise", but inputs of shapes [2, 2], [2] give [2, 2]; expected inputs and a result of one shape. In Variable "x". Repeat the inputs to one shape before the op is called, or give its definition a batching rule or "loop".",
        "vjp: pullback is called inside another vmap than the one that vjp was called in. Call vjp and its pullback in the same function, or vjp outside of all vmaps.",
        "vmap: f is 3; expected a function. Pass a function, for example vmap((x) => …).",
      ]
    `);
  });

  it("and leaves everything as it was", () => {
    expect(() =>
      vmap(() => {
        throw new Error("mine");
      })(x),
    ).toThrow("mine");
    expect(add(x, x).toArray()).toEqual([
      [2, 4],
      [6, 8],
    ]);
  });
});
