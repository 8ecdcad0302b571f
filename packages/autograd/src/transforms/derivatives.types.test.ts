/** What the types of derivatives say: gradients have the structure of what they are of. */
import { tensor } from "@adjoint/tensor";
import { expect, expectTypeOf, it } from "vitest";
import { grad, valueAndGrad } from "./grad.ts";
import { hvp } from "./jacobian.ts";
import { jvp } from "./jvp.ts";
import { vjp } from "./vjp.ts";
import "../methods.ts";
import { variable } from "../core/leaf.ts";
import type { Variable, VariableLike } from "../core/variable.ts";
import type { GradientTree, InputTree } from "./tree.ts";

interface Layer {
  readonly w: Variable;
  readonly b?: Variable;
}

const loss = ({ w, b }: { readonly w: Variable; readonly b: Variable }): Variable => w.mul(b).sum();
const deep = (_: readonly Layer[], x: Variable): Variable => x.sum();

it("keeps what functions of Variables alone have", () => {
  expectTypeOf(grad((x) => x.square())).toEqualTypeOf<(...xs: VariableLike[]) => Variable>();
  expectTypeOf(grad(grad((x) => x.square()))).toEqualTypeOf<(...xs: VariableLike[]) => Variable>();
  expectTypeOf(grad((x, y) => x.mul(y), { argnums: 1 })).returns.toEqualTypeOf<Variable>();
  expectTypeOf(grad((x, y) => x.mul(y), { argnums: [0, 1] })).returns.toEqualTypeOf<Variable[]>();
});

it("gives records and lists of gradients, and takes tensors and numbers in them", () => {
  const { value, grad: slopes } = valueAndGrad(loss)({ w: variable(2), b: tensor(3) });
  expectTypeOf(slopes).toEqualTypeOf<{ readonly w: Variable; readonly b: Variable }>();
  expect([value.item(), slopes.w.item(), slopes.b.item()]).toEqual([6, 3, 2]);
  expectTypeOf(grad(deep)).parameters.toEqualTypeOf<[InputTree<readonly Layer[]>, VariableLike]>();
  expectTypeOf<GradientTree<readonly Layer[]>>().toEqualTypeOf<
    readonly { readonly w: Variable; readonly b?: Variable }[]
  >();
  expectTypeOf(grad(deep, { argnums: 1 })).returns.toEqualTypeOf<Variable>();
  expectTypeOf(grad(deep, { argnums: [1, 0] })).returns.toEqualTypeOf<[Variable, GradientTree<readonly Layer[]>]>();
  const at = { w: variable(1), b: variable(2) };
  expectTypeOf(vjp(loss, at).pullback()).toEqualTypeOf<[{ readonly w: Variable; readonly b: Variable }]>();
  expectTypeOf(hvp(loss, at, at).w).toEqualTypeOf<Variable>();
  expectTypeOf(jvp(loss, [at], [at]).tangent).toEqualTypeOf<Variable>();
});

it("refuses trees of another structure, when compiled and when run", () => {
  // @ts-expect-error b is missing
  expect(() => grad(loss)({ w: variable(1) })).toThrow();
  // @ts-expect-error a name is no Variable
  expect(() => grad(loss)({ w: variable(1), b: "b" })).toThrow(/argument 0: \.b is a string/);
});
