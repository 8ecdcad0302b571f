/** Names of ops: a graph in a file runs what it was made of, or refuses. */
import { kernels, SpecError, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { toDot } from "../graph/drawing/dot.ts";
import { toMermaid } from "../graph/drawing/mermaid.ts";
import { graphOf } from "../graph/graph-of.ts";
import { graphFromJSON } from "../graph/json/from-json.ts";
import { backwardSteps } from "../graph/steps.ts";
import "../ops/methods.ts";
import { primitives } from "../ops/all.ts";
import { mul } from "../ops/arithmetic.ts";
import { scope } from "../transforms/record.ts";
import { variable } from "./leaf.ts";
import type { UnaryOp } from "./op.ts";
import { defineOp } from "./own-op.ts";
import type { OpDefinition } from "./variable.ts";

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
