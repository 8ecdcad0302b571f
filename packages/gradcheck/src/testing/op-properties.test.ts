/** The laws on an op of one's own: a right one passes, and for each law a wrong one fails with the reason. */
import {
  abs,
  add,
  type BatchRule,
  defineOp,
  detach,
  div,
  flip,
  mul,
  type NoAttributes,
  type Op,
  type OpDefinition,
  repeat,
  reshape,
  square,
  sum,
  type UnaryOp,
  type Variable,
} from "@adjoint/autograd";
import { kernels, kernelsInUse, type Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shapes, tensorOf, tensors } from "./arbitraries.ts";
import { LawError, type Sample } from "./laws/subject.ts";
import { laws, opProperties } from "./op-properties.ts";

const definition: OpDefinition = {
  name: "mySoftsign",
  infer: ([x]) => x,
  forward: ([x]) => kernels.div(x, kernels.add(kernels.abs(x), ones(x))),
  backward: [({ grad, inputs: [x] }) => div(grad, square(add(abs(x), 1)))],
  saves: "inputs",
  batch: "elementwise",
};

function ones({ shape, dtype }: Tensor): Tensor {
  return kernels.broadcastTo(tensorOf([1], [], dtype), shape);
}

const softsign: UnaryOp = defineOp(definition);
const samples: fc.Arbitrary<Sample> = shapes()
  .chain((shape) => tensors(shape, { awayFrom: [0] }))
  .map((x) => ({ inputs: [x], attributes: {} }));

/** Softsign with a part exchanged. */
function changed(part: Partial<OpDefinition>): Op {
  return defineOp({ ...definition, ...part });
}

const sample: Sample = { inputs: [tensorOf([0.5, -1.25, 2, 0.75, 1, -3], [2, 3])], attributes: {} };

describe("softsign, an op of one's own", () => {
  opProperties(softsign, samples, { it, numRuns: 30 });

  it("runs at once without a test runner", () => {
    expect(() => opProperties(softsign, samples, { numRuns: 5, seed: 1 })).not.toThrow();
  });
});

it("refuses what is no op, sample, law or option, each with what to write", () => {
  const refused = (op: unknown, of: unknown, options: object = {}) => {
    try {
      opProperties(op as Op, of as never, { numRuns: 1, seed: 1, ...options });
    } catch (error) {
      return String(error);
    }
    return "passes";
  };
  const bare = tensors([2]);
  expect([
    refused(undefined, samples),
    refused((x: Variable) => x, samples),
    refused(softsign, undefined),
    refused(softsign, tensors),
    refused(softsign, [sample]),
    refused(softsign, bare),
    refused(softsign, fc.tuple(bare)),
    refused(softsign, fc.record({ inputs: fc.tuple(bare) })),
    refused(softsign, fc.record({ inputs: fc.tuple(bare, bare), attributes: fc.constant({}) })),
    refused(softsign, samples, { laws: ["jpv"] }),
    refused(softsign, samples, { laws: "jvp" }),
    refused(softsign, samples, { runs: 3 }),
    refused(softsign, samples, { numRuns: 0 }),
  ]).toMatchInlineSnapshot(`
    [
      "SpecError: opProperties: op is missing; expected an op that defineOp made, or its definition.",
      "SpecError: opProperties: op is a function; expected an op that defineOp made, or its definition.",
      "SpecError: opProperties: samples is missing; expected an arbitrary of fast-check. Draw them by fast-check: tensors([2, 3]).map((x) => ({ inputs: [x], attributes: {} })).",
      "SpecError: opProperties: samples is a function; expected an arbitrary of fast-check. Draw them by fast-check: tensors([2, 3]).map((x) => ({ inputs: [x], attributes: {} })).",
      "SpecError: opProperties: samples is an array; expected an arbitrary of fast-check. Draw them by fast-check: tensors([2, 3]).map((x) => ({ inputs: [x], attributes: {} })).",
      "SpecError: opProperties: a sample for mySoftsign is a Tensor; expected { inputs, attributes }, with 1 Tensor for inputs. Map what fast-check draws: tensors([2, 3]).map((x) => ({ inputs: [x], attributes: {} })).",
      "SpecError: opProperties: a sample for mySoftsign is an array; expected { inputs, attributes }, with 1 Tensor for inputs. Map what fast-check draws: tensors([2, 3]).map((x) => ({ inputs: [x], attributes: {} })).",
      "SpecError: opProperties: a sample for mySoftsign is an object; expected { inputs, attributes }, with 1 Tensor for inputs. Map what fast-check draws: tensors([2, 3]).map((x) => ({ inputs: [x], attributes: {} })).",
      "SpecError: opProperties: a sample for mySoftsign is one of 2 inputs; expected { inputs, attributes }, with 1 Tensor for inputs. Map what fast-check draws: tensors([2, 3]).map((x) => ({ inputs: [x], attributes: {} })).",
      "SpecError: opProperties: laws is "jpv"; expected "shape", "bad inputs", "purity", "layout", "precision", "adjoint", "gradient", "double backward", "jvp", "batch", "kernels" or "composition". Did you mean "jvp"?",
      "SpecError: opProperties: laws is a string; expected names of laws, such as ["gradient"].",
      "SpecError: opProperties: unknown option "runs". Did you mean "numRuns"?",
      "SpecError: opProperties: numRuns is 0; expected an integer ≥ 1.",
    ]
  `);
});

