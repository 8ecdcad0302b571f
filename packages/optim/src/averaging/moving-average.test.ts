import { readFileSync } from "node:fs";
import { add, mul, pow, variable } from "@adjoint/autograd";
import { compile } from "@adjoint/compiler";
import { Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { SGD } from "../rules/sgd.ts";
import { ExponentialMovingAverage } from "./moving-average.ts";

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
const fixture = JSON.parse(readFileSync(new URL("../fixtures/pytorch.json", import.meta.url), "utf8"));
const tensorOf = ({ shape, data }: Stored): Tensor => new Tensor(Float64Array.from(data), shape);

describe("an exponential moving average", () => {
  it.each(["step by step", "within a program"])("has PyTorch's values, %s", (way) => {
    const [x, y] = [variable(tensorOf(fixture.start.x)), variable(tensorOf(fixture.start.y))];
    const optimizer = new SGD({ x, y }, { lr: 0.1 });
    const average = new ExponentialMovingAverage({ x, y }, { decay: fixture.average.decay });
    const update = (): void => {
      x.grad = mul(x, 0.1);
      y.grad = add(mul(y, 2), pow(y, 3));
      optimizer.step();
      average.update();
    };
    const run = way === "step by step" ? update : compile(update, { engine: "reference" });
    for (const expected of fixture.average.trajectory) {
      run();
      const state = average.state();
      for (const key of ["x", "y"] as const) {
        (state[key].toJSON().data as number[]).forEach((value, i) => {
          // Ten updates of some ten roundings of numbers below 3, tenfold for what the cube amplifies.
          expect(Math.abs(value - expected[key].data[i])).toBeLessThanOrEqual(3e-13);
        });
      }
    }
  });

  it("stands in for the parameters while a function runs, also where it throws", () => {
    const x = variable([1]);
    const average = new ExponentialMovingAverage([x], { decay: 0.5 });
    x.assign([3]);
    average.update();
    expect(average.use(() => x.item())).toBe(2);
    expect(x.item()).toBe(3);
    expect(() =>
      average.use(() => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
    expect(x.item()).toBe(3);
    expect(() => average.use(async () => 1)).toThrow("async function");
    expect(() => average.use(() => Promise.resolve(1))).toThrow("Promise");
    expect(x.item()).toBe(3);
  });

  it("goes on from a saved state as if it had never stopped", () => {
    const x = variable([1, 2]);
    const average = new ExponentialMovingAverage({ x });
    x.assign([5, 6]);
    average.update();
    const resumed = new ExponentialMovingAverage({ x });
    resumed.loadState(average.state());
    for (const one of [average, resumed]) one.update();
    expect(resumed.state()).toEqual(average.state());
    expect(() => resumed.loadState({})).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: loadState: the average of "x" is missing; expected x. Pass what state() returned.]`,
    );
    expect(() => resumed.loadState({ x: tensor([1]) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: loadState: "x" is float32 [1]; expected float32 [2]. The state was saved from other parameters.]`,
    );
    expect(() => resumed.loadState({ ...average.state(), z: tensor([1]) })).toThrow('unknown option "z"');
    expect(() => new ExponentialMovingAverage({ x }, { decay: 1 })).toThrow("decay is 1");
  });
});
