/** Forward mode beside reverse mode, and inside and around everything else. */
import { kernels, rng } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { constant, variable } from "../core/leaf.ts";
import { defineOp } from "../core/op.ts";
import type { Variable } from "../core/variable.ts";
import { graphOf } from "../graph/graph-of.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { detach } from "../ops/cast-detach.ts";
import { where } from "../ops/comparison.ts";
import { exp, square } from "../ops/elementary.ts";
import { matmul } from "../ops/matmul.ts";
import { max } from "../ops/max.ts";
import { randomUniform } from "../ops/random.ts";
import { sum } from "../ops/repeat-sum.ts";
import { logSoftmax, softmax } from "../ops/softmax.ts";
import { sin, tanh } from "../ops/trigonometric.ts";
import "../methods.ts";
import { messageOf } from "../../../../testing/message-of.ts";
import { checkpoint } from "./checkpoint.ts";
import { grad, valueAndGrad } from "./grad.ts";
import { hessian, hvp, jacobian } from "./jacobian.ts";
import { jvp } from "./jvp.ts";
import { noGrad, recordAll } from "./record.ts";
import { inferShapes } from "./shapes.ts";
import { substitute } from "./substitute.ts";
import { vjp } from "./vjp.ts";
import { vmap } from "./vmap.ts";

const f64 = { dtype: "float64" } as const;
const normal = (shape: readonly number[], seed: number): Variable => variable(rng(seed).normal(shape, f64));

/** Numbers near 1 through a few ops in another order: some roundings of 2⁻⁵². */
function expectNear(actual: Variable, expected: Variable): void {
  expect(actual.shape).toEqual(expected.shape);
  const most = actual.size === 0 ? 0 : Number(kernels.max(kernels.abs(actual.sub(expected).value)).item());
  expect(most).toBeLessThan(1e-13);
}

/** J v by a backward sweep for each row. */
function byRows(f: (x: Variable) => Variable, x: Variable, v: Variable): Variable {
  const jacobianOf = jacobian(f, x, { mode: "reverse" });
  const y = f(x);
  return matmul(jacobianOf.reshape([y.size, x.size]), v.reshape([x.size, 1])).reshape(y.shape);
}

const [x, v] = [normal([3, 4], 1), normal([3, 4], 2)];
const functions: Readonly<Record<string, (x: Variable) => Variable>> = {
  tanh,
  product: (a) => mul(sin(a), square(a)),
  matmul: (a) => matmul(a, a.transpose()),
  softmax: (a) => logSoftmax(softmax(a)),
  max: (a) => max(a, { axis: 1 }),
  where: (a) => where(a.gt(0), exp(a), a.mul(a)),
  slices: (a) => a.index([{}, [0, 2]]).concat([a.index([{}, { start: 1, stop: 2 }])], { axis: 1 }),
  nothing: (a) => detach(a),
};

