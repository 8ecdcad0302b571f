import { DTypeError, GraphError, rng, ShapeError, SpecError, type Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { grad, valueAndGrad } from "./grad.ts";
import { hessian, hvp, jacobian } from "./jacobian.ts";
import { jvp } from "./jvp.ts";
import type { VariableFunction } from "./point.ts";
import { vjp } from "./vjp.ts";
import "../methods.ts";
import { constant, variable } from "../core/leaf.ts";
import type { Variable } from "../core/variable.ts";
import { sigmoid } from "../ops/activation.ts";
import { add, mul, sub } from "../ops/arithmetic.ts";
import { where } from "../ops/comparison.ts";
import { exp, log, square } from "../ops/elementary.ts";
import { matmul } from "../ops/matmul.ts";
import { sum } from "../ops/repeat-sum.ts";
import { logsumexp, softmax } from "../ops/softmax.ts";
import { sin, tanh } from "../ops/trigonometric.ts";
import { noGrad } from "./record.ts";
import { vmap } from "./vmap.ts";

const f64 = { dtype: "float64" } as const;

/** f, f′, f″, f‴ by nesting grad. */
function derivatives(f: VariableFunction, count: number): VariableFunction[] {
  const list: VariableFunction[] = [f];
  for (let i = 0; i < count; i++) list.push(grad(list[i]) as VariableFunction);
  return list;
}

/** Each derivative multiplies the rounding of the one before by a few: 1e-12 of its size is thousands of ulps. */
function expectAll(f: VariableFunction, x: number, expected: readonly number[]): void {
  derivatives(f, expected.length - 1).forEach((derivative, order) => {
    const found = derivative(variable(x, f64)).item();
    expect(Math.abs(found - expected[order]), `derivative ${order}`).toBeLessThan(
      1e-12 * Math.max(1, Math.abs(expected[order])),
    );
  });
}

describe("derivatives of derivatives", () => {
  for (const x of [-1.3, 0, 0.4, 2]) {
    it(`of tanh at ${x}`, () => {
      const t = Math.tanh(x);
      const d = 1 - t * t;
      expectAll(tanh, x, [t, d, -2 * t * d, d * (6 * t * t - 2), d * t * (16 - 24 * t * t)]);
    });

    it(`of sigmoid at ${x}`, () => {
      const s = 1 / (1 + Math.exp(-x));
      const d = s * (1 - s);
      expectAll(sigmoid, x, [s, d, d * (1 - 2 * s), d * (1 - 6 * d)]);
    });

    it(`of exp at ${x}`, () => {
      expectAll(exp, x, new Array(6).fill(Math.exp(x)));
    });

    it(`of x⁴ at ${x}`, () => {
      expectAll((z) => z.pow(4), x, [x ** 4, 4 * x ** 3, 12 * x ** 2, 24 * x, 24, 0]);
    });
  }

  it("of log at 0.5", () => {
    expectAll(log, 0.5, [Math.log(0.5), 2, -4, 16, -96]);
  });
});

describe("third derivatives of functions of several numbers", () => {
  const [u, v, w] = [0, 1, 2].map((seed) => variable(rng(seed).normal([4], f64)));
  /** d³/dt³ f(x + t u + …) along u, v and w: the gradient of the gradient of the gradient, each times a direction. */
  const along = (f: VariableFunction, direction: Variable): VariableFunction => {
    const g = grad(f) as VariableFunction;
    return (x) => sum(mul(g(x), direction));
  };
  const third = (f: VariableFunction, x: Variable): number => along(along(along(f, u), v), w)(x).item();

  it("of softmax: the third cumulants of its distribution", () => {
    // log Σ eˣ generates the cumulants: its derivatives along u, v, w are E[(u − Eu)(v − Ev)(w − Ew)] under softmax x.
    const x = variable(rng(5).normal([4], f64));
    const p = softmax(x);
    const centered = [u, v, w].map((d) => sub(d, sum(mul(p, d))));
    const expected = sum(mul(p, mul(mul(centered[0], centered[1]), centered[2]))).item();
    // Some fifty ops, each of numbers near 1.
    expect(Math.abs(third((z) => logsumexp(z), x) - expected)).toBeLessThan(1e-13);
    // And of one probability: p₀ times polynomials in the same moments, from ∂ₐ p₀ = p₀ (a₀ − E a), ∂ₐ E b = Cov(a, b).
    const e = (d: Variable): number => sum(mul(p, d)).item();
    const at = (d: Variable): number => d.index([0]).item() - e(d);
    const covariance = (a: Variable, b: Variable): number => e(mul(a, b)) - e(a) * e(b);
    const p0 = p.index([0]).item();
    const closed =
      p0 *
      (at(u) * at(v) * at(w) -
        at(u) * covariance(v, w) -
        at(v) * covariance(u, w) -
        at(w) * covariance(u, v) -
        expected);
    expect(Math.abs(third((z) => softmax(z).index([0]), x) - closed)).toBeLessThan(1e-13);
  });

  it("of a small network: tanh of a layer, and its chain rule by hand", () => {
    // f(x) = aᵀ tanh(W x): d³f = Σᵢ aᵢ tanh‴(zᵢ) (W u)ᵢ (W v)ᵢ (W w)ᵢ.
    const weight = variable(rng(6).normal([5, 4], f64));
    const a = variable(rng(7).normal([5], f64));
    const x = variable(rng(8).normal([4], f64));
    const z = matmul(weight, x).toArray() as number[];
    const directions = [u, v, w].map((d) => matmul(weight, d).toArray() as number[]);
    let expected = 0;
    let magnitude = 0;
    z.forEach((value, i) => {
      const t = Math.tanh(value);
      const d = 1 - t * t;
      const term =
        (a.toArray() as number[])[i] * d * (6 * t * t - 2) * directions.reduce((product, dir) => product * dir[i], 1);
      expected += term;
      magnitude += Math.abs(term);
    });
    const found = third((y) => sum(mul(a, tanh(matmul(weight, y)))), x);
    // Sums of 4 and 5 products in a row of three rules: a hundred roundings of the terms at most.
    expect(Math.abs(found - expected)).toBeLessThan(100 * 2 ** -52 * magnitude);
  });
});

describe("grad", () => {
  it("differentiates with respect to the first argument", () => {
    const g = grad((x, y) => mul(square(x), y))(variable(3, f64), 5);
    expect(g.item()).toBe(30);
  });

  it("differentiates with respect to the arguments asked for", () => {
    const f: VariableFunction = (x, y) => mul(square(x), y);
    expect(grad(f, { argnums: 1 })(3, 5)).toHaveProperty("shape", []);
    expect((grad(f, { argnums: [1, 0] })(3, 5) as Variable[]).map((g) => g.item())).toEqual([9, 30]);
  });

  it("takes tensors and numbers, and leaves .grad alone", () => {
    const x = variable([1, 2]);
    expect(grad((z) => sum(square(z)))(x).toArray()).toEqual([2, 4]);
    expect(grad((z) => sum(square(z)))(tensor([1, 2])).toArray()).toEqual([2, 4]);
    expect(x.grad).toBeNull();
  });

  it("works inside noGrad and returns plain values outside of a graph", () => {
    const g = noGrad(() => grad((z) => sum(square(z)))(variable([1, 2])));
    expect([g.toArray(), g.requiresGrad]).toEqual([[2, 4], false]);
  });

  it("is zero for arguments that the function does not use", () => {
    const grads = grad((x, _) => sum(square(x)), { argnums: [0, 1] })(variable([1, 2]), variable([[3]])) as Variable[];
    expect(grads.map((g) => g.toArray())).toEqual([[2, 4], [[0]]]);
    expect(grad(() => constant(1))(variable([1, 2])).toArray()).toEqual([0, 0]);
  });

  it("can be used in a function that is differentiated with respect to another Variable", () => {
    // d/da of d/dx (a x²) = 2x
    const x = constant(3, f64);
    const f = (a: Variable): Variable => grad((z) => mul(a, square(z)))(x);
    expect(grad(f)(variable(5, f64)).item()).toBe(6);
  });

  it("refuses what is no single number, no Variable, and arguments that do not exist", () => {
    expect(messageOf(() => grad((x) => square(x))(variable([1, 2])))).toMatchInlineSnapshot(
      `"grad: the result has shape [2]; only a single number has a gradient by itself. Reduce it first, for example with .sum()."`,
    );
    expect(messageOf(() => grad((() => 1) as unknown as VariableFunction)(1))).toMatchInlineSnapshot(
      `"grad: the function returned a number; expected a Variable."`,
    );
    expect(messageOf(() => grad((x) => x, { argnums: 1 })(1))).toMatchInlineSnapshot(
      `"grad: argument 1 does not exist: the function was called with 1; expected 0 … 0."`,
    );
    expect(() => grad((x) => x, { argnum: 1 } as object)(1)).toThrow(SpecError);
  });

  it("wants a function, and numbers of arguments", () => {
    expect(messageOf(() => grad(3 as never))).toMatchInlineSnapshot(
      `"grad: f is 3; expected a function. Pass a function, for example grad((x) => …)."`,
    );
    expect(messageOf(() => vjp(null as never, 1))).toMatchInlineSnapshot(
      `"vjp: f is null; expected a function. Pass a function, for example vjp((x) => …)."`,
    );
    expect(messageOf(() => grad(sin, { argnums: null as never }))).toMatchInlineSnapshot(
      `"grad: argnums is null; expected the number of an argument, or a list of them. Arguments count from 0: { argnums: 1 }, or { argnums: [0, 1] }."`,
    );
    expect(messageOf(() => jvp(sin, constant([1]) as never, [1]))).toMatchInlineSnapshot(
      `"jvp: xs is a Variable; expected a list. Write jvp(f, [x], [v]), also for a single argument."`,
    );
    expect(messageOf(() => noGrad(3 as never))).toMatchInlineSnapshot(
      `"noGrad: fn is 3; expected a function. Pass a function, for example noGrad((x) => …)."`,
    );
  });

  it("comes with the value", () => {
    const { value, grad: g } = valueAndGrad((x) => sum(square(x)))(variable([1, 2], f64));
    expect([value.item(), g.toArray()]).toEqual([5, [2, 4]]);
  });
});

describe("vjp and jvp", () => {
  const a = tensor(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    f64,
  );
  const linear: VariableFunction = (x) => matmul(constant(a), x);
  const x = tensor([1, -1, 2], f64);

  it("are the matrix and its transpose for a linear function", () => {
    const { value, pullback } = vjp(linear, x);
    expect(value.toArray()).toEqual([5, 11]);
    expect(pullback(tensor([1, 0], f64))[0].toArray()).toEqual([1, 2, 3]);
    expect(pullback(tensor([1, -1], f64))[0].toArray()).toEqual([-3, -3, -3]);
    expect(jvp(linear, [x], [tensor([1, 0, 1], f64)]).tangent.toArray()).toEqual([4, 10]);
  });

  it("agree: ⟨u, J v⟩ = ⟨Jᵀ u, v⟩", () => {
    const f: VariableFunction = (p, q) => mul(sin(p), exp(q));
    const p = tensor([0.3, -1.2, 0.9], f64);
    const q = tensor([0.1, 0.5, -0.7], f64);
    const [u, v, w] = [
      [1, -2, 3],
      [0.5, 1, -1],
      [2, 0, 1],
    ].map((values) => tensor(values, f64));
    const forward = sum(mul(jvp(f, [p, q], [v, w]).tangent, u)).item();
    const [gp, gq] = vjp(f, p, q).pullback(u);
    const backward = add(sum(mul(gp, v)), sum(mul(gq, w))).item();
    expect(forward).toBeCloseTo(backward, 13);
  });

  it("are zero where the function does not depend on its argument", () => {
    expect(
      vjp(() => constant([1, 2], f64), x)
        .pullback(tensor([1, 1], f64))[0]
        .toArray(),
    ).toEqual([0, 0, 0]);
    expect(jvp(() => constant([1, 2], f64), [x], [x]).tangent.toArray()).toEqual([0, 0]);
  });

  it("nest: the jvp of grad is the Hessian times a vector", () => {
    const f: VariableFunction = (z) => sum(mul(square(z), z));
    const { tangent } = jvp(grad(f) as VariableFunction, [x], [tensor([1, 1, 1], f64)]);
    expect(tangent.toArray()).toEqual([6, -6, 12]);
  });

  it("refuse upstream gradients and tangents that do not fit", () => {
    expect(() => vjp(linear, x).pullback(tensor([1, 2, 3], f64))).toThrow(ShapeError);
    expect(() => vjp(linear, x).pullback()).toThrow(GraphError);
    expect(() => jvp(linear, [x], [])).toThrow(GraphError);
    expect(() => jvp(linear, [x], [tensor([1, 2], f64)])).toThrow(ShapeError);
  });
});

/** x₀² x₁ + sin x₁: its Hessian is [[2 x₁, 2 x₀], [2 x₀, −sin x₁]]. */
const surface: VariableFunction = (x) => {
  const x0 = x.slice({ start: [0], stop: [1] });
  const x1 = x.slice({ start: [1], stop: [2] });
  return sum(add(mul(square(x0), x1), sin(x1)));
};

describe("jacobian, hessian and hvp", () => {
  const x = tensor([1.5, 0.5], f64);
  const expected = [
    [1, 3],
    [3, -Math.sin(0.5)],
  ];

  function near(found: Tensor, values: readonly (readonly number[])[]): void {
    expect(found.shape).toEqual([values.length, values[0].length]);
    (found.toArray() as number[][]).forEach((row, i) => {
      row.forEach((value, j) => {
        expect(value).toBeCloseTo(values[i][j], 13);
      });
    });
  }

  it("give the matrix of second derivatives", () => {
    near(hessian(surface)(x).value, expected);
    near(jacobian(grad(surface) as VariableFunction)(x).value, expected);
  });

  it("give its product with a vector", () => {
    const v = tensor([2, -1], f64);
    const product = hvp(surface, x, v).toArray() as number[];
    expected.forEach((row, i) => {
      expect(product[i]).toBeCloseTo(2 * row[0] - row[1], 13);
    });
  });

  it("give the matrix of a linear function, with all axes of result and argument", () => {
    const w = tensor(
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      f64,
    );
    const j = jacobian((z) => matmul(z, constant(w)))(tensor([[1, 1, 1]], f64));
    expect(j.shape).toEqual([1, 2, 1, 3]);
    expect(j.toArray()).toEqual([[[[1, 3, 5]], [[2, 4, 6]]]]);
  });

  it("have the right shape for no results and for no arguments", () => {
    expect(jacobian((z) => z.slice({ stop: [0] }))(x).shape).toEqual([0, 2]);
    expect(jacobian((z) => sum(z))(tensor([], f64)).shape).toEqual([0]);
  });

  it("give the curvature of a quadratic form, A + Aᵀ", () => {
    const a = constant(
      tensor(
        [
          [2, 1],
          [0, 3],
        ],
        f64,
      ),
    );
    const form: VariableFunction = (z) => sum(mul(z, matmul(a, z)));
    expect(hessian(form)(x).toArray()).toEqual([
      [4, 1],
      [1, 6],
    ]);
    expect(sub(hvp(form, x, tensor([1, 0], f64)), tensor([4, 1], f64)).toArray()).toEqual([0, 0]);
  });
});

describe("integers and booleans have no derivatives", () => {
  const whole = variable([2, 3], { dtype: "int32" });
  const flags = tensor([true, false]);
  const f = (x: Variable): Variable => sum(square(x));

  it("whichever function of functions asks for one", () => {
    for (const x of [whole, flags, tensor(3, { dtype: "int32" })]) {
      const calls: (() => unknown)[] = [
        () => grad(f)(x),
        () => valueAndGrad(f)(x),
        () => grad((a, b) => f(a).add(f(b)), { argnums: [0, 1] })(1, x),
        () => vjp(f, x),
        () => vjp((a, b) => f(a).add(f(b)), 1, x),
        () => jvp(f, [x], [x]),
        () => hvp(f, x, x),
        () => jacobian(f)(x),
        () => jacobian(f, x),
        () => hessian(f, x),
        () => vmap(grad(f))(tensor([[1], [2]], { dtype: "int32" })),
      ];
      for (const call of calls) expect(call).toThrow(DTypeError);
    }
    expect(messageOf(() => grad(f)(whole))).toMatchInlineSnapshot(
      `"grad: argument 0 is int32; expected float32 or float64, which have derivatives. Convert it, for example with x.cast("float32"), or let the function read it from outside: (x) => f(x, labels)."`,
    );
    expect(messageOf(() => hessian(f, whole))).toMatchInlineSnapshot(
      `"hessian: x is int32; expected float32 or float64, which have derivatives. Convert it, for example with x.cast("float32"), or let the function read it from outside: (x) => f(x, labels)."`,
    );
  });

  it("and are arguments like any other where none is asked for", () => {
    const g = grad((x, i) => x.gather(i).square().sum());
    expect(g(variable([1, 2, 3], f64), tensor([2, 2], { dtype: "int32" })).toArray()).toEqual([0, 0, 12]);
    expect(grad((m, x) => where(m, x, 0).sum(), { argnums: 1 })(flags, variable([1, 2])).toArray()).toEqual([1, 0]);
  });
});

describe("errors name the function that was called", () => {
  it("and the point where it is no Variable, although options may stand in its place", () => {
    const [loose, bent] = [jacobian, hessian] as unknown as ((f: unknown, x: unknown) => unknown)[];
    for (const x of [[1, 2], new Float64Array(2), null]) {
      expect(() => loose((z: Variable) => z, x)).toThrow(/^jacobian: x is (an array|a Float64Array|null)/);
      expect(() => bent((z: Variable) => z.sum(), x)).toThrow(/^hessian: x is (an array|a Float64Array|null)/);
    }
  });

  it("not the one that it is made of", () => {
    const x = variable([1, 2], f64);
    const calls = {
      valueAndGrad: () => valueAndGrad((z) => z)(x),
      jacobian: () => jacobian(((z: Variable) => z.toArray()) as unknown as VariableFunction, x),
      hessian: () => hessian((z) => z, x),
      hvp: () => hvp((z) => z, x, x),
      jvp: () => jvp((z) => z, [x], [1]),
      vjp: () => vjp((z) => z, x).pullback(),
    };
    for (const [name, call] of Object.entries(calls)) expect(messageOf(call)).toMatch(new RegExp(`^${name}: `));
    for (const f of [grad, valueAndGrad, jacobian, hessian, vjp, jvp, hvp]) {
      expect(messageOf(() => (f as (f: unknown, x: unknown[], v: unknown[]) => unknown)(3, [], []))).toMatch(
        new RegExp(`^${f.name}: f is 3`),
      );
    }
  });
});
