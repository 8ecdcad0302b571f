/** Ops without a form in ONNX, in JAX or in an engine go there by their compositions. */
import {
  abs,
  add,
  constant,
  defineOp,
  exp,
  log1p,
  mul,
  neg,
  type OpDefinition,
  primitives,
  sub,
  sum,
  tanh,
  type UnaryOp,
  type Variable,
  variable,
} from "@adjoint/autograd";
import { compile, trace } from "@adjoint/compiler";
import { kernels, type Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../testing/message-of.ts";
import { hasWriter } from "./jax/ops/all.ts";
import { toJax } from "./jax/to-jax.ts";
import { loweringOf } from "./onnx/out/ops/all.ts";
import { toOnnx } from "./onnx/out/to-onnx.ts";
import { onnxruntime } from "./onnxruntime/engine.ts";
import { runInJax } from "./testing/jax.ts";
import { opsOf, runOnnx } from "./testing/onnx.ts";
import { pythonPath } from "./testing/python.ts";

const definition = {
  name: "myLogcosh",
  infer: ([x]) => x,
  forward: ([x]) => {
    const size = kernels.abs(x);
    return kernels.sub(kernels.add(size, kernels.log1p(kernels.exp(kernels.mul(size, -2)))), Math.LN2);
  },
  backward: [({ grad, inputs: [x] }) => mul(grad, tanh(x))],
  saves: "inputs",
  batch: "elementwise",
  composed: ([x]) => sub(add(abs(x), log1p(exp(mul(abs(x), -2)))), Math.LN2),
} satisfies OpDefinition;

/** log cosh x, and an op of it, whose composition has it in it. */
const logcosh: UnaryOp = defineOp(definition);
const fall = defineOp({
  name: "myFall",
  infer: ([x], _: { readonly by: number }) => x,
  forward: ([x], { by }) => kernels.mul(definition.forward([x]), -by),
  backward: [({ grad, inputs: [x], attributes: { by } }) => mul(mul(grad, tanh(x)), -by)],
  composed: ([x], { by }) => neg(mul(logcosh(x), by)),
});

const w = variable([0.5, -2, 3], { name: "w" });

/** A step of training with both. */
function step(x: Variable): Variable {
  w.zeroGrad();
  const loss = sum(add(logcosh(mul(w, x)), fall(x, { by: 0.25 })));
  loss.backward();
  return loss;
}

const x = tensor([1, 2, -0.125]);
const number = (y: Tensor): number => Number(y.item());
const numbers = (y: Tensor): number[] => Array.from(kernels.copy(y).data, Number);

/** A dozen operations on numbers up to 6, each within 4 units in the last place. */
const bound = 12 * 4 * 6 * 2 ** -23;

function expectStep(loss: number, gradient: readonly number[]): void {
  const expected = step(constant(x)).item();
  expect(Math.abs(loss - expected)).toBeLessThan(bound);
  numbers((w.grad as Variable).value).forEach((value, i) => {
    expect(Math.abs(value - gradient[i])).toBeLessThan(bound);
  });
}

describe("an op of one's own with a composition", () => {
  it("runs in ONNX Runtime, from a file and as an engine", () => {
    w.zeroGrad();
    const bytes = toOnnx(trace(step, constant(x)), { inputs: ["x"] });
    expect(opsOf(bytes)).toContain("Abs");
    const [loss, gradient] = runOnnx(bytes, { x, w: w.value }, ["output", "w.grad.next"]);
    expectStep(number(loss), numbers(gradient));
    const compiled = compile(step, { engine: onnxruntime });
    const y = compiled(constant(x)).item();
    expectStep(y, numbers((w.grad as Variable).value));
    expect(compiled.explain({ rewrites: true })).toContain("1 × myFall in other ops");
  });

  it("runs in loops of WebAssembly, with no kernel of its own", () => {
    w.zeroGrad();
    const compiled = compile(step, { engine: "wasm", threads: 1 });
    const y = compiled(constant(x)).item();
    expectStep(y, numbers((w.grad as Variable).value));
    expect(compiled.explain({ rewrites: true })).toContain("2 × myLogcosh in other ops");
    expect(compiled.explain()).not.toMatch(/my\w+ \(by its own kernel\)/);
  });

  it.skipIf(pythonPath === null)("runs in JAX", async () => {
    w.zeroGrad();
    const [{ outputs, state }] = await runInJax([{ program: toJax(trace(step, constant(x))), inputs: [x] }]);
    expectStep(number(outputs[0]), numbers(state["w.grad"]));
  });

  it("is named where the composition gives something else than the op, and where it computes with something else", () => {
    const wrong = (composed: unknown): string => {
      const op = defineOp({ ...definition, composed } as OpDefinition) as UnaryOp;
      return messageOf(() => toOnnx((y: Variable) => op(y), { examples: [x] }));
    };
    expect([
      wrong(([y]: [Variable]) => sum(y)),
      wrong(([y]: [Variable]) => y.cast("float64")),
      wrong(() => 3),
      wrong(([y]: [Tensor]) => kernels.neg(y)),
      wrong(([y]: [Variable]) => y.value),
    ]).toMatchInlineSnapshot(`
      [
        "myLogcosh: the composition gave float32 []; expected float32 [3], as infer says. It must compute what forward computes, for all inputs that infer accepts.",
        "myLogcosh: the composition gave float64 [3]; expected float32 [3], as infer says. It must compute what forward computes, for all inputs that infer accepts.",
        "myLogcosh: composed returned a number; expected a Variable. A composition is the op in other ops, for example ([x]) => mul(x, sigmoid(x)).",
        "kernel: an operand is a Variable; expected a Tensor. In composed of myLogcosh, called with ([x, …], attributes), where x is a Variable: compute with ops. Call the op of that name, which computes with Variables; outside of rules, x.value is the Tensor.",
        "compile: the value of "input 0" of shape [3] is read while the function is traced, when only shapes are known. In composed of myLogcosh, called with ([x, …], attributes), where x is a Variable: compute with ops. Compute with ops alone (where instead of if, checkValue for checks), and return what you want to read.",
      ]
    `);
  });
});

it("an op in its own composition is refused like one that has none", () => {
  const round: UnaryOp = defineOp({ ...definition, composed: ([y]) => neg(round(y)) });
  const none = defineOp({ ...definition, name: "none", composed: undefined } as never) as unknown as UnaryOp;
  const both = (y: Variable) => add(round(y), none(y));
  expect([
    messageOf(() => toOnnx(both, { examples: [x] })),
    messageOf(() => toJax(trace(both, constant(x)))),
  ]).toMatchInlineSnapshot(`
    [
      "toOnnx: 2 ops have no form in ONNX: myLogcosh: it is an op of your own, and its definition has no composition, first at node 1; none: it is an op of your own, and its definition has no composition, first at node 3. Write what they compute with other ops: a function of them, or the composition of an op of your own, defineOp({ …, composed: ([x]) => … }). Or run it with compile(fn), whose engine "wasm" has every op.",
      "toJax: the program has ops of your own, whose kernels are JavaScript and whose definitions have no composition: "myLogcosh" (1 node), "none" (1 node). Say what they are in Adjoint's ops: defineOp({ …, composed: ([x]) => … }).",
    ]
  `);
});

describe("every op", () => {
  const without = (hasForm: (name: string, definition: OpDefinition<never>) => boolean): string[] =>
    Object.entries<OpDefinition<never>>(primitives).flatMap(([name, one]) =>
      one.composed === undefined && !hasForm(name, one) ? name : [],
    );

  it("has a row in ONNX, which may give a reason to refuse it, or a composition", () => {
    expect(without((name, one) => loweringOf(name, one) !== undefined)).toEqual([]);
  });

  it("has a writer in JAX, or a composition", () => {
    expect(without(hasWriter)).toEqual([]);
  });
});
