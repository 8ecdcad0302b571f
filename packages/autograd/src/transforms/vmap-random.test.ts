/** Random ops inside vmap draw for every example, as one draw of the whole batch. */
import { kernels, rng } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { graphOf } from "../graph/graph-of.ts";
import { checkpoint } from "./checkpoint.ts";
import { grad } from "./grad.ts";
import { jvp } from "./jvp.ts";
import { inferShapes } from "./shapes.ts";
import "../methods.ts";
import { constant, variable } from "../core/leaf.ts";
import { defineOp } from "../core/op.ts";
import type { Variable } from "../core/variable.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { matmul } from "../ops/matmul.ts";
import { randomBernoulli, randomNormal, randomUniform } from "../ops/random.ts";
import { sum } from "../ops/repeat-sum.ts";
import { tanh } from "../ops/trigonometric.ts";
import { recordAll } from "./record.ts";
import { vmap } from "./vmap.ts";
import { withoutTrace } from "./without-trace.ts";

const f64 = { dtype: "float64" } as const;
const normal = (shape: readonly number[], seed: number): Variable => variable(rng(seed).normal(shape, f64));

describe("random ops inside vmap", () => {
  const sources = {
    randomNormal: (seed: number, shape: readonly number[]) => randomNormal(rng(seed), shape, f64),
    randomUniform: (seed: number, shape: readonly number[]) => randomUniform(rng(seed), shape, f64),
    randomBernoulli: (seed: number, shape: readonly number[]) => randomBernoulli(rng(seed), shape, 0.5, f64),
  };
  for (const [name, draw] of Object.entries(sources)) {
    it(`${name} is one draw of the batch, whatever the axis and however deep`, () => {
      const x = constant(kernels.broadcastTo(constant(0, f64).value, [3, 4]));
      expect(vmap((row) => row.add(draw(1, [4])))(x).toArray()).toEqual(draw(1, [3, 4]).toArray());
      expect(vmap((column) => column.add(draw(1, [3])), { inAxes: 1 })(x).toArray()).toEqual(draw(1, [4, 3]).toArray());
      expect(vmap(vmap((number) => number.add(draw(1, []))))(x).toArray()).toEqual(draw(1, [3, 4]).toArray());
      expect(vmap(() => draw(1, [2]))(x).toArray()).toEqual(draw(1, [3, 2]).toArray());
      expect(vmap((row) => vmap(() => draw(1, [2]))(row))(x).toArray()).toEqual(draw(1, [3, 4, 2]).toArray());
      expect(vmap(() => draw(1, [2]))(constant([])).shape).toEqual([0, 2]);
    });
  }

  it("move the generator on by the whole batch, and not at all without trace or when shapes are inferred", () => {
    const random = rng(1);
    const draw = (): Variable => vmap((p) => p.add(randomUniform(random, [])))(constant([0, 0, 0]));
    const shape = inferShapes(() => draw().shape);
    const first = withoutTrace(() => draw().toArray());
    expect([shape, first]).toEqual([[3], draw().toArray()]);
    expect(draw().toArray()).not.toEqual(first);
    expect(random.state.counter).toBe(6);
  });

  it("give every example the gradient under its own mask", () => {
    const [w, xs] = [normal([4, 2], 1), normal([3, 4], 2)];
    const loss = (weight: Variable, x: Variable, mask: Variable): Variable => sum(tanh(matmul(mul(x, mask), weight)));
    const masks = randomBernoulli(rng(5), [3, 4], 0.5, f64);
    const random = rng(5);
    const each = vmap(
      grad((weight, x) => loss(weight, x, randomBernoulli(random, [4], 0.5, f64))),
      { inAxes: [null, 0] },
    )(w, xs);
    for (const i of [0, 1, 2]) {
      const one = grad(loss)(w, xs.index([i]), masks.index([i]));
      // The same products, added up in another order: a few roundings of numbers near 1.
      expect(Number(kernels.max(kernels.abs(each.index([i]).sub(one).value)).item())).toBeLessThan(1e-14);
    }
    expect(new Set((masks.toArray() as number[][]).map(String)).size).toBe(3);
  });

  it("draw the same in the second run of a checkpoint", () => {
    const x = normal([3, 4], 1);
    const f = (row: Variable, random: ReturnType<typeof rng>): Variable =>
      tanh(mul(row, randomNormal(random, [4], f64))).sum();
    const plain = (random = rng(3)): Variable => vmap(grad((row) => f(row, random)))(x);
    const inside = (random = rng(3)): Variable => vmap(grad((row) => checkpoint((p) => f(p, random), row)))(x);
    const around = (random = rng(3)): Variable =>
      grad((p) => checkpoint((q) => vmap((row) => f(row, random))(q).sum(), p))(x);
    expect(inside().toArray()).toEqual(plain().toArray());
    expect(around().toArray()).toEqual(plain().toArray());
    const later = vmap((row) => checkpoint((p) => f(p, rng(3)), row))(x);
    later.sum().backward();
    expect(x.grad?.toArray()).toEqual(plain().toArray());
  });

  it("go through grad and jvp of vmap", () => {
    const x = normal([3], 1);
    const noise = randomNormal(rng(4), [3], f64);
    const f = (p: Variable): Variable => vmap((v) => mul(v, randomNormal(rng(4), [], f64)))(p);
    expect(grad((p) => f(p).sum())(x).toArray()).toEqual(noise.toArray());
    expect(jvp(f, [x], [x]).tangent.toArray()).toEqual(mul(noise, x).toArray());
  });

  it("draw once for the batch in a backward rule, which runs below vmap", () => {
    const noisy = defineOp({
      name: "noisyGradient",
      infer: ([x]) => x,
      forward: ([x]) => kernels.copy(x),
      backward: [({ grad: g }) => add(mul(g, 0), randomUniform(rng(6), g.shape, f64))],
      batch: "elementwise",
    });
    const x = normal([3, 2], 1);
    const found = vmap(grad((row) => sum(noisy(row))))(x);
    expect(found.toArray()).toEqual(randomUniform(rng(6), [3, 2], f64).toArray());
  });

  it("are one op in the graph, which a replay repeats", () => {
    const x = variable([1, 2, 3], f64);
    const y = recordAll(() => vmap((v) => mul(v, randomUniform(rng(1), [], f64)))(x));
    const graph = graphOf(y);
    expect(graph.nodes.filter(({ op }) => op === "randomUniform").map(({ shape }) => shape)).toEqual([[3]]);
    expect(graph.run().outputs[0].toArray()).toEqual(y.toArray());
  });
});

