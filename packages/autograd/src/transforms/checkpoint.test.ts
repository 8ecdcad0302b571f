/** A checkpoint computes what the function itself computes, and keeps less. */
import { kernels, rng } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { graphOf } from "../graph/graph-of.ts";
import { checkpoint } from "./checkpoint.ts";
import { grad } from "./grad.ts";
import { hessian } from "./jacobian.ts";
import "../methods.ts";
import { constant, variable } from "../core/leaf.ts";
import { topologicalOrder } from "../core/order.ts";
import type { Variable } from "../core/variable.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { exp, square } from "../ops/elementary.ts";
import { matmul } from "../ops/matmul.ts";
import { randomBernoulli } from "../ops/random.ts";
import { sum } from "../ops/repeat-sum.ts";
import { sin, tanh } from "../ops/trigonometric.ts";
import { noGrad } from "./record.ts";
import { vmap } from "./vmap.ts";

const f64 = { dtype: "float64" } as const;
const normal = (shape: readonly number[], seed: number): Variable => variable(rng(seed).normal(shape, f64));

/** The gradients of `loss` for `leaves`, as arrays. */
function gradients(loss: Variable, leaves: readonly Variable[]): unknown[] {
  for (const leaf of leaves) leaf.zeroGrad();
  loss.backward();
  return leaves.map((leaf) => leaf.grad?.toArray());
}