describe("jvp", () => {
  for (const [name, f] of Object.entries(functions)) {
    it(`of ${name} is what reverse mode says, and nests with grad, vmap and itself`, () => {
      const { value, tangent } = jvp(f, [x], [v]);
      expectNear(value, f(x));
      expectNear(tangent, byRows(f, x, v));
      const total = (a: Variable): Variable => sum(square(f(a)));
      const slope = (a: Variable): Variable => grad(total)(a);
      // Forward over reverse, reverse over forward, reverse over reverse.
      expectNear(jvp(slope, [x], [v]).tangent, hvp(total, x, v));
      expectNear(grad((a) => jvp(total, [a], [v]).tangent)(x), hvp(total, x, v));
      const twice = jvp((a) => jvp(total, [a], [v]).tangent, [x], [v]).tangent;
      expectNear(twice, sum(mul(hvp(total, x, v), v)));
      const rows = vmap((a, d) => jvp((b) => f(b.reshape([1, 4])), [a], [d]).tangent)(x, v);
      const row = (i: number): Variable => byRows((b) => f(b.reshape([1, 4])), x.index([i]), v.index([i]));
      for (const i of [0, 1, 2]) expectNear(rows.index([i]), row(i));
      const around = jvp((a) => vmap((b) => f(b.reshape([1, 4])))(a), [x], [v]).tangent;
      expectNear(around, rows);
    });
  }

  it("goes through the pullback of a vjp from outside, and through values with gradients", () => {
    const { pullback } = vjp(tanh, x);
    expectNear(jvp((u) => pullback(u)[0], [x], [v]).tangent, pullback(v)[0]);
    const both = jvp((a) => valueAndGrad((b) => sum(tanh(b)))(a).value, [x], [v]);
    expectNear(both.tangent, sum(mul(grad((b) => sum(tanh(b)))(x), v)));
  });

  it("is cut off by noGrad and detach inside the function, and works inside noGrad", () => {
    const f = (a: Variable): Variable =>
      mul(
        a,
        noGrad(() => square(a)),
      );
    expectNear(jvp(f, [x], [v]).tangent, mul(v, square(x)));
    expectNear(
      noGrad(() => jvp(f, [x], [v]).tangent),
      mul(v, square(x)),
    );
    const inner = (a: Variable): Variable => noGrad(() => jvp(square, [a], [a]).tangent);
    expectNear(jvp(inner, [x], [v]).tangent, constant(kernels.mul(x.value, constant(0, f64).value.reshape([1, 1]))));
    expect(noGrad(() => jvp(f, [x], [v])).tangent.requiresGrad).toBe(false);
  });

  it("follows random ops, checkpoints and stand-ins, and infers shapes", () => {
    const masked = (a: Variable): Variable => mul(a, randomUniform(rng(3), [3, 4], f64));
    expectNear(jvp(masked, [x], [v]).tangent, mul(v, randomUniform(rng(3), [3, 4], f64)));
    expectNear(jvp((a) => checkpoint(tanh, a), [x], [v]).tangent, jvp(tanh, [x], [v]).tangent);
    expectNear(
      checkpoint((a) => jvp(tanh, [a], [v]).tangent, x),
      jvp(tanh, [x], [v]).tangent,
    );
    const w = normal([4, 2], 5);
    const loss = (weight: Variable): Variable => substitute([[w, weight]], () => sum(square(matmul(x, w))));
    const direction = normal([4, 2], 6);
    expectNear(jvp(loss, [w], [direction]).tangent, sum(mul(grad(loss)(w), direction)));
    expect(inferShapes(() => jvp(functions.softmax, [x], [v]).tangent.shape)).toEqual([3, 4]);
  });

  it("gives Variables of their own, recorded like any others", () => {
    const [p, q] = [constant(1), constant(2)];
    const { value, tangent } = jvp((a) => a, [p], [q]);
    value.assign(5);
    tangent.assign(6);
    expect([p.item(), q.item(), value.item(), tangent.item()]).toEqual([1, 2, 5, 6]);
    const y = recordAll(() => jvp(tanh, [x], [v]).tangent);
    expect(graphOf(y).nodes.map(({ op }) => op)).toContain("sech2");
    const through = jvp(tanh, [x], [v]).tangent;
    through.sum().backward();
    expectNear(x.grad as Variable, grad((a) => sum(mul(v, grad((b) => sum(tanh(b)))(a))))(x));
    x.zeroGrad();
  });

  it("uses an op's forward rule, refuses one that gives another shape, and says where gradients are recorded", () => {
    const cube = (rule: (t: Variable) => Variable) =>
      defineOp<readonly [unknown]>({
        name: "cube",
        infer: ([a]) => a,
        forward: ([a]) => kernels.mul(a, kernels.square(a)),
        backward: [({ grad: g, inputs: [a] }) => mul(g, square(a).mul(3))],
        jvp: ({ tangents: [t] }) => rule(t as Variable),
      });
    expectNear(jvp((a) => cube((t) => t.mul(7))(a), [x], [v]).tangent, v.mul(7));
    expect([
      messageOf(() => jvp((a) => cube((t) => t.sum())(a), [x], [v])),
      messageOf(() =>
        jvp(
          (a) => {
            a.sum().backward();
            return a;
          },
          [x],
          [v],
        ),
      ),
      messageOf(() => jvp(tanh, [x], [normal([4], 1)])),
      messageOf(() => jacobian(tanh, x, { mode: "backward" as "reverse" })),
    ]).toMatchInlineSnapshot(`
      [
        "cube: jvp returned float64 []; expected a Variable of float64 [3, 4], as the output.",
        "jvp: the place in the graph of a Variable of shape [] is read inside the function, where it carries a derivative. Use grad instead of backward inside the function, and draw graphs outside of it.",
        "jvp: tangent 0 has shape [4]; expected [3, 4], the shape of argument 0.",
        "jacobian: mode is "backward"; expected "auto", "reverse" or "forward".",
      ]
    `);
  });

  it("adds up where an input is used twice, in float32 as in float64", () => {
    const [p, q] = [constant([1, 2]), constant([3, -1])];
    const { tangent } = jvp((a, b) => add(mul(a, b), a), [p, q], [constant([1, 0]), constant([0, 1])]);
    expect([tangent.dtype, tangent.toArray()]).toEqual(["float32", [4, 2]]);
  });
});

describe("jacobian and hessian by columns", () => {
  it("are those by rows, whatever is larger, and draw the same random numbers for all columns", () => {
    for (const f of Object.values(functions)) {
      expectNear(jacobian(f, x, { mode: "forward" }), jacobian(f, x, { mode: "reverse" }));
      expectNear(jacobian(f)(x), jacobian(f, { mode: "reverse" })(x));
    }
    const wide = (a: Variable): Variable => tanh(mul(a.reshape([1, 4]), x));
    const row = x.index([0]);
    expectNear(jacobian(wide, row), jacobian(wide, row, { mode: "reverse" }));
    const total = (a: Variable): Variable => sum(mul(tanh(a), square(a)));
    expectNear(hessian(total, row, { mode: "forward" }), hessian(total, row));
    const [r, s] = [rng(7), rng(7)];
    const noisy = (source: ReturnType<typeof rng>) => (a: Variable) => mul(a, randomUniform(source, [4], f64));
    expectNear(jacobian(noisy(r), row, { mode: "forward" }), jacobian(noisy(s), row, { mode: "reverse" }));
    expect(r.state).toEqual(s.state);
    expect(jacobian(tanh, normal([0], 1)).shape).toEqual([0, 0]);
    expect(jacobian(tanh, normal([0], 1), { mode: "forward" }).shape).toEqual([0, 0]);
  });
});
