/** Derivatives with respect to trees: records and lists of Variables. */
import { GraphError, ShapeError, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { grad, valueAndGrad } from "./grad.ts";
import { hvp, jacobian } from "./jacobian.ts";
import { jvp } from "./jvp.ts";
import type { VariableFunction } from "./point.ts";
import { vjp } from "./vjp.ts";
import "../methods.ts";
import { constant, variable } from "../core/leaf.ts";
import type { Variable } from "../core/variable.ts";
import { mul } from "../ops/arithmetic.ts";
import { matmul } from "../ops/matmul.ts";
import { vmap } from "./vmap.ts";

const f64 = { dtype: "float64" } as const;

interface Parameters {
  readonly layers: readonly { readonly w: Variable; readonly b?: Variable | undefined }[];
  readonly scale: Variable;
}

const loss = (p: Parameters, x: Variable): Variable => {
  let h = x;
  for (const { w, b } of p.layers) h = b === undefined ? matmul(h, w) : matmul(h, w).add(b);
  return h.mul(p.scale).square().sum();
};

const parameters = (): Parameters => ({
  layers: [{ w: variable([[1, 2], [3, 4]], f64), b: variable([1, -1], f64) }, { w: variable([[1], [2]], f64) }], // biome-ignore format: matrices
  scale: variable(0.5, f64),
});
const x = tensor([[1, 2]], f64);

describe("trees", () => {
  it("give gradients of their own structure, the same as of the Variables one by one", () => {
    const p = parameters();
    const { value, grad: slopes } = valueAndGrad(loss)(p, x);
    const y = loss(p, constant(x));
    y.backward();
    expect(value.item()).toBe(y.item());
    expect(Object.keys(slopes)).toEqual(["layers", "scale"]);
    expect(slopes.layers.map((layer) => Object.keys(layer))).toEqual([["w", "b"], ["w"]]);
    const pairs: [Variable | undefined, Variable | undefined][] = [
      [slopes.layers[0].w, p.layers[0].w],
      [slopes.layers[0].b, p.layers[0].b],
      [slopes.layers[1].w, p.layers[1].w],
      [slopes.scale, p.scale],
    ];
    for (const [found, at] of pairs) expect(found?.toArray()).toEqual(at?.grad?.toArray());
    expect(grad(loss)(p, x).scale.item()).toBe(p.scale.grad?.item());
  });

  it("are chosen by argnums, one or several", () => {
    const p = parameters();
    expect(grad(loss, { argnums: 1 })(p, x).shape).toEqual([1, 2]);
    const [dx, dp, again] = grad(loss, { argnums: [1, 0, 1] })(p, x);
    expect([dx.shape, dp.layers[0].w.shape, again.toArray()]).toEqual([[1, 2], [2, 2], dx.toArray()]);
  });

  it("keep null and undefined where they are, and treat a Variable in two places as two", () => {
    const w = variable(3, f64);
    const f = (p: { readonly a: Variable; readonly b: Variable; readonly c: null; readonly d?: Variable }): Variable =>
      p.a.mul(p.b);
    const found = grad(f)({ a: w, b: w, c: null });
    expect([found.a.item(), found.b.item(), found.c]).toEqual([3, 3, null]);
  });

  it("have any names for keys", () => {
    const given = Object.fromEntries([
      ["__proto__", variable(2, f64)] as const,
      ["constructor", variable(3, f64)] as const,
    ]);
    const f = (p: Record<string, Variable>): Variable => Object.values(p)[0].mul(p.constructor as unknown as Variable);
    const found = grad(f)(given);
    expect(Object.entries(found).map(([key, g]) => [key, g.item()])).toEqual([
      ["__proto__", 3],
      ["constructor", 2],
    ]);
  });

  it("go through vjp, jvp and hvp, and nest", () => {
    const f = ({ a, b }: { readonly a: Variable; readonly b: Variable }): Variable => a.square().mul(b).sum();
    const at = { a: variable([1, 2], f64), b: variable([3, 4], f64) };
    const along = { a: tensor([1, 0], f64), b: tensor([0, 1], f64) };
    const [slopes] = vjp(f, at).pullback(2);
    expect([slopes.a.toArray(), slopes.b.toArray()]).toEqual([
      [12, 32],
      [2, 8],
    ]);
    // Along e₁ of a and e₂ of b: 2 a₁ b₁ + a₂².
    expect(jvp(f, [at], [along]).tangent.item()).toBe(10);
    // The Hessian has 2b for a with a, 2a for a with b.
    const curved = hvp(f, at, along);
    expect([curved.a.toArray(), curved.b.toArray()]).toEqual([
      [6, 4],
      [2, 0],
    ]);
    const second = grad((p: typeof at) => grad(f)(p).b.sum())(at);
    expect([second.a.toArray(), second.b.toArray()]).toEqual([
      [2, 4],
      [0, 0],
    ]);
  });

  it("take directions whose keys are in another order", () => {
    const f = ({ a, b }: { readonly a: Variable; readonly b: Variable }): Variable => a.square().mul(b);
    const at = { a: variable(2, f64), b: variable(3, f64) };
    // ∂f = 2ab ȧ + a² ḃ = 12 · 1 + 4 · 10; the Hessian is [[2b, 2a], [2a, 0]].
    expect(jvp(f, [at], [{ b: 10, a: 1 }]).tangent.item()).toBe(52);
    const curved = hvp(f, at, { b: 10, a: 1 });
    expect([curved.a.item(), curved.b.item()]).toEqual([46, 4]);
  });

  it("are captured by a function inside vmap", () => {
    const w = variable([1, 2], f64);
    const each = vmap((row: Variable) => grad((p: { w: Variable }) => mul(p.w, row).square().sum())({ w }).w);
    expect(each(constant([[1, 0], [0, 2]], f64)).toArray()).toEqual([[2, 0], [0, 16]]); // biome-ignore format: matrices
  });

  it("name the place of what cannot be differentiated", () => {
    const p = parameters();
    const f = loss as (...args: never[]) => Variable as VariableFunction;
    const any = (x: unknown): Variable => x as Variable;
    const labels = variable([1, 2], { dtype: "int32" });
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    const calls: (() => unknown)[] = [
      () => grad(f)(any({ layers: [p.layers[0], { w: labels }], scale: p.scale }), x),
      () => vjp(f, any({ layers: [{ w: "W1" }] }), x),
      () => grad(f)(any({ layers: [[1, 2]] })),
      () => grad(f)(any({ "first layer": new Map() })),
      () => grad(f)(any(cyclic)),
      () => grad(f)(any([1, 2])),
      () => grad(f)(any(null)),
      () => jacobian(f)(any({ w: 1 })),
    ];
    expect(calls.map(messageOf)).toMatchInlineSnapshot(`
      [
        "grad: argument 0: .layers[1].w is int32; expected float32 or float64, which have derivatives. Convert it, for example with x.cast("float32"), or choose other arguments by argnums.",
        "vjp: argument 0: .layers[0].w is a string; expected a Variable, a Tensor or a number. Convert strings first: Number(text).",
        "grad: argument 0: .layers[0] is an array; expected a Variable, a Tensor or a number. Wrap arrays with variable(…) or tensor(…).",
        "grad: argument 0: ["first layer"] is a Map; expected a Variable, a Tensor or a number. Wrap arrays with variable(…) or tensor(…).",
        "grad: argument 0: [0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]… is nested deeper than 100 levels; expected Variables in records and lists. Does the tree contain itself? Pass the Variables alone, for example { w, b }.",
        "grad: argument 0 is an array; expected a Variable, a Tensor or a number. Wrap arrays with variable(…) or tensor(…).",
        "grad: argument 0 is null; expected a Variable, a Tensor or a number. Wrap arrays with variable(…) or tensor(…).",
        "jacobian: x is an object; expected a Variable, a Tensor or a number. Wrap arrays with variable(…) or tensor(…).",
      ]
    `);
  });

  it("refuse directions of another structure or shape", () => {
    const f = ({ a }: { readonly a: Variable }): Variable => a.sum();
    const at = { a: variable([1, 2], f64) };
    expect(() => jvp(f, [at], [{ b: [] } as never])).toThrow(GraphError);
    expect(() => jvp(f, [at], [[at.a] as never])).toThrow(GraphError);
    expect(() => jvp(f, [at], [{ a: at.a, b: at.a } as never])).toThrow(GraphError);
    expect(() => hvp(f, at, { a: 1 })).toThrow(ShapeError);
    expect(messageOf(() => hvp(f, at, { a: 1 }))).toMatchInlineSnapshot(
      `"hvp: v: .a has shape []; expected [2], the shape of x: .a."`,
    );
  });
});