it("says the reason and the seed when a law does not hold", () => {
  const wrong = changed({ backward: [({ grad, inputs: [x] }) => div(grad, add(abs(x), 1))] });
  const run = () => opProperties(wrong, fc.constant(sample), { laws: ["gradient"], numRuns: 5, seed: 42 });
  expect(run).toThrow(/seed: 42/);
  let cause: unknown;
  try {
    run();
  } catch (error) {
    cause = (error as Error).cause;
  }
  expect(cause).toBeInstanceOf(LawError);
  expect((cause as LawError).op).toBe("mySoftsign");
  expect((cause as LawError).argument).toBe("gradient");
});

describe("every law fails for an op that breaks it", () => {
  it("gradient", () => {
    const wrong = changed({ backward: [({ grad, inputs: [x] }) => div(grad, add(abs(x), 1))] });
    expect(() => laws.gradient(wrong, sample)).toThrow(
      /mySoftsign: gradient law: the gradient of input 0 is .* differences give .* ± .* \(entry 0: 0.853679 by the rule, 0.569119 by differences; .*\)\. Check the backward rule/,
    );
  });

  it("double backward, when a rule cuts the graph", () => {
    const wrong = changed({ backward: [({ grad, inputs: [x] }) => div(grad, detach(square(add(abs(x), 1))))] });
    expect(() => laws.gradient(wrong, sample)).not.toThrow();
    expect(() => laws["double backward"](wrong, sample)).toThrow(/double backward law: the gradient of input 0/);
  });

  it("double backward, when a rule cuts the upstream gradient", () => {
    const wrong = changed({ backward: [({ grad, inputs: [x] }) => div(detach(grad), square(add(abs(x), 1)))] });
    expect(() => laws.gradient(wrong, sample)).not.toThrow();
    expect(() => laws["double backward"](wrong, sample)).toThrow(
      /double backward law: the gradient of the upstream gradient/,
    );
  });

  it("adjoint, when the op is not linear", () => {
    expect(() => laws.adjoint(changed({ linear: true }), sample)).toThrow(/adjoint law: ⟨A x, u⟩ = .* for input 0/);
  });

  it("adjoint, when the rule is not the transpose", () => {
    const wrong = defineOp({
      name: "double",
      infer: ([x]) => x,
      forward: ([x]) => kernels.add(x, x),
      backward: [({ grad }) => mul(grad, 3)],
      saves: "none",
      linear: true,
    });
    expect(() => laws.adjoint(wrong, sample)).toThrow(/double: adjoint law/);
  });

  it("layout, when a kernel reads the storage from its start", () => {
    const wrong = changed({
      forward: ([x]) =>
        tensorOf(
          Array.from(x.data.slice(0, x.size), (v) => Number(v) / (1 + Math.abs(Number(v)))),
          x.shape,
          x.dtype,
        ),
    });
    expect(() => laws.layout(wrong, sample)).toThrow(/layout law: the result of transposed inputs is/);
  });

  it("precision, when a kernel rounds to less than float32", () => {
    const wrong = changed({
      forward: ([x]) => {
        const y = kernels.copy(definition.forward([x], {}));
        for (let i = 0; i < y.size; i++) y.data[i] *= y.dtype === "float32" ? 1 + 1e-5 : 1;
        return y;
      },
    });
    expect(() => laws.precision(wrong, sample)).toThrow(/precision law: entry 0 of the result is 0.333337 in float32/);
  });

  it("purity, when a kernel writes to its input", () => {
    const wrong = changed({
      forward: ([x]) => {
        const y = definition.forward([x], {});
        x.data[x.offset] = 1;
        return y;
      },
    });
    expect(() => laws.purity(wrong, { ...sample, inputs: sample.inputs.map(kernels.copy) })).toThrow(
      /purity law: input 0 changed/,
    );
  });

  it("purity, when a kernel has a state", () => {
    let calls = 0;
    const wrong = changed({
      forward: ([x]) => {
        const y = kernels.copy(definition.forward([x], {}));
        y.data[0] += calls++;
        return y;
      },
    });
    expect(() => laws.purity(wrong, sample)).toThrow(/purity law: the result is/);
  });

  it("purity, when a rule writes to the upstream gradient", () => {
    const wrong = changed({
      backward: [
        ({ grad, inputs: [x] }) => {
          grad.value.data[0] = 0;
          return div(grad, square(add(abs(x), 1)));
        },
      ],
    });
    expect(() => laws.purity(wrong, sample)).toThrow(/purity law: the upstream gradient changed/);
  });

  it("shape, when rule and kernel disagree", () => {
    const wrong = changed({ infer: ([x]) => ({ shape: [...x.shape, 1], dtype: x.dtype }) });
    expect(() => laws.shape(wrong, sample)).toThrow(
      "mySoftsign: shape law: the shape rule says float64 [2, 3, 1], the kernel gave float64 [2, 3].",
    );
  });

  it("shape, when attributes are not plain", () => {
    const wrong = defineOp<{ readonly scale: number }>({
      name: "scaled",
      infer: ([x]) => x,
      forward: ([x], { scale }) => (scale === null ? kernels.neg(x) : x),
      backward: [({ grad }) => grad],
    });
    expect(() => laws.shape(wrong, { ...sample, attributes: { scale: Number.POSITIVE_INFINITY } })).toThrow(
      /the result changes when the attributes go through JSON: \{"scale":null\}/,
    );
  });

  it("jvp, when a rule cuts the upstream gradient", () => {
    const wrong = changed({ backward: [({ grad, inputs: [x] }) => div(detach(grad), square(add(abs(x), 1)))] });
    expect(() => laws.jvp(wrong, sample)).toThrow(
      /mySoftsign: jvp law: ⟨u, J v⟩ = 0 by backward rules, but ⟨Jᵀ u, v⟩ = /,
    );
  });

  it("jvp, when a forward rule is wrong, or a claim that it follows from", () => {
    const twice = changed({ jvp: ({ tangents: [t] }) => t?.mul(2) as Variable });
    expect(() => laws.jvp(twice, sample)).toThrow(/mySoftsign: jvp law: ⟨u, J v⟩ = .* by jvp, but ⟨Jᵀ u, v⟩ = /);
    expect(() => laws.jvp(changed({ linear: true }), sample)).toThrow(/mySoftsign: jvp law: .* by jvp, but /);
  });

  it("batch, when a batching rule forgets the batch", () => {
    const total = (batch: BatchRule<NoAttributes>): Op =>
      defineOp({
        name: "total",
        infer: ([x]) => ({ shape: [], dtype: x.dtype }),
        forward: ([x]) => kernels.sum(x),
        backward: [({ grad, inputs: [x] }) => grad.repeat(x.shape)],
        batch,
      });
    const right = total(({ inputs: [x] }) => sum(reshape(x, [x.shape[0], -1]), { axis: 1 }));
    expect(() => laws.batch(right, sample)).not.toThrow();
    const wrong = total(({ inputs: [x], size }) => repeat(sum(x), [size]));
    expect(() => laws.batch(wrong, sample)).toThrow(
      /total: batch law: the gradient of input 0 with input 0 batched is 0.542729 in a batch and 1.18391 alone/,
    );
  });

  it("batch, when elements get each other's gradients", () => {
    const wrong = changed({
      batch: ({ apply, inputs: [x] }) => flip(apply([flip(detach(x), { axis: 0 })]), { axis: 0 }),
    });
    expect(() => laws.batch(wrong, sample)).toThrow(
      /batch law: the gradient of input 0 with input 0 batched is missing/,
    );
  });

  it("kernels, when the two sets compute something else", () => {
    const wrong = changed({
      forward: ([x]) => (kernelsInUse() === "wasm" ? kernels.neg(x) : definition.forward([x], {})),
    });
    expect(() => laws.kernels(wrong, sample)).toThrow(
      /kernels law: entry 0 of the result in float64 is -0.5 on WebAssembly kernels, 0.333333 on reference ones/,
    );
    expect(kernelsInUse()).toBe("auto");
  });

  it("bad inputs, when the kernel trips", () => {
    const wrong = defineOp({
      name: "rows",
      infer: ([x]) => ({ shape: [x.shape[0]], dtype: x.dtype }),
      forward: ([x]) => kernels.sum(x, [1], false),
      backward: [null],
    });
    expect(() => laws["bad inputs"](wrong, sample)).toThrow(/rows: bad inputs law: input 0 of shape/);
  });
});
