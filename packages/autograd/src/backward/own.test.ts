/** Gradients are Variables of their own: `assign` to one changes no other, nor what the caller passed. */
import { describe, expect, it } from "vitest";
import { checkpoint } from "../transforms/checkpoint.ts";
import { grad, valueAndGrad } from "../transforms/grad.ts";
import { hvp } from "../transforms/jacobian.ts";
import { jvp } from "../transforms/jvp.ts";
import { vjp } from "../transforms/vjp.ts";
import "../methods.ts";
import { constant, variable } from "../core/leaf.ts";
import { recordingWith } from "../core/recorder.ts";
import { Variable } from "../core/variable.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { identity } from "../ops/cast-detach.ts";
import { stack } from "../ops/concat-split.ts";
import { exp } from "../ops/elementary.ts";
import { sum } from "../ops/repeat-sum.ts";
import { recordAll } from "../transforms/record.ts";
import { vmap } from "../transforms/vmap.ts";

const f64 = { dtype: "float64" } as const;
const pair = (): [Variable, Variable] => [variable([1, 2], f64), variable([3, 4], f64)];

/** Assigns to every leaf in turn, and asks that no other Variable changed, nor became stale for a graph. */
function expectSeparate(...xs: (Variable | null | undefined)[]): void {
  const all = xs.map((x) => {
    expect(x).toBeInstanceOf(Variable);
    return x as Variable;
  });
  expect(new Set(all).size).toBe(all.length);
  // A graph reads the other leaves, and would refuse to run backward if one of them had been assigned to.
  const w = variable(1, f64);
  for (const x of all) {
    if (!x.isLeaf) continue;
    const others = all.filter((y) => y !== x);
    const before = others.map((y) => y.toArray());
    const loss = others.filter((y) => y.isLeaf).reduce<Variable>((total, y) => add(total, sum(mul(w, y))), mul(w, 0));
    x.assign(mul(x.detach(), 0).add(77));
    expect(others.map((y) => y.toArray())).toEqual(before);
    loss.backward();
  }
}

describe("gradients that are equal are separate Variables", () => {
  it("of the leaves of a sum, of tables that are added, and of three summands", () => {
    for (const createGraph of [false, true]) {
      const [a, b] = pair();
      const c = variable([5, 6], f64);
      add(add(a, b), c)
        .mul(constant([3, 4], f64))
        .sum()
        .backward({ createGraph });
      expectSeparate(a.grad, b.grad, c.grad);
    }
  });

  it("of a leaf, a node that keeps its gradient, and the gradient that was passed", () => {
    for (const createGraph of [false, true]) {
      for (const run of [(f: () => void) => f(), recordAll]) {
        const [x, u] = pair();
        const y = identity(identity(x).retainGrad()).retainGrad();
        run(() => y.backward({ grad: u, createGraph }));
        expectSeparate(x.grad, y.grad, u);
      }
    }
  });

  it("of what a hook saw and what it returned", () => {
    const [a, b] = pair();
    const u = constant([7, 7], f64);
    const seen: Variable[] = [];
    a.onGrad((g) => {
      seen.push(g);
      return undefined;
    });
    b.onGrad((g) => {
      seen.push(g);
      return u;
    });
    add(a, b).sum().backward();
    expectSeparate(a.grad, b.grad, u, ...seen);
  });

  it("lets a hook scale its own gradient by assign, and no other one", () => {
    const [a, b] = pair();
    a.onGrad((g) => void g.assign(g.mul(0.5)));
    add(a, b).sum().backward();
    expect([a.grad?.toArray(), b.grad?.toArray()]).toEqual([
      [0.5, 0.5],
      [1, 1],
    ]);
  });

  it("through a checkpoint", () => {
    const [a, b] = pair();
    const u = constant([1, 2], f64);
    checkpoint((x, y) => identity(add(x, y)), a, b).backward({ grad: u });
    expectSeparate(a.grad, b.grad, u);
  });

  it("of grad, valueAndGrad, and the value of a function that returns what it was given", () => {
    const [a, b] = pair();
    const both = { argnums: [0, 1] } as const;
    expectSeparate(...(grad((x, y) => add(x, y).sum(), both)(a, b) as Variable[]), a, b);
    const scalar = variable(3, f64);
    const { value, grad: slope } = valueAndGrad((x) => x)(scalar);
    expectSeparate(value, slope, scalar);
    const captured = valueAndGrad((x) => mul(x, 0).add(1).mul(0).sum())(scalar);
    expectSeparate(captured.value, captured.grad, scalar);
    expectSeparate(valueAndGrad(() => scalar)(1).value, scalar);
    expectSeparate(
      recordingWith({ mode: "none" }, () => valueAndGrad(() => scalar)(1).value),
      scalar,
    );
  });

  it("of a pullback, and again when it is called a second time with the same gradient", () => {
    const [a, b] = pair();
    const u = constant([5, 6], f64);
    const { value, pullback } = vjp(add, a, b);
    expectSeparate(...pullback(u), ...pullback(u), u, value);
    expectSeparate(vjp((x) => x, a).value, ...vjp((x) => x, a).pullback(u), a, u);
  });

  it("of jvp and hvp", () => {
    const [a, v] = pair();
    const { value, tangent } = jvp((x) => x, [a], [v]);
    expectSeparate(value, tangent, a, v);
    const c = constant([1, 1], f64);
    const still = jvp(() => c, [a], [v]);
    expectSeparate(still.value, still.tangent, c);
    expectSeparate(
      hvp((x) => x.square().mul(0.5).sum(), a, v),
      a,
      v,
    );
  });

  it("of vmap: gradients of every example, a shared upstream gradient, and what passes through", () => {
    const x = variable([1, 2, 3], f64);
    const [ga, gb] = vmap((p: Variable) => grad((s, t) => add(s, t), { argnums: [0, 1] })(p, p) as Variable[])(x);
    expectSeparate(ga, gb, x);
    expectSeparate(vmap((p) => p)(x), x);
    const { pullback } = vjp((p) => p, constant([1, 2], f64));
    const rows = stack([constant([1, 0], f64), constant([0, 1], f64)]);
    expectSeparate(vmap((row) => pullback(row)[0])(rows), rows);
  });

  it("passes gradients of gradients on to the gradient that was given", () => {
    const [x, u] = pair();
    identity(x).backward({ grad: u, createGraph: true });
    (x.grad as Variable).square().sum().backward();
    expect(u.grad?.toArray()).toEqual([6, 8]);
  });

  it("keeps no graph of the gradient that was given, unless a graph is wanted", () => {
    const [x, u] = pair();
    identity(x).backward({ grad: exp(u) });
    expect([x.grad?.requiresGrad, x.grad?.creator]).toEqual([false, null]);
  });
});