describe("a generator inside vmap", () => {
  const batch = constant([0, 0, 0]);

  it("does not draw by itself: all examples would share the numbers", () => {
    const generator = rng(1);
    const draws: (() => unknown)[] = [
      () => generator.normal([]),
      () => generator.uniform([2]),
      () => generator.bernoulli([2]),
      () => generator.integers(0, 9, [2]),
      () => generator.permutation(3),
      () => generator.split(),
    ];
    const inside = (draw: () => unknown) => (x: Variable) => {
      draw();
      return x;
    };
    for (const draw of draws) {
      const calls = [
        () => vmap(inside(draw))(batch),
        () => vmap(vmap(inside(draw)))(constant([[0]])),
        () => vmap(grad(inside(draw)))(batch),
      ];
      for (const call of calls) expect(call).toThrow("vmap: a generator draws numbers by itself inside the function");
    }
    expect(generator.state.counter).toBe(0);
    expect(() => vmap(inside(draws[0]))(batch)).toThrowErrorMatchingInlineSnapshot(
      `[GraphError: vmap: a generator draws numbers by itself inside the function, so that all examples would share them. Draw with randomUniform(rng, shape), randomNormal or randomBernoulli, or outside of the function where sharing is meant.]`,
    );
  });

  it("draws when the function made it, as for one example alone, and again after vmap", () => {
    const noisy = (x: Variable): Variable => add(x, rng(5).normal([], f64));
    const one = noisy(constant(0)).item();
    expect(vmap(noisy)(batch).toArray()).toEqual([one, one, one]);
    expect(vmap(vmap(noisy))(constant([[0, 0]])).toArray()).toEqual([[one, one]]);
    expect(() => rng(1).normal([2])).not.toThrow();
  });
});
