import { add, mul, pow, type Variable, variable } from "@adjoint/autograd";
import { Tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import cases from "../fixtures/optimizers.json" with { type: "json" };
import type { Optimizer } from "../optimizer/optimizer.ts";
import { AdaGrad } from "./adagrad.ts";
import { Adam } from "./adam.ts";
import { Momentum } from "./momentum.ts";
import { Nesterov } from "./nesterov.ts";
import { RMSprop } from "./rmsprop.ts";
import { SGD } from "./sgd.ts";

interface Attributes {
  readonly lr: number;
  readonly momentum: number;
  readonly decay_rate: number;
  readonly beta1: number;
  readonly beta2: number;
}

const make: Readonly<Record<string, (attributes: Attributes) => Optimizer>> = {
  SGD: ({ lr }) => new SGD({ lr }),
  Momentum: ({ lr, momentum }) => new Momentum({ lr, momentum }),
  Nesterov: ({ lr, momentum }) => new Nesterov({ lr, momentum }),
  NesterovCorrected: ({ lr, momentum }) => new Nesterov({ lr, momentum, corrected: true }),
  AdaGrad: ({ lr }) => new AdaGrad({ lr }),
  RMSprop: ({ lr, decay_rate }) => new RMSprop({ lr, decayRate: decay_rate }),
  Adam: ({ lr, beta1, beta2 }) => new Adam({ lr, beta1, beta2 }),
};

type Stored = { readonly shape: readonly number[]; readonly data: readonly number[] };
const tensorOf = ({ shape, data }: Stored): Tensor => new Tensor(Float64Array.from(data), shape);
const elements = (x: Variable): number[] => x.value.toJSON().data as number[];

describe("the book's optimizers", () => {
  it("are all in the reference", () => {
    expect(cases.map(({ name }) => name)).toEqual(Object.keys(make));
  });

  for (const { name, inputs, attrs, outputs } of cases) {
    it(`${name} gives the book's ten updates`, () => {
      const optimizer = make[name](attrs as unknown as Attributes);
      const params = { x: variable(tensorOf(inputs.x)), y: variable(tensorOf(inputs.y)) };
      expect(outputs.trajectory).toHaveLength(10);
      for (const expected of outputs.trajectory) {
        const { x, y } = params;
        optimizer.update(params, { x: mul(x, 0.1).value, y: add(mul(y, 2), pow(y, 3)) });
        for (const key of ["x", "y"] as const) {
          expect(params[key].shape).toEqual(expected[key].shape);
          elements(params[key]).forEach((value, i) => {
            const reference = expected[key].data[i];
            // Ten updates of some ten roundings each: 100 · 2⁻⁵³ ≈ 1e-14, and hundredfold for what a step cancels.
            expect(Math.abs(value - reference)).toBeLessThanOrEqual(1e-12 * Math.abs(reference));
          });
        }
      }
      expect(optimizer.iteration).toBe(10);
    });
  }

  it("have the book's defaults", () => {
    expect(new SGD().hyperparameters).toEqual({ lr: 0.01, momentum: 0, nesterov: false, weightDecay: 0 });
    expect(new Momentum().hyperparameters).toEqual({ lr: 0.01, momentum: 0.9, weightDecay: 0 });
    expect(new Nesterov().hyperparameters).toEqual({ lr: 0.01, momentum: 0.9, corrected: false, weightDecay: 0 });
    expect(new AdaGrad().hyperparameters).toEqual({ lr: 0.01, weightDecay: 0 });
    expect(new RMSprop().hyperparameters).toEqual({ lr: 0.01, decayRate: 0.99, weightDecay: 0 });
    expect(new Adam().hyperparameters).toEqual({ lr: 0.001, beta1: 0.9, beta2: 0.999, weightDecay: 0 });
  });
});
