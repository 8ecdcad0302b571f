/** A Variable that stands for another: functions of parameters made of modules that keep their own. */
import { rng } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { checkpoint } from "./checkpoint.ts";
import { grad } from "./grad.ts";
import { hvp } from "./jacobian.ts";
import "../methods.ts";
import { variable } from "../core/leaf.ts";
import type { Variable } from "../core/variable.ts";
import { mul } from "../ops/arithmetic.ts";
import { square } from "../ops/elementary.ts";
import { matmul } from "../ops/matmul.ts";
import { sum } from "../ops/repeat-sum.ts";
import { tanh } from "../ops/trigonometric.ts";
import { substitute } from "./substitute.ts";
import { vmap } from "./vmap.ts";

const f64 = { dtype: "float64" } as const;
const normal = (shape: readonly number[], seed: number): Variable => variable(rng(seed).normal(shape, f64));

/** A module that keeps its own parameter. */
const layer = {
  weight: normal([3, 2], 1),
  forward(x: Variable): Variable {
    return tanh(x.matmul(this.weight));
  },
};
const loss = (w: Variable, x: Variable): Variable =>
  substitute([[layer.weight, w]], () => sum(square(layer.forward(x))));
const plain = (w: Variable, x: Variable): Variable => sum(square(tanh(matmul(x, w))));

describe("substitute", () => {
  const [w, x] = [normal([3, 2], 2), normal([4, 3], 3)];

  it("computes with what stands in, also through methods, and changes nothing", () => {
    const before = layer.weight.toArray();
    expect(loss(w, x).item()).toBe(plain(w, x).item());
    expect(loss(layer.weight, x).item()).toBe(plain(layer.weight, x).item());
    expect([layer.weight.toArray(), layer.weight.grad]).toEqual([before, null]);
  });

  it("makes derivatives of functions of parameters", () => {
    expect(grad(loss)(w, x).toArray()).toEqual(grad(plain)(w, x).toArray());
    const v = normal([3, 2], 4);
    expect(hvp((p) => loss(p, x), w, v).toArray()).toEqual(hvp((p) => plain(p, x), w, v).toArray());
    const each = { inAxes: [null, 0] } as const;
    expect(vmap(grad(loss), each)(w, x).toArray()).toEqual(vmap(grad(plain), each)(w, x).toArray());
  });

  it("nests, ends when the function throws, and lasts where a checkpoint runs again", () => {
    const a = variable(2, f64);
    const value = substitute(
      [[a, 3]].map(([k, v]) => [k, variable(v as number, f64)] as [Variable, Variable]),
      () => substitute([[a, variable(5, f64)]], () => mul(a, 1).item()) + mul(a, 1).item(),
    );
    expect(value).toBe(8);
    expect(() =>
      substitute([[a, variable(3, f64)]], () => {
        throw new Error("mine");
      }),
    ).toThrow("mine");
    expect(mul(a, 1).item()).toBe(2);
    const f = (p: Variable): Variable =>
      substitute([[a, p]], () => checkpoint((z) => mul(square(a), z), variable(7, f64)));
    expect(grad(f)(variable(4, f64)).item()).toBe(56);
  });

  it("refuses other shapes and dtypes, and what is no Variable", () => {
    expect([
      messageOf(() => substitute([[layer.weight, normal([2, 2], 1)]], () => 1)),
      messageOf(() =>
        substitute(
          [
            [
              layer.weight,
              variable(
                [
                  [1, 2],
                  [3, 4],
                  [5, 6],
                ],
                { dtype: "int32" },
              ),
            ],
          ],
          () => 1,
        ),
      ),
      messageOf(() => substitute([["W" as never, w]], () => 1)),
    ]).toMatchInlineSnapshot(`
      [
        "substitute: the replacement of the Variable of shape [3, 2] is float64 [2, 2]; expected float64 [3, 2]. Only float32 and float64 may be exchanged.",
        "substitute: the replacement of the Variable of shape [3, 2] is int32 [3, 2]; expected float64 [3, 2]. Only float32 and float64 may be exchanged.",
        "substitute: the value to replace is a string; expected a Variable. Take the parameters from the network, for example net.params.W1.",
      ]
    `);
  });
});
