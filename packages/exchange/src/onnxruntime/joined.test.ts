/** Updates that are joined do what each does by itself. */
import { type Variable, variable } from "@adjoint/autograd";
import { compile, trace } from "@adjoint/compiler";
import { MultiLayerNet } from "@adjoint/nn";
import { Adam } from "@adjoint/optim";
import { kernels, rng, type Tensor, tensor } from "@adjoint/tensor";
import { expect, it } from "vitest";
import { onnxruntime } from "./engine.ts";
import { joinedUpdates } from "./joined.ts";

const x = rng(1).normal([5, 4]);
const t = tensor([0, 1, 2, 0, 1], { dtype: "int32" });

/** A network, its step of training, and the numbers that the step moves. */
function training() {
  const net = new MultiLayerNet({ inputSize: 4, hiddenSizes: [3, 6], outputSize: 3, seed: 1 });
  const optimizer = new Adam(net.params, { lr: 0.01 });
  const step = (images: Tensor, labels: Tensor): Variable => {
    optimizer.zeroGrad();
    const loss = net.loss(images, labels, { train: true });
    loss.backward();
    optimizer.step();
    return loss;
  };
  const params = Object.values(net.params) as Variable[];
  return { step, params, numbers: () => params.flatMap((p) => [...kernels.copy(p.value).data]) };
}

it("joins what an optimizer does to every parameter: values, means and mean squares", () => {
  const { blocks } = joinedUpdates(trace(training().step, x, t));
  expect(blocks.map(({ states }) => states.length)).toEqual([6, 6, 6]);
  const offsets = blocks.map(({ states }) => states.map(({ offset }) => offset));
  expect(offsets[0]).toEqual([0, 18, 36, 48, 54, 57]);
  expect(offsets[1]).toEqual(offsets[0]);
});

it("joins only what is changed alike", () => {
  const [a, b, c] = [1, 2, 3].map((value) => variable(tensor([value, value])));
  const step = () => {
    a.assign(a.mul(0.5));
    b.assign(b.mul(0.25));
    c.assign(c.add(a));
  };
  expect(joinedUpdates(trace(step)).blocks).toEqual([]);
});

it("moves the same numbers, also where somebody changes one in between", () => {
  const [joined, own] = [training(), training()];
  const run = compile(joined.step, { engine: onnxruntime });
  for (let call = 0; call < 4; call++) {
    const [loss, expected] = [run(x, t).item(), own.step(x, t).item()];
    expect(Math.abs(loss - expected)).toBeLessThan(1e-5);
    // Steps of Adam are as long as the rate, whatever the gradient: where it is nearly 0 its rounding counts.
    const [a, b] = [joined.numbers(), own.numbers()];
    expect(Math.max(...a.map((value, i) => Math.abs(value - b[i])))).toBeLessThan(1e-4);
    if (call === 1) for (const { params } of [joined, own]) params[2].assign(kernels.mul(params[2].value, 0.5));
  }
});

it("finds a gradient that is not finite, names its parameter, and changes nothing", () => {
  const [joined, own] = [training(), training()];
  const run = compile(joined.step, { engine: onnxruntime });
  run(x, t);
  own.step(x, t);
  const before = joined.numbers();
  const wrong = kernels.mul(x, Number.NaN);
  const errorOf = (step: () => unknown): string => {
    try {
      step();
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error("nothing was thrown");
  };
  expect(errorOf(() => run(wrong, t))).toBe(errorOf(() => own.step(wrong, t)));
  expect(joined.numbers()).toEqual(before);
  expect(Number.isFinite(run(x, t).item())).toBe(true);
});
