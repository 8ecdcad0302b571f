import { readFileSync } from "node:fs";
import { add, mul, pow, type Variable, variable } from "@adjoint/autograd";
import { Tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import type { OptimizerOptions } from "../optimizer/arguments.ts";
import type { Parameters } from "../optimizer/parameters.ts";
import { AdamW } from "./adamw.ts";
import optimizers from "./all.ts";
import { Lion } from "./lion.ts";
import { RAdam } from "./radam.ts";

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
type Pair = { readonly x: Stored; readonly y: Stored };
interface Case {
  readonly torch: string;
  readonly start: Pair;
  readonly trajectory: readonly Pair[];
  readonly optimizer: keyof typeof optimizers;
  readonly options: OptimizerOptions;
}

const fixture = JSON.parse(readFileSync(new URL("../fixtures/pytorch.json", import.meta.url), "utf8"));
const cases = fixture.optimizers as readonly Case[];
const tensorOf = ({ shape, data }: Stored): Tensor => new Tensor(Float64Array.from(data), shape);

/** The gradients of the fixture: x / 10 and 2y + y³. */
const gradients = (x: Variable, y: Variable) => ({ x: mul(x, 0.1), y: add(mul(y, 2), pow(y, 3)) });

describe("PyTorch's optimizers", () => {
  it.each(cases.map((one) => [`${one.torch} is ${one.optimizer} ${JSON.stringify(one.options)}`, one] as const))(
    "%s",
    (_, { start, trajectory, optimizer, options }) => {
      const params = { x: variable(tensorOf(start.x)), y: variable(tensorOf(start.y)) };
      const Kind: new (parameters: Parameters, options: OptimizerOptions) => AdamW = optimizers[optimizer] as never;
      const ours = new Kind(params, options);
      expect(trajectory).toHaveLength(10);
      for (const expected of trajectory) {
        const grads = gradients(params.x, params.y);
        params.x.grad = grads.x;
        params.y.grad = grads.y;
        ours.step();
        for (const key of ["x", "y"] as const) {
          (params[key].value.toJSON().data as number[]).forEach((value, i) => {
            // Ten updates of some twenty roundings of numbers below 3, hundredfold for what a step cancels: 5e-12.
            expect(Math.abs(value - expected[key].data[i])).toBeLessThanOrEqual(5e-12);
          });
        }
      }
    },
  );

  it("have PyTorch's defaults where the book has none", () => {
    const beta = { beta1: 0.9, beta2: 0.999, eps: 1e-8 };
    expect(new AdamW().hyperparameters).toEqual({ lr: 0.001, ...beta, weightDecay: 0.01 });
    expect(new RAdam().hyperparameters).toEqual({ lr: 0.001, ...beta, weightDecay: 0 });
  });
});

describe("Lion", () => {
  it("takes the steps of its paper, written out for one number", () => {
    const [lr, beta1, beta2, decay] = [0.05, 0.9, 0.99, 0.1];
    const p = variable(new Tensor(Float64Array.of(0.7), []));
    const optimizer = new Lion([p], { lr, beta1, beta2, weightDecay: decay });
    let theta = 0.7;
    let m = 0;
    for (const g of [0.3, -0.2, 0.001, -5, 0, 0, 0.4, 0.4, -0.1, 2]) {
      const update = beta1 * m + (1 - beta1) * g;
      theta -= lr * (Math.sign(update) + decay * theta);
      m = beta2 * m + (1 - beta2) * g;
      p.grad = variable(new Tensor(Float64Array.of(g), []));
      optimizer.step();
      // Ten updates of four roundings of numbers below 1.
      expect(Math.abs(p.item() - theta)).toBeLessThanOrEqual(40 * 2 ** -53);
    }
  });

  it("leaves what has had no gradient yet", () => {
    const p = variable(new Tensor(Float64Array.of(0.7), []));
    p.grad = variable(new Tensor(Float64Array.of(0), []));
    new Lion([p], { lr: 1 }).step();
    expect(p.item()).toBe(0.7);
  });
});

it("optimizers that divide by mean squares stay where all gradients were 0", () => {
  for (const Kind of [AdamW, RAdam]) {
    const p = variable(new Tensor(Float64Array.of(0.7), []));
    const optimizer = new Kind([p], { lr: 0.1, beta2: 0.9, weightDecay: 0 });
    for (let i = 0; i < 12; i++) {
      p.grad = variable(new Tensor(Float64Array.of(0), []));
      optimizer.step();
    }
    expect(p.item()).toBe(0.7);
    expect(() => new Kind({ eps: 0 })).toThrow("eps is 0");
  }
});
