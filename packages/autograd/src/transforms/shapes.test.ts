import { kernels, rng, type Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { graphOf } from "../graph/graph-of.ts";
import { abstractVariable, inferShapes } from "./shapes.ts";
import "../methods.ts";
import { constant, variable } from "../core/leaf.ts";
import { defineOp } from "../core/op.ts";
import type { Variable } from "../core/variable.ts";
import { im2col } from "../ops/im2col-col2im.ts";
import { matmul } from "../ops/matmul.ts";
import { randomBernoulli } from "../ops/random.ts";
import { softmax } from "../ops/softmax.ts";
import { noGrad, recordAll } from "./record.ts";

const network = (x: Variable, w: Variable): Variable =>
  softmax(matmul(im2col(x, 3, 3, { pad: 1 }), w).relu())
    .mul(randomBernoulli(rng(1), [], 0.5))
    .sum({ axis: 0 });

describe("inferShapes", () => {
  it("gives the shapes, dtypes and graph that computing gives", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom("float32", "float64"),
        (n, c, dtype) => {
          const [x, w] = [{ shape: [n, c, 4, 5], dtype } as const, { shape: [c * 9, 7], dtype } as const];
          const real = recordAll(() =>
            network(constant(rng(1).normal(x.shape, { dtype })), variable(rng(2).normal(w.shape, { dtype }))),
          );
          const abstract = inferShapes(() => network(abstractVariable(x), abstractVariable(w, { requiresGrad: true })));
          expect([abstract.shape, abstract.dtype, abstract.requiresGrad]).toEqual([real.shape, real.dtype, true]);
          const outline = (y: Variable) =>
            graphOf(y).nodes.map(({ op, attributes, inputs, shape }) => ({ op, attributes, inputs, shape }));
          expect(outline(abstract)).toEqual(outline(real));
        },
      ),
    );
  });

  it("allocates nothing, moves no generator, assigns nothing, and runs on values too", () => {
    const generator = rng(3);
    const running = constant([1, 2]);
    const y = inferShapes(() => {
      const huge = abstractVariable({ shape: [1 << 20, 1 << 10], dtype: "float32" });
      running.assign(matmul(huge, abstractVariable({ shape: [1 << 10, 2], dtype: "float32" })).sum({ axis: 0 }));
      return randomBernoulli(generator, [1 << 15, 1 << 15], 0.5)
        .sum()
        .add(variable([1, 2]))
        .add(3);
    });
    expect(y.shape).toEqual([2]);
    expect(String(y)).toBe("abstract float32 [2]");
    expect(generator.state).toEqual(rng(3).state);
    expect(running.toArray()).toEqual([1, 2]);
    expect(noGrad(() => inferShapes(() => variable([1]).mul(2))).isReadable).toBe(false);
  });

  it("refuses what does not fit, reads of values, and more than is allowed", () => {
    const x = abstractVariable({ shape: [2, 3], dtype: "float32" }, { name: "x" });
    const bad = defineOp({
      name: "bad",
      infer: (() => undefined) as never,
      forward: ([a]) => a as Tensor,
      backward: [({ grad }) => grad],
    });
    expect([
      messageOf(() => inferShapes(() => matmul(x, x))),
      messageOf(() => inferShapes(() => kernels.exp(x.value))),
      messageOf(() => inferShapes(() => x.sum().item())),
      messageOf(() => inferShapes(() => x.add(1).add(2).add(3), { maxOps: 2 })),
      messageOf(() => inferShapes(() => x.repeat([1 << 20, 2, 3]), { maxSize: 1e6 })),
      messageOf(() => inferShapes(() => bad(x))),
      messageOf(() => inferShapes(() => constant([1]).assign(x))),
      messageOf(() => abstractVariable({ shape: [-1], dtype: "float32" })),
      messageOf(() => inferShapes(3 as never)),
    ]).toMatchInlineSnapshot(`
      [
        "matmul: inner dimensions differ: [2, 3] × [2, 3] (3 ≠ 2); expected a second operand with 3 rows. In Variables "x", "x". Did you mean to transpose one of them?",
        "inferShapes: the value of a Variable of shape [2, 3] is read, of which only shape and dtype are known. In Variable "x". Compute with ops alone (where instead of if); read shapes, not values.",
        "inferShapes: the value of a Variable of shape [] is read, of which only shape and dtype are known. Compute with ops alone (where instead of if); read shapes, not values.",
        "inferShapes: the computation takes too many ops; expected at most 2. Fewer layers or shorter sequences take fewer.",
        "repeat: the result would have the shape [1048576, 2, 3]; expected at most 1,000,000 elements. In Variable "x".",
        "bad: infer returned nothing; expected { shape, dtype } with a list of lengths. In Variable "x". A shape rule gives the shape and dtype of the output, for example ([x]) => x.",
        "assign: the new value of the Variable of shape [1] has shape [2, 3]; expected [1]. A Variable keeps its shape; make a new one with variable(value).",
        "abstractVariable: shape is [-1]; expected an array of integers ≥ 0, such as [2, 3].",
        "inferShapes: fn is 3; expected a function. Pass a function, for example inferShapes((x) => …).",
      ]
    `);
  });

  it("of ops whose rule spreads what it is given", () => {
    const isLarge = defineOp({
      name: "isLarge",
      forward: ([x]: readonly Tensor[]) => kernels.gt(x, x),
      infer: ([x]) => ({ ...x, dtype: "bool" }),
      backward: [null],
    });
    expect(inferShapes(() => isLarge(abstractVariable({ shape: [2, 3], dtype: "float32" })))).toMatchObject({
      shape: [2, 3],
      dtype: "bool",
    });
  });
});
