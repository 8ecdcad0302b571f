import { DTypeError, GraphError, kernels, rng, ShapeError, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { checkpoint } from "../transforms/checkpoint.ts";
import "../methods.ts";
import { constant, variable } from "../core/leaf.ts";
import { defineOp } from "../core/op.ts";
import type { Variable } from "../core/variable.ts";
import { sigmoid } from "../ops/activation.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { cast, detach } from "../ops/cast-detach.ts";
import { exp, square } from "../ops/elementary.ts";
import { randomBernoulli } from "../ops/random.ts";
import { sum } from "../ops/repeat-sum.ts";
import { softmax } from "../ops/softmax.ts";
import { recordAll, scope } from "../transforms/record.ts";
import type { Graph } from "./graph.ts";
import { graphOf } from "./graph-of.ts";
import { graphFromJSON } from "./json/from-json.ts";

/** The book's first graph (5.1). */
function apples(apple = 100, count = 2, tax = 1.1): Variable {
  return mul(
    mul(variable(apple, { name: "apple" }), variable(count, { name: "count" })),
    variable(tax, { name: "tax" }),
  );
}

const cube = defineOp({
  name: "cube",
  infer: ([x]) => x,
  forward: ([x]) => kernels.mul(kernels.mul(x, x), x),
  backward: [({ grad, inputs: [x] }) => mul(grad, mul(square(x), 3))],
});

describe("graph.run", () => {
  it("computes outputs and gradients again", () => {
    const { outputs, gradients, value } = graphOf(apples(), { backward: true }).run();
    expect(outputs.map((y) => y.item())).toEqual([apples().item()]);
    expect(Object.keys(gradients).sort()).toEqual(["apple", "count", "tax"]);
    expect(gradients.tax.item()).toBe(200);
    expect(value("apple").item()).toBe(100);
    expect(value(2).item()).toBe(200);
  });

  it("takes other values, by name or by id, and leaves the graph as it was", () => {
    const graph = graphOf(apples(), { backward: true });
    const before = JSON.stringify(graph.toJSON({ values: true }));
    expect(graph.run({ apple: 50, "1": 4 }).outputs[0].item()).toBe(apples(50, 4).item());
    expect(graph.run({ tax: constant(2) }).gradients.apple.item()).toBe(4);
    expect(graph.run().outputs[0].item()).toBe(apples().item());
    expect(JSON.stringify(graph.toJSON({ values: true }))).toBe(before);
  });

  it("gives a graph with every value", () => {
    const { graph } = graphOf(apples(), { backward: true }).run({ apple: 1 });
    expect(graph.nodes.map((node) => node.value?.item())).not.toContain(undefined);
    expect(graph.run().outputs[0].item()).toBe(apples(1).item());
  });

  it("calls gradients by id where several leaves share a name, or have none", () => {
    const graph = graphOf(sum(mul(mul(variable(2, { name: "x" }), variable(3, { name: "x" })), variable(5))), {
      backward: true,
    });
    expect(Object.entries(graph.run().gradients).map(([name, x]) => [name, x.item()])).toEqual([
      ["0", 15],
      ["1", 10],
      ["3", 6],
    ]);
    expect(messageOf(() => graph.run({ x: 1 }))).toMatchInlineSnapshot(
      `"run: several nodes are called "x": 0, 1. Say which by its id, for example "0"."`,
    );
  });

  it("may be given the gradient that the backward pass starts from", () => {
    const y = square(variable([1, 2], { name: "x" }));
    y.name = "y";
    const { gradients } = graphOf(y, { backward: true }).run({ "gradient of y": [1, 10] });
    expect(gradients.x.toArray()).toEqual([2, 40]);
  });

  it("repeats random numbers", () => {
    const x = variable([[1, 2, 3]], { name: "x" });
    const y = recordAll(() => mul(x, randomBernoulli(rng(1), [1, 3], 0.5)));
    expect(
      graphOf(y)
        .run({ x: [[4, 5, 6]] })
        .outputs[0].toArray(),
    ).toEqual(mul(constant([[4, 5, 6]]), randomBernoulli(rng(1), [1, 3], 0.5)).toArray());
  });

  it("runs ops of users, from a graph at once, from a file when they are given", () => {
    const graph = graphOf(sum(cube(variable([1, 2], { name: "x" }))), { backward: true });
    expect(graph.run({ x: [2, 3] }).gradients.x.toArray()).toEqual([12, 27]);
    const file = JSON.stringify(graph.toJSON({ values: "leaves" }));
    expect(
      graphFromJSON(file, { ops: [cube] })
        .run({ x: [2, 3] })
        .gradients.x.toArray(),
    ).toEqual([12, 27]);
    expect(messageOf(() => graphFromJSON(file).run())).toMatchInlineSnapshot(
      `"run: unknown op "cube"; expected a built-in op, or one given to graphFromJSON. In node 1 (cube). Pass ops of your own: graphFromJSON(json, { ops: [cube] })."`,
    );
    const typo = file.replaceAll('"sum"', '"sun"').replaceAll('"cube"', '"exp"');
    expect(messageOf(() => graphFromJSON(typo).run())).toMatchInlineSnapshot(
      `"run: unknown op "sun"; expected a built-in op, or one given to graphFromJSON. In node 2 (sun). Did you mean "sub"? Pass ops of your own: graphFromJSON(json, { ops: [sun] })."`,
    );
  });

  it("runs what a checkpoint forgot, on other values of its arguments and of what it captures", () => {
    const compute = (x: Variable, w: Variable, mask: Variable): Variable =>
      recordAll(() =>
        sum(checkpoint((v) => mul(mul(sigmoid(mul(v, w)), exp(mask)), randomBernoulli(rng(3), [2], 0.7)), exp(x))),
      );
    const leaves = (scale: number): [Variable, Variable, Variable] => [
      constant([scale, 2], { name: "x" }),
      variable([3, scale], { name: "w" }),
      constant([1, 2 * scale], { name: "mask" }),
    ];
    const graph = graphOf(compute(...leaves(1)), { backward: true, values: true });
    const anew = leaves(0.5);
    const loss = compute(...anew);
    loss.backward();
    const [x, w, mask] = anew;
    const replayed = graph.run({ x, w, mask });
    expect(replayed.outputs[0].item()).toBe(loss.item());
    expect(replayed.gradients.w.toArray()).toEqual(w.grad?.toArray());
  });

  it("refuses other inputs where something would not follow them", () => {
    const x = variable([1, 2], { name: "x" });
    const compute = (): Variable => scope("head", () => sum(mul(exp(detach(x)), x)));
    const unrecorded = graphOf(compute(), { backward: true });
    expect(unrecorded.run().outputs[0].item()).toBe(compute().item());
    expect(messageOf(() => unrecorded.run({ x: [3, 4] }))).toMatchInlineSnapshot(
      `"run: node 0 was computed by an op that was not recorded, and would keep its value; node 2 (mul) reads it. In layer "head". Record the whole computation: recordAll(() => …)."`,
    );
    const recorded = graphOf(recordAll(compute), { backward: true });
    x.assign([3, 4]);
    expect(recorded.run({ x: [3, 4] }).outputs[0].item()).toBe(compute().item());
    // What a graph does not hold cannot change: these are constants.
    const images = constant([1, 2]);
    expect(
      graphOf(mul(add(images, 1), x))
        .run({ x: [0, 1] })
        .outputs[0].toArray(),
    ).toEqual([0, 3]);
    expect(
      graphOf(recordAll(() => softmax(x)))
        .run({ x: [1, 1] })
        .outputs[0].toArray(),
    ).toEqual([0.5, 0.5]);
  });

  describe("says what is wrong with inputs, and computes nothing", () => {
    const graph: Graph = graphOf(
      recordAll(() =>
        add(
          variable([1, 2], { name: "weights" }),
          cast(constant(tensor([1, 2], { dtype: "int32" }), { name: "counts" }), "float32"),
        ),
      ),
    );
    const unnamed = graphOf(exp(variable([1])));

    it("names that are not there", () => {
      expect(messageOf(() => graph.run({ weight: [1, 2] }))).toMatchInlineSnapshot(
        `"run: there is no node "weight". Did you mean "weights"?"`,
      );
      expect(messageOf(() => unnamed.run({ x: [1] }))).toMatchInlineSnapshot(
        `"run: there is no node "x". Ids are 0 … 1."`,
      );
      expect(messageOf(() => unnamed.run({ "7": [1] }))).toMatchInlineSnapshot(
        `"run: there is no node "7". Ids are 0 … 1."`,
      );
      expect(messageOf(() => unnamed.run({ "1": [1] }))).toMatchInlineSnapshot(
        `"run: node 1 (exp) is computed by the graph; expected a leaf: an input, a parameter or a constant."`,
      );
      expect(messageOf(() => unnamed.run().value("y"))).toMatchInlineSnapshot(
        `"run: there is no node "y". Ids are 0 … 1."`,
      );
      expect(() => unnamed.run({ x: [1] })).toThrow(GraphError);
    });

    it("shapes and dtypes that do not fit", () => {
      expect(messageOf(() => graph.run({ weights: [1, 2, 3] }))).toMatchInlineSnapshot(
        `"run: the value has shape [3]; expected [2], as the leaf has. In node 0 ("weights"). A replay keeps all shapes: record a graph of the new size for inputs of another one."`,
      );
      expect(() => graph.run({ weights: [1, 2, 3] })).toThrow(ShapeError);
      expect(messageOf(() => graph.run({ weights: tensor([1, 2], { dtype: "float64" }) }))).toMatchInlineSnapshot(
        `"run: the value is float64; expected float32, as the leaf is. In node 0 ("weights"). Convert it, for example with tensor(value, { dtype: "float32" })."`,
      );
      expect(() => graph.run({ weights: Float64Array.of(1, 2) })).toThrow(DTypeError);
      expect(messageOf(() => graph.run({ counts: [1.5, 2] }))).toMatchInlineSnapshot(
        `"run: 1.5 cannot be stored as int32; expected an integer from -2147483648 to 2147483647. In node 1 ("counts"). Use dtype: "float32" or "float64" for other numbers."`,
      );
      expect(graph.run({ counts: Int32Array.of(3, 4), weights: Float32Array.of(1, 1) }).outputs[0].toArray()).toEqual([
        4, 5,
      ]);
    });

    it("leaves without a value", () => {
      expect(messageOf(() => graphFromJSON(JSON.stringify(graph)).run({ weights: [1, 2] }))).toMatchInlineSnapshot(
        `"run: node 1 ("counts") has no value; expected int32 [2]. Give it one: run({ "counts": … }), or write the file with toJSON({ values: "leaves" })."`,
      );
    });
  });

  it("says which op failed on what it was given", () => {
    const x = constant(tensor([0, 1], { dtype: "int32" }), { name: "rows" });
    const graph = graphOf(recordAll(() => scope("lookup", () => variable([5, 6]).indexSelect(x, { axis: 0 }))));
    expect(messageOf(() => graph.run({ rows: [0, 7] }))).toMatchInlineSnapshot(
      `"indexSelect: index 7 is out of range for axis 0 of length 2; expected 0 … 1. In layer "lookup", node 2 (indexSelect). Indices of indexSelect count from 0."`,
    );
    const odd = defineOp({
      name: "odd",
      infer: ([x]) => x,
      forward: ([x]) => (x.at(0) === 0 ? kernels.sum(x) : x),
      backward: [null],
    });
    const y = recordAll(() => odd(constant([1, 2], { name: "x" })));
    expect(messageOf(() => graphOf(y).run({ x: [0, 1] }))).toMatchInlineSnapshot(
      `"odd: the kernel gave float32 []; expected float32 [2], as the graph says. In node 1 (odd). It must follow from the inputs' shapes and the attributes alone, and infer must say what forward gives."`,
    );
  });
});
