/** Updates that are joined do what each does by itself. */
import { mul, type Variable, variable } from "@adjoint/autograd";
import { compile, trace } from "@adjoint/compiler";
import { MultiLayerNet } from "@adjoint/nn";
import { AdaGrad, Adam, AdamW, Momentum, RAdam, RMSprop, SGD } from "@adjoint/optim";
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

/** What a step said that was refused. */
function errorOf(step: () => unknown): string | null {
  try {
    step();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

it("finds a gradient that is not finite, names its parameter, and changes nothing", () => {
  const [joined, own] = [training(), training()];
  const run = compile(joined.step, { engine: onnxruntime });
  run(x, t);
  own.step(x, t);
  const before = joined.numbers();
  const wrong = kernels.mul(x, Number.NaN);
  expect(errorOf(() => own.step(wrong, t))).toContain("NaN");
  expect(errorOf(() => run(wrong, t))).toBe(errorOf(() => own.step(wrong, t)));
  expect(joined.numbers()).toEqual(before);
  expect(Number.isFinite(run(x, t).item())).toBe(true);
});

it.each([SGD, Momentum, AdaGrad, RMSprop, Adam, AdamW, RAdam].map((Optimizer) => [Optimizer.name, Optimizer] as const))(
  "refuses the gradients that %s refuses, with nothing changed: those whose squares overflow where it squares them",
  (_, Optimizer) => {
    /** Parameters of which two are joined, and a step whose gradient for one of them is given. */
    const made = (dtype: "float32" | "float64") => {
      const params = { v: variable([1, 2, 3], { dtype }), w: variable([4, 5], { dtype }) };
      const scale = variable(1, { dtype, requiresGrad: false });
      const optimizer = new Optimizer(params, { lr: 1e-3 });
      const step = (): void => {
        optimizer.zeroGrad();
        mul(params.v, params.v.detach()).sum().add(mul(params.w, scale).sum()).backward();
        optimizer.step();
      };
      const numbers = () => Object.values(params).flatMap((p) => p.toArray() as number[]);
      return { step, scale, numbers, optimizer };
    };
    for (const dtype of ["float32", "float64"] as const) {
      const [joined, own] = [made(dtype), made(dtype)];
      const run = compile(joined.step, { engine: onnxruntime });
      const refused = [1, ...(dtype === "float32" ? [1.8e19, 1.9e19, 1e38] : [1.3e154, 1.4e154, 1e300]), 1].map(
        (size) => {
          for (const { scale } of [joined, own]) scale.assign(size);
          const before = joined.numbers();
          const [found, expected] = [errorOf(run), errorOf(own.step)];
          expect(found).toBe(expected);
          if (found !== null) expect(joined.numbers()).toEqual(before);
          expect(joined.numbers().every(Number.isFinite)).toBe(true);
          expect(joined.optimizer.iteration).toBe(own.optimizer.iteration);
          return found !== null;
        },
      );
      const squares = Optimizer !== SGD && Optimizer !== Momentum;
      expect(refused).toEqual([false, false, squares, squares, false]);
    }
  },
);