describe("checkpoint", () => {
  it("gives the same bits, for arguments and for what the function captures", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 4 }), (seed, n) => {
        const [x, w, b] = [normal([n, 3], seed), normal([3, 3], seed + 1), normal([3], seed + 2)];
        const hidden = matmul(x, w);
        const block = (h: Variable): Variable => tanh(add(mul(matmul(h, w), hidden), b));
        const plain = gradients(sum(square(block(sin(hidden)))), [x, w, b]);
        expect(gradients(sum(square(checkpoint(block, sin(hidden)))), [x, w, b])).toEqual(plain);
      }),
    );
  });

  it("keeps one node for all that the function computed", () => {
    const x = variable([1, 2], f64);
    const y = checkpoint((v) => exp(sin(square(tanh(v)))), x);
    expect(topologicalOrder([y.node]).map((node) => node.op?.name ?? "leaf")).toEqual(["leaf", "checkpoint"]);
    expect(graphOf(y).nodes).toHaveLength(2);
  });

  it("frees what lies inside, and computes it again once", () => {
    let runs = 0;
    const x = variable([1, 2], f64);
    const w = variable([3, 4], f64);
    const y = checkpoint(
      (a, b) => {
        runs++;
        return mul(sin(a), b);
      },
      x,
      w,
    );
    expect(runs).toBe(1);
    y.sum().backward();
    expect(runs).toBe(2);
  });

  it("can be differentiated again, and again", () => {
    const f = (x: Variable): Variable => checkpoint((v) => sin(mul(v, 2)), x);
    const third = grad(grad(grad(f)));
    // d³/dx³ sin 2x = −8 cos 2x; a dozen roundings of numbers up to 8.
    expect(Math.abs(third(constant(0.3, f64)).item() + 8 * Math.cos(0.6))).toBeLessThan(1e-13);
    const x = normal([3], 5);
    const g = (v: Variable): Variable => sum(mul(v, tanh(v)));
    expect(hessian((v) => checkpoint(g, v))(x).toArray()).toEqual(hessian(g)(x).toArray());
  });

  it("nests, and works inside vmap", () => {
    const x = normal([4, 3], 6);
    const inner = (v: Variable): Variable => checkpoint((u) => tanh(mul(u, u)), v);
    const outer = (v: Variable): Variable => sum(checkpoint((u) => sin(inner(u)), v));
    const plain = (v: Variable): Variable => sum(sin(tanh(mul(v, v))));
    expect(grad(outer)(x).toArray()).toEqual(grad(plain)(x).toArray());
    expect(vmap(grad(outer))(x).toArray()).toEqual(vmap(grad(plain))(x).toArray());
    expect(grad((z) => sum(vmap(outer)(z)))(x).toArray()).toEqual(grad(plain)(x).toArray());
  });

  it("draws the same random numbers again, and leaves the generator where it would be", () => {
    const x = normal([20], 7);
    const [a, b] = [rng(1), rng(1)];
    const dropout = (random: typeof a) => (v: Variable) => mul(square(v), randomBernoulli(random, [20], 0.5, f64));
    const plain = gradients(sum(dropout(a)(x)), [x]);
    expect(gradients(sum(checkpoint(dropout(b), x)), [x])).toEqual(plain);
    expect(b.take(1)).toEqual(a.take(1));
  });

  it("lets assign take effect the first time only", () => {
    const running = constant([0], f64);
    const x = variable([3], f64);
    const y = checkpoint((v) => {
      running.assign(add(running, v));
      return square(v);
    }, x);
    y.sum().backward();
    expect([running.toArray(), x.grad?.toArray()]).toEqual([[3], [6]]);
  });

  it("runs again with what constants held, also where the function itself assigns to them", () => {
    const [mask, seen] = [constant([1, 1], f64), constant([2, 2], f64)];
    const x = variable([1, 2], f64);
    const y = checkpoint(
      (v, m) => {
        const result = mul(mul(square(v), m), seen);
        seen.assign([7, 7]);
        return result;
      },
      x,
      mask,
    );
    mask.assign([10, 10]);
    y.sum().backward();
    expect([x.grad?.toArray(), seen.toArray()]).toEqual([
      [4, 8],
      [7, 7],
    ]);
  });

  it("may differentiate with respect to leaves of its own, and run backward inside", () => {
    const x = variable([1, 2, 3], f64);
    const inner = (v: Variable): Variable => sum(grad((z) => sum(mul(square(z), v)))(constant([3, 1, 2], f64)));
    expect(grad((v) => checkpoint(inner, v))(x).toArray()).toEqual([6, 2, 4]);
    const product = (v: Variable): Variable => sum(mul(v, variable([3, 1, 2], f64)));
    expect(grad((v) => checkpoint(product, v))(x).toArray()).toEqual([3, 1, 2]);
    const w = variable([1], f64);
    const y = checkpoint((v) => {
      sum(mul(w, 6)).backward();
      return square(v);
    }, x);
    y.sum().backward();
    expect(w.grad?.toArray()).toEqual([6]);
  });

  it("is the function itself where no gradient is wanted", () => {
    expect(noGrad(() => checkpoint(square, variable(3))).item()).toBe(9);
    expect(checkpoint((v) => v, variable(3)).item()).toBe(3);
    expect(checkpoint(square, 3).requiresGrad).toBe(false);
  });

  it("calls hooks of what it captures once, with the whole gradient", () => {
    const x = variable([1, 2], f64);
    const middle = sin(x);
    const seen: unknown[] = [];
    middle.onGrad((g) => {
      seen.push(g.toArray());
      return undefined;
    });
    add(
      checkpoint((v) => mul(v, 2), middle),
      middle,
    )
      .sum()
      .backward();
    expect(seen).toEqual([[3, 3]]);
  });

  it("refuses to go on when what it read was changed, or the function computes something else", () => {
    const w = variable([2], { ...f64, name: "w" });
    const x = variable([3], f64);
    const y = checkpoint((v) => mul(v, w), x);
    w.assign([5]);
    const second = (): (() => boolean) => {
      let runs = 0;
      return () => runs++ > 0;
    };
    const [isSecond, isAgain, isLater] = [second(), second(), second()];
    const other = checkpoint((v) => (isSecond() ? square(v) : mul(v, w)), x);
    const generator = rng(3);
    const fewer = checkpoint((v) => (isLater() ? mul(v, 0.5) : mul(v, randomBernoulli(rng(0), [1], 0.5, f64))), x);
    const drawn = checkpoint((v) => mul(v, constant(generator.normal([1], f64))), x);
    const more = checkpoint((v) => (isAgain() ? mul(v, randomBernoulli(rng(0), [1], 1, f64)) : square(v)), x);
    expect([
      messageOf(() => y.sum().backward()),
      messageOf(() => other.sum().backward()),
      messageOf(() => more.sum().backward()),
      messageOf(() => fewer.sum().backward()),
      messageOf(() => drawn.sum().backward()),
      messageOf(() => checkpoint((() => 1) as never, x)),
      messageOf(() => checkpoint(square, [1] as never)),
    ]).toMatchInlineSnapshot(`
      [
        "checkpoint: "w" was changed by assign after the checkpoint was computed from it. The function would compute something else now: call backward before the update.",
        "checkpoint: the function computes something else when it was run again for the backward pass. A checkpointed function must depend on its arguments alone, and draw random numbers by random ops.",
        "checkpoint: the function draws more random numbers when it was run again for the backward pass. A checkpointed function must depend on its arguments alone, and draw random numbers by random ops.",
        "checkpoint: the function draws fewer random numbers when it was run again for the backward pass. A checkpointed function must depend on its arguments alone, and draw random numbers by random ops.",
        "checkpoint: the function computes something else when it was run again for the backward pass. A checkpointed function must depend on its arguments alone, and draw random numbers by random ops.",
        "checkpoint: the function returned a number; expected a Variable.",
        "checkpoint: argument 0 is an array; expected a Variable, a Tensor or a number. Wrap arrays with variable(…) or tensor(…).",
      ]
    `);
    expect([x.grad, w.grad]).toEqual([null, null]);
    expect(kernels.allFinite(x.value)).toBe(true);
  });
});
