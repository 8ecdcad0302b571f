import { add, matmul, mean, mul, square, sub, type Variable, variable } from "@adjoint/autograd";
import { compile } from "@adjoint/compiler";
import { rng, type Tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import all from "../rules/all.ts";
import { SGD } from "../rules/sgd.ts";
import { schedules } from "../schedules/all.ts";
import type { OptimizerOptions } from "./arguments.ts";
import { clipGradNorm } from "./clip.ts";
import type { Optimizer } from "./optimizer.ts";

type Make = (params: Record<string, Variable>, options: OptimizerOptions) => Optimizer;
const makes = Object.entries(all).map(([name, Kind]): [string, Make] => [
  name,
  (params, options) =>
    new (Kind as unknown as new (p: typeof params, o: OptimizerOptions) => Optimizer)(params, options),
]);

const draw = rng(1);
const [x, t] = [draw.normal([8, 3]), draw.normal([8, 2])] as [Tensor, Tensor];
const start = draw.normal([3, 2]);

/** Twelve steps of a regression by a schedule, with groups and clipping; the parameters after each. */
function train(make: Make, engine: "eager" | "reference" | "wasm", clip: OptimizerOptions["clip"]): number[][] {
  const params = { W: variable(start), b: variable([0.5, -0.5]) };
  const groups = [{ parameters: "b", lr: 0.02, weightDecay: 0 }];
  const optimizer = make(params, { lr: 0.01, weightDecay: 0.1, groups, ...(clip && { clip }) });
  const loss = (): Variable => mean(square(sub(add(matmul(x, params.W), params.b), t)));
  const step = (): Variable => {
    optimizer.zeroGrad();
    const y = loss();
    y.backward();
    optimizer.step();
    return y;
  };
  const run = engine === "eager" ? step : compile(step, { engine });
  const schedule = schedules.warmup({ steps: 4, followedBy: schedules.cosine({ steps: 8 }) });
  const values: number[][] = [];
  for (let i = 0; i < 12; i++) {
    optimizer.lrFactor = schedule(optimizer.iteration);
    if (i === 6) optimizer.lr = 0.005;
    run();
    values.push(Object.values(params).flatMap((p) => p.value.toJSON().data as number[]));
  }
  expect(optimizer.iteration).toBe(12);
  if (engine !== "eager") expect((run as ReturnType<typeof compile>).engine).toBe(engine);
  return values;
}

describe("an optimizer in a program", () => {
  const clips: [string, OptimizerOptions["clip"]][] = [
    ["no clipping", undefined],
    ["norms clipped", { norm: 0.5 }],
    ["values clipped", { value: 0.05 }],
  ];
  it.each(makes.flatMap(([name, make]) => clips.map(([words, clip]) => [name, words, make, clip] as const)))(
    "%s with %s moves as without one: the same bits by the reference engine, within roundings by WebAssembly",
    (_, __, make, clip) => {
      const eager = train(make, "eager", clip);
      expect(train(make, "reference", clip)).toEqual(eager);
      train(make, "wasm", clip).forEach((values, i) => {
        values.forEach((value, k) => {
          // Twelve steps of at most 0.06 each. An error of a few units in the last place of a gradient moves a step by as
          // much of it, or by up to 100 times that where an optimizer divides by the root of small squares.
          expect(Math.abs(value - eager[i][k])).toBeLessThanOrEqual(1e-5);
        });
      });
    },
  );

  it("has the settings of a state that was loaded, and keeps its program for those it had", () => {
    const run = (compiled: boolean): unknown[] => {
      const W = variable(start);
      const optimizer = new SGD({ W }, { lr: 0.1, momentum: 0.9 });
      let traces = 0;
      const step = (): Variable => {
        traces += 1;
        optimizer.zeroGrad();
        const loss = mean(square(sub(matmul(x, W), t)));
        loss.backward();
        optimizer.step();
        return loss;
      };
      const go = compiled ? compile(step, { engine: "reference" }) : step;
      const steps = () => [go(), go()].map((loss) => loss.item());
      const values: unknown[] = [steps()];
      const state = optimizer.state();
      const { hyperparameters } = state;
      for (const change of [
        { hyperparameters: { ...hyperparameters, momentum: 0.5, weightDecay: 0.1 } },
        { clip: { norm: 0.01 } },
        { hyperparameters: { ...hyperparameters, lr: 0.5 } },
        {},
      ]) {
        optimizer.loadState({ ...state, ...change });
        values.push(steps());
      }
      // Twice for each program that makes slots, once for the others; a rate is no setting.
      if (compiled) expect(traces).toBe(2 + 1 + 1);
      return [...values, W.toArray()];
    };
    expect(run(true)).toEqual(run(false));
  });

  it("takes gradients that were gathered over several batches", () => {
    const run = (compiled: boolean): number[] => {
      const params = { W: variable(start), b: variable([0.5, -0.5]) };
      const optimizer = new SGD(params, { lr: 0.1, momentum: 0.9 });
      const gather = (x: Variable, t: Variable): void => {
        mul(mean(square(sub(add(matmul(x, params.W), params.b), t))), 0.5).backward();
      };
      const update = (): Variable => {
        const norm = clipGradNorm(params, 1);
        optimizer.step();
        optimizer.zeroGrad();
        return norm;
      };
      const [micro, step] = compiled
        ? [compile(gather, { engine: "reference" }), compile(update, { engine: "reference" })]
        : [gather, update];
      const norms: number[] = [];
      for (let i = 0; i < 3; i++) {
        for (let k = 0; k < 2; k++)
          micro(
            variable(x).slice({ start: [4 * k], stop: [4 * k + 4] }),
            variable(t).slice({ start: [4 * k], stop: [4 * k + 4] }),
          );
        norms.push(step().item());
      }
      return [...norms, ...Object.values(params).flatMap((p) => p.value.toJSON().data as number[])];
    };
    expect(run(true)).toEqual(run(false));
  });
});

describe.each(["eager", "reference", "wasm"] as const)("gradients of any finite size (%s)", (engine) => {
  it.each(makes)("leave no NaN behind, or are refused with nothing changed: %s", (_name, make) => {
    for (const dtype of ["float32", "float64"] as const) {
      for (const size of dtype === "float32" ? [1.8e19, 1.9e19, 1e30, 1e38] : [1.3e154, 1.4e154, 1e300]) {
        const w = variable(new Array(20).fill(1), { dtype });
        const scale = variable(size, { dtype, requiresGrad: false });
        const optimizer = make({ w }, { lr: 1e-3 });
        const step = (): Variable => {
          optimizer.zeroGrad();
          const y = mul(w, scale).sum();
          y.backward();
          optimizer.step();
          return y.detach();
        };
        const run = engine === "eager" ? step : compile(step, { engine });
        let refused = false;
        for (const factor of [size, 1, 1, 1]) {
          scale.assign(factor);
          try {
            run();
          } catch (error) {
            refused = true;
            expect(String(error)).toMatch(/the gradient for "w" is .* at \[0\], too large to be squared/);
            expect(w.toArray()).toEqual(new Array(20).fill(1));
            expect(optimizer.iteration).toBe(0);
          }
        }
        expect((w.toArray() as number[]).every(Number.isFinite)).toBe(true);
        // Refused are those whose squares are infinite, by rules that square them.
        const isTooLarge = !Number.isFinite(dtype === "float32" ? Math.fround(size ** 2) : size ** 2);
        if (refused) expect(isTooLarge).toBe(true);
      }
    }
  });
});
