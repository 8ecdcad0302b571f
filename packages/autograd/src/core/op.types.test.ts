/** What the types of ops say: the number of inputs follows from the rules, attributes from their annotation. */
import { kernels } from "@adjoint/tensor";
import { expect, expectTypeOf, it } from "vitest";
import { mul } from "../ops/arithmetic.ts";
import { variable } from "./leaf.ts";
import { defineOp, type Op } from "./op.ts";
import type { Variable, VariableLike } from "./variable.ts";

const twice = defineOp({
  name: "twice",
  infer: ([x]) => x,
  forward: ([x]) => kernels.add(x, x),
  backward: [({ grad }) => mul(grad, 2)],
});

const product = defineOp({
  name: "product",
  infer: ([a]) => a,
  forward: ([a, b]) => kernels.mul(a, b),
  backward: [({ grad, inputs: [, b] }) => mul(grad, b), ({ grad, inputs: [a] }) => mul(grad, a)],
});

const scaled = defineOp({
  name: "scaled",
  infer: ([x], _: { readonly factor: number }) => x,
  forward: ([x], { factor }) => kernels.mul(x, kernels.cast(variable(factor).value, x.dtype)),
  backward: [({ grad, attributes: { factor } }) => mul(grad, factor)],
});

const named = defineOp<{ readonly factor: number }>({ ...scaled.definition, name: "named" });

it("takes as many inputs as there are rules, and attributes where they are annotated", () => {
  expectTypeOf(twice).parameters.toEqualTypeOf<[VariableLike]>();
  expectTypeOf(product).parameters.toEqualTypeOf<[VariableLike, VariableLike]>();
  expectTypeOf(scaled).parameters.toEqualTypeOf<[VariableLike, { readonly factor: number }]>();
  expectTypeOf(named).parameters.toEqualTypeOf<[...VariableLike[], { readonly factor: number }]>();
  expectTypeOf(twice).returns.toEqualTypeOf<Variable>();
  expectTypeOf(product).toExtend<Op>();
});

it("refuses other calls, when compiled and when run", () => {
  // @ts-expect-error one input is missing
  expect(() => product(1)).toThrow(/product: called with 1 argument/);
  // @ts-expect-error one input too many
  expect(() => twice(1, 2)).toThrow(/twice: called with 2 arguments/);
  expect(scaled(3, { factor: 2 }).item()).toBe(6);
  // @ts-expect-error the attribute has another type
  expectTypeOf(scaled).toBeCallableWith(3, { factor: "2" });
});
