/** Functions whose results are integers or bools have no derivatives. */
import { DTypeError } from "@adjoint/tensor";
import { expect, test } from "vitest";
import { grad, valueAndGrad } from "./grad.ts";
import { hessian, jacobian } from "./jacobian.ts";
import { vjp } from "./vjp.ts";
import "../methods.ts";
import { variable } from "../core/leaf.ts";

const x = () => variable([1, -2, 3]);

test("a result that is not real is refused under the name of the function called", () => {
  expect(() => grad((v) => v.gt(0).sum())(x())).toThrow(DTypeError);
  expect(() => grad((v) => v.gt(0).sum())(x())).toThrow(/^grad/);
  expect(() => valueAndGrad((v) => v.gt(0).any())(x())).toThrow(/^valueAndGrad/);
  expect(() => x().gt(0).sum().backward()).toThrow(DTypeError);
  expect(() => vjp((v) => v.gt(0), x())).toThrow(/^vjp/);
  expect(() => jacobian((v) => v.gt(0), x())).toThrow(/^jacobian/);
  expect(() => hessian((v) => v.gt(0).sum())(x())).toThrow(/^hessian/);
});

test("a real result that does not depend on x has zeros for its gradient", () => {
  expect(grad((v) => v.gt(0).cast("float32").sum())(x()).toArray()).toEqual([0, 0, 0]);
});
