/** Points without a derivative: reported with both slopes, and what is wrong beside them is found. */
import { kernels, type Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import "../ops/methods.ts";
import { defineOp } from "../core/op.ts";
import type { Variable } from "../core/variable.ts";
import { relu } from "../ops/activation.ts";
import { add, mul, neg, sub } from "../ops/arithmetic.ts";
import { detach } from "../ops/cast-detach.ts";
import { clip } from "../ops/comparison.ts";
import { norm } from "../ops/composite/statistics.ts";
import { abs, sign, square } from "../ops/elementary.ts";
import { im2col } from "../ops/im2col-col2im.ts";
import { max, maximum } from "../ops/max.ts";
import { repeat } from "../ops/repeat-sum.ts";
import { floor } from "../ops/rounding.ts";
import { sin } from "../ops/trigonometric.ts";
import { gradcheck } from "./gradcheck.ts";

const f64 = { dtype: "float64" } as const;
describe("gradcheck reports kinks", () => {
  it("and accepts values between the slopes of both sides", () => {
    const report = gradcheck((z) => relu(z), [tensor([-1, 0, 1], f64)]);
    expect(report.ok).toBe(true);
    expect(report.inputs[0].kinks.map(({ index, analytic, between }) => [index, analytic, between])).toEqual([
      [[1], 0, true],
    ]);
  });

  it("of abs and of ties in max", () => {
    expect(gradcheck((z) => abs(z), [tensor([0], f64)]).inputs[0].kinks).toHaveLength(1);
    const tie = gradcheck((z) => max(z), [tensor([1, 1, 0], f64)]);
    expect([tie.ok, tie.inputs[0].kinks.length]).toEqual([true, 2]);
  });

  it("of every op that has them, at exact ties", () => {
    const at = (f: (...xs: Variable[]) => Variable, ...inputs: Tensor[]): [boolean, number[]] => {
      const report = gradcheck(f, inputs);
      return [report.ok, report.inputs.map(({ kinks }) => kinks.length)];
    };
    expect(at((a, b) => maximum(a, b), tensor([1, 2], f64), tensor([1, 3], f64))).toEqual([true, [1, 1]]);
    expect(at((z) => clip(z, { min: 0, max: 1 }), tensor([0, 0.5, 1], f64))).toEqual([true, [2]]);
    const image = tensor(
      [
        [
          [
            [1, 1],
            [0, 1],
          ],
        ],
      ],
      f64,
    );
    expect(at((z) => max(im2col(z, 2, 2), { axis: 1 }), image)).toEqual([true, [3]]);
    expect(at((z) => norm(z), tensor([0, 0], f64))).toEqual([true, [2]]);
  });

  it("with both slopes", () => {
    const [kink] = gradcheck((z) => abs(z), [tensor([0], f64)]).inputs[0].kinks;
    expect([kink.left, kink.right, kink.analytic]).toEqual([-1, 1, 0]);
  });

  it("but not for waves that are short beside x", () => {
    expect(gradcheck((z) => sin(z), [tensor([1e5, 3e5], f64)]).inputs[0].kinks).toEqual([]);
  });

  it("nor for stairs that are low beside x, whose derivative is 0 and not their slope from afar", () => {
    const far = [tensor([123456.5, -98765.25], f64)];
    expect(gradcheck((z) => floor(z), far).ok).toBe(true);
    const straight = defineOp({ ...floor.definition, backward: [({ grad }) => grad] });
    expect(gradcheck((z) => straight(z), far).ok).toBe(false);
  });

  it("and still finds what is wrong beside a kink", () => {
    const wrong = defineOp({
      name: "wrongAbs",
      infer: ([z]) => z,
      forward: ([z]) => kernels.abs(z),
      backward: [({ grad, inputs: [z] }) => mul(grad, mul(sign(z), 2))],
    });
    const report = gradcheck((z) => wrong(z), [tensor([-1, 0, 1], f64)]);
    expect([report.ok, report.inputs[0].wrong, report.inputs[0].diagnoses[0].kind]).toEqual([false, 2, "scale"]);
  });

  it("and refuses ties whose shares do not add up", () => {
    const all = defineOp({
      name: "allMaxima",
      infer: ([z]) => ({ ...z, shape: [] }),
      forward: ([z]) => kernels.max(z, [0], false),
      backward: [({ grad, inputs: [z], output }) => mul(repeat(grad, z.shape), z.eq(output).cast("float64"))],
    });
    const report = gradcheck((z) => all(z), [tensor([1, 3, 3], f64)]);
    expect([report.ok, report.inputs[0].diagnoses[0].kind]).toEqual([false, "kink"]);
  });

  it("and excuses a chain of right rules whose kinks meet", () => {
    // relu(x) − relu(−x) is x; the rules give 0 at 0.
    const chain = gradcheck((z) => sub(relu(z), relu(neg(z))), [tensor([0, 1], f64)]);
    expect([chain.ok, chain.inputs[0].kinks.map(({ between, ok }) => [between, ok])]).toEqual([true, [[false, true]]]);
    const detached = gradcheck((z) => sub(relu(z), square(detach(z))), [tensor([0, 1], f64)]);
    expect(detached.ok).toBe(false);
  });

  it("and refuses values outside", () => {
    const wrong = defineOp({
      name: "wrongRelu",
      infer: ([z]) => z,
      forward: ([z]) => kernels.relu(z),
      backward: [({ grad, inputs: [z] }) => mul(grad, add(mul(z, 0), 2))],
    });
    const report = gradcheck((z) => wrong(z), [tensor([0], f64)]);
    expect([report.ok, report.inputs[0].kinks[0].between]).toEqual([false, false]);
  });
});
