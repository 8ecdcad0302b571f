import {
  add,
  constant,
  defineOp,
  exp,
  matmul,
  mul,
  softmax,
  sub,
  sum,
  type Variable,
  variable,
} from "@adjoint/autograd";
import { kernels, tensor } from "@adjoint/tensor";
import { expect, it } from "vitest";
import { trace } from "../trace/trace.ts";
import { rewritten } from "./rewrite.ts";

const w = variable(tensor([0.5, -1, 2]), { name: "w" });

/** A common subexpression, constants to compute, and a softmax. */
function loss(x: Variable): Variable {
  const scale = exp(sub(mul(constant(2), constant(3)), 6));
  return sum(mul(softmax(add(mul(w, x), mul(w, x))), scale));
}

it("computes the same, and says which node has the value of which", () => {
  const recorded = trace(loss, constant([1, 2, 3], { name: "x" }));
  const { program, became, applied } = rewritten(recorded);
  const leaves = { w: tensor([0.5, -1, 2]), x: tensor([1, 2, 3]) };
  const [before, after] = [recorded.graph.run(leaves), program.graph.run(leaves)];
  for (const [of, ids] of became.entries()) {
    const id = ids.at(-1);
    if (id === undefined) continue;
    expect(program.graph.nodes[id].shape).toEqual(recorded.graph.nodes[of].shape);
    const [expected, given] = [before.value(of).data, after.value(id).data];
    expected.forEach((value, i) => {
      expect(given[i]).toBeCloseTo(Number(value), 6);
    });
  }
  expect(program.outputs).toEqual(recorded.outputs.map((id) => became[id].at(-1)));
  // The two products are one, and constants of constants are gone.
  const products = recorded.graph.nodes.filter(({ op }) => op === "mul").map(({ id }) => became[id].at(-1));
  expect([products.length, new Set(products).size]).toEqual([4, 3]);
  expect(became.flatMap(({ length }) => (length > 1 ? [length] : []))).toEqual([7]);
  const opsOf = (ids: readonly number[]) => ids.map((id) => program.graph.nodes[id].op ?? "a constant").join(" ");
  expect(applied.map(({ name, count, nodes }) => `${count} × ${name}: ${opsOf(nodes)}`)).toMatchInlineSnapshot(`
    [
      "1 × common subexpressions: mul",
      "1 × softmax in pieces: max repeat sub exp sum repeat div",
      "4 × constants: a constant",
    ]
  `);
  const read = new Set([...program.graph.nodes.flatMap(({ inputs }) => inputs), ...program.graph.outputs]);
  expect(program.graph.nodes.filter(({ id }) => !read.has(id))).toEqual([]);
});

it("takes small constants of one value for the same, and no others", () => {
  const opsOf = (fn: (x: Variable) => Variable): (string | null)[] =>
    rewritten(trace(fn, constant([1, 2]))).program.graph.nodes.flatMap(
      ({ op, value }) => op ?? (value ? "constant" : []),
    );
  const twice = (a: number, b: number) => (x: Variable) => add(exp(mul(x, a)), exp(mul(x, b)));
  expect(opsOf(twice(2, 2))).toEqual(["constant", "mul", "exp", "add"]);
  for (const [a, b] of [
    [2, 3],
    [0, -0],
    [Number.NaN, Number.POSITIVE_INFINITY],
  ])
    expect(opsOf(twice(a, b)).filter((op) => op === "mul")).toHaveLength(2);
  const least = defineOp({
    name: "least",
    infer: ([x]) => x,
    forward: ([x], { min }: { readonly min: number }) => kernels.maximum(x, min),
    backward: [({ grad }) => grad],
  });
  const bounded = (a: number, b: number) => (x: Variable) => add(least(x, { min: a }), least(x, { min: b }));
  expect(opsOf(bounded(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY))).toEqual(["least", "least", "add"]);
  expect(opsOf(bounded(Number.NaN, Number.NaN))).toEqual(["least", "add"]);
});

it("takes ops for the same only where their attributes are data", () => {
  const kept = defineOp<{ readonly by: unknown }>({
    name: "kept",
    infer: ([x]) => x,
    forward: ([x]) => x,
    backward: [({ grad }) => grad],
  });
  const count = (a: unknown, b: unknown): number =>
    rewritten(trace((x: Variable) => add(kept(x, { by: a }), kept(x, { by: b })), constant([1]))).program.graph.nodes
      .length;
  for (const [a, b] of [
    [Math.sin, Math.cos],
    [new Map([[1, 2]]), new Map([[1, 3]])],
    [new Date(0), new Date(0).toJSON()],
    [2n, 3n],
    [Symbol("a"), undefined],
    [[undefined], [null]],
    [Number.NaN, "NaN"],
    [-0, "-0"],
    [{ deep: [() => 1] }, { deep: [() => 2] }],
  ]) {
    expect(count(a, b), String(a)).toBe(4);
  }
  for (const same of [() => [1, "a", null, true], () => ({ deep: [{ a: Number.NaN }] }), () => undefined]) {
    expect(count(same(), same())).toBe(3);
  }
});

it("leaves a program without anything to rewrite as it is", () => {
  const recorded = trace((x: Variable) => matmul(x, x), constant([[1]]));
  const { program, became, applied } = rewritten(recorded);
  expect([program.graph.nodes, became, applied]).toEqual([recorded.graph.nodes, [[0], [1]], []]);
});
