import {
  add,
  constant,
  defineOp,
  type ForwardRule,
  mul,
  type NoAttributes,
  type OpDefinition,
  square,
  type Variable,
} from "@adjoint/autograd";
import { kernels } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { gradcheck } from "../../gradcheck.ts";

type Parts = Partial<Pick<OpDefinition, "jvp" | "linear" | "batch">>;

const cube = (parts: Parts) =>
  defineOp({
    name: "cube",
    infer: ([x]) => x,
    forward: ([x]) => kernels.mul(x, kernels.square(x)),
    backward: [({ grad, inputs: [x] }) => mul(grad, mul(square(x), 3))],
    ...parts,
  });
const along =
  (factor: number): ForwardRule<NoAttributes> =>
  ({ tangents: [t], inputs: [x] }) =>
    mul(t as Variable, mul(square(x), factor));
const x = constant([1, 2, -3, 0.5], { dtype: "float64" });

describe("gradcheck holds forward mode against the backward rules", () => {
  it("and passes what is right, in float32 too", () => {
    for (const parts of [{ jvp: along(3) }, { batch: "elementwise" }, {}] as const satisfies readonly Parts[]) {
      for (const dtype of ["float32", "float64"] as const) {
        expect(gradcheck((a) => cube(parts)(a.mul(2)).sum(), [x], { dtype }).ok).toBe(true);
      }
    }
  });

  it("and says which op's forward rule or claim is wrong", () => {
    const wrong: readonly Parts[] = [
      { jvp: along(2) },
      { linear: true },
      {
        jvp: () => {
          throw new Error("mine");
        },
      },
    ];
    const reports = wrong.map((parts) => gradcheck((a) => cube(parts)(a.mul(2)).sum(), [x]));
    expect(reports.map(({ ok }) => ok)).toEqual([false, false, false]);
    expect(reports.map(({ inputs: [{ diagnoses }] }) => diagnoses.map(({ text }) => text))).toMatchInlineSnapshot(`
      [
        [
          "Forward mode of cube is wrong; the gradient is right: by its forward rule, ⟨u, J v⟩ = -0.193632, but by the backward rules ⟨Jᵀ u, v⟩ = -0.290447. The definition's jvp gives J v for the tangents v of the inputs; null means a tangent of 0.",
        ],
        [
          "Forward mode of cube is wrong; the gradient is right: by what it claims (linear, batch), ⟨u, J v⟩ = -0.193632, but by the backward rules ⟨Jᵀ u, v⟩ = 91.1022. Correct the claim or leave it out: forward mode then follows from the backward rules.",
        ],
        [
          "Forward mode of cube fails; the gradient is right: by its forward rule, jvp throws: mine. The definition's jvp gives J v for the tangents v of the inputs; null means a tangent of 0.",
        ],
      ]
    `);
  });

  it("with each input moving by itself, and operands of other dtypes that do not move", () => {
    const product = (jvp: ForwardRule<NoAttributes>) =>
      defineOp({
        name: "product",
        infer: ([a]) => a,
        forward: ([a, b]) => kernels.cast(kernels.mul(a, b), a.dtype),
        backward: [({ grad, inputs: [, b] }) => mul(grad, b), ({ grad, inputs: [a] }) => mul(grad, a)],
        jvp,
      });
    const right: ForwardRule<NoAttributes> = ({ tangents: [v, w], inputs: [a, b] }) =>
      add(v === null ? mul(a, 0) : mul(v, b), w === null ? mul(a, 0) : mul(a, w));
    const careless: ForwardRule<NoAttributes> = ({ tangents: [v, w], inputs: [a, b] }) =>
      add(mul(v as Variable, b), mul(a, w as Variable));
    const one = constant([3, 4]);
    const y = constant([2, -1, 4, 3], { dtype: "float64" });
    expect(gradcheck((a) => product(right)(a, one), [constant([1, 2])]).ok).toBe(true);
    expect(gradcheck((a, b) => product(right)(a, b), [x, y]).ok).toBe(true);
    const { inputs } = gradcheck((a, b) => product(careless)(a, b), [x, y]);
    expect(inputs[0].diagnoses[0].text).toMatch(/^Forward mode of product fails; the gradient is right: .* null means/);
  });

  it("of small results beside large ones", () => {
    const careless = defineOp({
      name: "careless",
      infer: ([a]) => a,
      forward: ([a]) => kernels.mul(a, a),
      backward: [({ grad, inputs: [a] }) => mul(grad, mul(a, 2))],
      jvp: ({ tangents: [v], inputs: [a] }) => mul(v as Variable, mul(a, constant([2, 2.01], { dtype: "float64" }))),
    });
    expect(gradcheck((a) => careless(a), [constant([1e12, 1e-12], { dtype: "float64" })]).ok).toBe(false);
  });
});
