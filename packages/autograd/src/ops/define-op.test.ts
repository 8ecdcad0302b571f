/** Names of ops: a graph in a file runs what it was made of, or refuses. */
import { kernels, ShapeError, SpecError, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { toDot } from "../graph/drawing/dot.ts";
import { toMermaid } from "../graph/drawing/mermaid.ts";
import { graphOf } from "../graph/graph-of.ts";
import { graphFromJSON } from "../graph/json/from-json.ts";
import { backwardSteps } from "../graph/steps.ts";
import "../methods.ts";
import { variable } from "../core/leaf.ts";
import type { UnaryOp } from "../core/op.ts";
import type { OpDefinition } from "../core/variable.ts";
import { jvp } from "../transforms/jvp.ts";
import { scope } from "../transforms/record.ts";
import { vmap } from "../transforms/vmap.ts";
import { primitives } from "./all.ts";
import { mul } from "./arithmetic.ts";
import { defineOp } from "./define-op.ts";

const cube = (name: string) =>
  defineOp({
    name,
    infer: ([x]) => x,
    forward: ([x]) => kernels.mul(x, kernels.square(x)),
    backward: [({ grad, inputs: [x] }) => mul(grad, mul(mul(x, x), 3))],
  });

describe("defineOp", () => {
  it("refuses the names of built-in ops", () => {
    for (const name of [...Object.keys(primitives), "checkpoint"]) expect(() => cube(name), name).toThrow(SpecError);
    expect(messageOf(() => cube("exp"))).toMatchInlineSnapshot(
      `"defineOp: "exp" is the name of a built-in op; expected another name, for example "myExp". Graphs in files find their ops by name."`,
    );
    expect(() => defineOp({ ...primitives.exp } as never)).toThrow(SpecError);
    expect(messageOf(() => defineOp({ name: "exp" } as never))).toMatch(/"exp" is not complete/);
  });

  it("refuses a rule in place of the list of rules, and takes a function from an index to a rule", () => {
    const rules = [({ grad }: { readonly grad: unknown }) => grad, ({ inputs: [x] }: { inputs: unknown[] }) => x];
    for (const backward of rules) {
      expect(() => defineOp({ ...cube("power").definition, backward: backward as never })).toThrow(
        /backward must hold one rule \(or null\) for each input, \[\(\{ grad \}\) => …\]/,
      );
    }
    const { definition } = cube("power");
    const [rule] = definition.backward as readonly [never];
    expect(defineOp({ ...definition, backward: (index: number) => (index === 0 ? rule : null) })(3).item()).toBe(27);
  });
});

it("says what a part is called with when it uses something else", () => {
  const x = variable([1, 2]);
  const message = (parts: object) =>
    messageOf(() => {
      const op = defineOp({ ...cube("cube").definition, batch: "elementwise", ...parts } as OpDefinition) as UnaryOp;
      if ("jvp" in parts) return jvp(op, [x], [x]);
      return op(x).sum().backward();
    });
  expect([
    message({ infer: () => undefined }),
    message({ forward: ([x]: readonly [never]) => Math.log(x) }),
    message({ forward: ([x]: readonly [never]) => mul(x, 2) }),
    message({ forward: (x: never) => kernels.exp(x) }),
    message({ forward: ({ inputs }: never) => kernels.exp(inputs[0]) }),
    message({ backward: [({ grad }: never) => kernels.mul(grad, 2)] }),
    message({ backward: [({ grad }: never) => grad * 2] }),
    message({ backward: [(grad: never) => mul(grad, 2)] }),
    message({ jvp: ({ tangent }: never) => mul(tangent, 2) }),
    message({ jvp: ({ primals }: never) => mul(primals[0], 2) }),
    message({ jvp: () => undefined }),
    messageOf(() =>
      vmap(defineOp({ ...cube("cube").definition, batch: (([x]: readonly [never]) => x) as never }) as UnaryOp)(x),
    ),
  ]).toMatchInlineSnapshot(`
    [
      "cube: infer returned nothing; expected { shape, dtype } with a list of lengths. A shape rule gives the shape and dtype of the output, for example ([x]) => x.",
      "Tensor: JavaScript's operators and Math do not compute with a Tensor. In forward of cube, called with ([x, …], attributes), where x is a Tensor: compute with kernels. Write kernels.mul(x, 2) for x * 2, kernels.add(x, 1) for x + 1, kernels.neg(x) for -x, kernels.lt(x, y) for x < y, kernels.eq(x, y) for x == y and kernels.log(x) for Math.log(x); x.item() is the number, and String(x) prints it.",
      "cube: forward returned a Variable; expected a Tensor. Compute with kernels, or write a function of ops instead of an op.",
      "kernel: an operand is an array; expected a Tensor. In forward of cube, called with ([x, …], attributes), where x is a Tensor: compute with kernels. Wrap numbers and arrays with tensor(…).",
      "cube: forward threw TypeError: Cannot read properties of undefined (reading '0'). It is called with ([x, …], attributes), where x is a Tensor: compute with kernels.",
      "mul: an operand is a Variable; expected a Tensor. In backward of cube, called with { grad, inputs, output, attributes }, which holds Variables: compute with ops. Call the op of that name, which computes with Variables; outside of rules, x.value is the Tensor.",
      "Variable: JavaScript's operators and Math do not compute with a Variable. In backward of cube, called with { grad, inputs, output, attributes }, which holds Variables: compute with ops. Write x.mul(2) for x * 2, x.add(1) for x + 1, x.neg() for -x, x.lt(y) for x < y, x.eq(y) for x == y and x.log() for Math.log(x); x.item() is the number, and String(x) prints it.",
      "mul: first operand is a Context; expected a Variable, a Tensor or a number. In backward of cube, called with { grad, inputs, output, attributes }, which holds Variables: compute with ops. Wrap arrays with variable(…) or tensor(…).",
      "mul: first operand is missing; expected a Variable, a Tensor or a number. In jvp of cube, called with { tangents, inputs, output, attributes, apply }, which holds Variables: compute with ops. Wrap arrays with variable(…) or tensor(…).",
      "cube: jvp threw TypeError: Cannot read properties of undefined (reading '0'). It is called with { tangents, inputs, output, attributes, apply }, which holds Variables: compute with ops.",
      "cube: jvp returned nothing; expected a Variable of float32 [2], as the output.",
      "cube: batch threw TypeError: object is not iterable (cannot read property Symbol(Symbol.iterator)). It is called with { inputs, isBatched, spread, size, shape, attributes, apply }, which holds Variables: compute with ops.",
    ]
  `);
});

it("leaves the errors of shapes that do not fit as they are", () => {
  const op = defineOp({
    ...cube("pair").definition,
    infer: () => {
      throw new ShapeError({ op: "pair", problem: "x has three rows" });
    },
  }) as UnaryOp;
  expect(messageOf(() => op(1))).toBe("pair: x has three rows.");
});

it("makes a function of a built-in op's own definition", () => {
  const exp = defineOp(primitives.exp as unknown as OpDefinition) as UnaryOp;
  expect(exp(variable(0)).item()).toBe(1);
});

describe("any name of an op, a leaf and a scope", () => {
  const names = ["constructor", "toString", "hasOwnProperty", "valueOf", "__proto__", "__defineGetter__", "0", "then"];
  for (const name of names) {
    it(`${name} goes through files, replays, steps and drawings`, () => {
      const op = cube(name);
      const x = variable([2], { dtype: "float64", name });
      const y = scope(name, () => op(x).sum());
      const graph = graphOf(y, { backward: true, values: true });
      const text = JSON.stringify(graph.toJSON({ values: "leaves" }));
      const read = graphFromJSON(text, { ops: [op] });
      const run = read.run({ [name]: tensor([3], { dtype: "float64" }) });
      expect([run.outputs[0].item(), run.gradients[name].toArray()]).toEqual([27, [27]]);
      expect(() => graphFromJSON(text).run()).toThrow(`unknown op "${name}"`);
      for (const source of [y, run.graph]) {
        expect([...backwardSteps(source)].map((step) => step.op)).toEqual(["sum", name]);
      }
      for (const text of [toDot(read), toMermaid(read)]) expect(text.split("\n").length).toBeGreaterThan(8);
    });
  }

  it("is no gradient unless a leaf is called so", () => {
    const { gradients } = graphOf(variable([1], { name: "x" }).sum(), { backward: true }).run();
    expect(["constructor", "toString", "__proto__"].map((name) => gradients[name])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
