import { readdirSync } from "node:fs";
import { type Variable, variable } from "@adjoint/autograd";
import { Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AdamW } from "../rules/adamw.ts";
import all, * as exported from "../rules/all.ts";
import { Lion } from "../rules/lion.ts";
import { Momentum } from "../rules/momentum.ts";
import { Nesterov } from "../rules/nesterov.ts";
import { RAdam } from "../rules/radam.ts";
import { RMSprop } from "../rules/rmsprop.ts";
import { SGD } from "../rules/sgd.ts";
import type { Optimizer } from "./optimizer.ts";
import type { Parameters } from "./parameters.ts";

type Make = (params?: Parameters) => Optimizer;
const made =
  <O extends Optimizer, H>(
    Kind: new (...args: [options?: H] | [params: Parameters, options?: H]) => O,
    options: H,
  ): Make =>
  (params) =>
    params === undefined ? new Kind(options) : new Kind(params, options);

const optimizers: Readonly<Record<string, Make>> = {
  ...Object.fromEntries(Object.entries(all).map(([name, Kind]) => [name, made(Kind, { lr: 0.1 })])),
  "SGD with momentum": made(SGD, { lr: 0.1, momentum: 0.8, weightDecay: 0.01 }),
  "SGD with nesterov": made(SGD, { lr: 0.1, momentum: 0.8, nesterov: true }),
  "corrected Nesterov": made(Nesterov, { lr: 0.1, corrected: true }),
  "RMSprop of a short memory": made(RMSprop, { lr: 0.1, decayRate: 0.9 }),
  "Momentum with weight decay": made(Momentum, { lr: 0.1, weightDecay: 0.01 }),
  "RAdam of a short memory": made(RAdam, { lr: 0.1, beta2: 0.5 }),
  "Lion with weight decay": made(Lion, { lr: 0.1, weightDecay: 0.1 }),
  "AdamW with groups, clipping and a schedule": (params) => {
    const options = { lr: 0.1, clip: { norm: 2 }, groups: [{ parameters: "*", lr: 0.05, beta1: 0.5 }] };
    const optimizer = made(AdamW, options)(params);
    optimizer.lrFactor = 0.5;
    return optimizer;
  },
};
const anyOptimizer = fc.constantFrom(...Object.keys(optimizers)).map((name) => optimizers[name]);

const n = 3;
/** Numbers that float32 holds: 0, or of a magnitude whose square is far from its limits. */
const element = fc
  .double({ min: -4, max: 4, noNaN: true })
  .map((value) => (Math.abs(value) < 1e-3 ? 0 : Math.fround(value)));
const vector = fc.array(element, { minLength: n, maxLength: n });
const vectors = fc.array(vector, { minLength: 1, maxLength: 6 });
const named = (values: readonly number[]): Record<string, Variable> => ({
  a: variable(Float32Array.from(values)),
  b: variable(new Tensor(Float64Array.from(values), [1, n])),
});
const gradients = (values: readonly number[]): Record<string, Tensor> => ({
  a: new Tensor(Float32Array.from(values), [n]),
  b: new Tensor(Float64Array.from(values), [1, n]),
});
const bits = (params: Record<string, Variable>): unknown => Object.values(params).map((x) => Array.from(x.value.data));

function stepOn(optimizer: Optimizer, params: Record<string, Variable>, values: readonly number[]): void {
  const grads = gradients(values);
  for (const [name, x] of Object.entries(params)) x.grad = variable(grads[name]);
  optimizer.step();
}

describe("every optimizer", () => {
  it("is in the list, by its file, its name and its export", () => {
    const folder = new URL("../rules/", import.meta.url);
    const others = /^(all|by-name)\.ts$|\.(test|bench)\.ts$/;
    const rules = readdirSync(folder).flatMap((name) => (others.test(name) ? [] : [name.replace(".ts", "")]));
    expect(Object.keys(all).toSorted()).toEqual(rules.toSorted());
    expect(Object.values(all).filter((Kind) => !Object.values(exported).includes(Kind as never))).toEqual([]);
  });

  it("does the same by step() as by update()", () => {
    fc.assert(
      fc.property(anyOptimizer, vector, vectors, (make, start, steps) => {
        const own = named(start);
        const given = named(start);
        const stepper = make(own);
        const updater = make();
        for (const values of steps) {
          stepOn(stepper, own, values);
          updater.update(given, gradients(values));
          expect(bits(own)).toEqual(bits(given));
        }
        expect(stepper.iteration).toBe(updater.iteration);
      }),
    );
  });

  it("goes on from a saved state as if it had never stopped", () => {
    fc.assert(
      fc.property(anyOptimizer, fc.boolean(), vector, vectors, vectors, (make, withParams, start, before, after) => {
        const params = named(start);
        const optimizer = make(params);
        optimizer.lr = 0.03;
        for (const values of before) stepOn(optimizer, params, values);
        const state = optimizer.state();
        const copies = Object.fromEntries(
          Object.entries(params).map(([name, x]) => [name, variable(new Tensor(x.value.data.slice(), x.shape))]),
        );
        const resumed = make(withParams ? copies : undefined);
        resumed.loadState(state);
        for (const values of after) {
          stepOn(optimizer, params, values);
          resumed.update(copies, gradients(values));
        }
        expect(bits(copies)).toEqual(bits(params));
        expect(resumed.iteration).toBe(optimizer.iteration);
      }),
    );
  });

  it("computes in the parameter's dtype, within its roundings", () => {
    fc.assert(
      fc.property(anyOptimizer, vector, vector, fc.integer({ min: 1, max: 6 }), (make, start, values, steps) => {
        const params = named(start);
        const optimizer = make();
        for (let i = 0; i < steps; i++) optimizer.update(params, gradients(values));
        const { a, b } = params;
        expect([a.dtype, b.dtype]).toEqual(["float32", "float64"]);
        for (const [name, slot] of Object.entries(optimizer.state().tensors)) {
          expect(slot.dtype).toBe(name.startsWith("a.") ? "float32" : "float64");
        }
        for (let i = 0; i < n; i++) {
          const exact = b.value.data[i] as number;
          // A step under a constant gradient is a quotient of sums of terms with one sign, except that weight decay
          // works against the gradient: some 20 roundings of numbers no larger than 10 times |p| + |g| + 1, in each of
          // the steps. 2⁻²⁴ is the unit roundoff.
          const bound = steps * 20 * 2 ** -24 * 10 * (Math.abs(start[i]) + Math.abs(values[i]) + 1);
          expect(Math.abs((a.value.data[i] as number) - exact)).toBeLessThanOrEqual(bound);
        }
      }),
    );
  });

  it("changes nothing when one gradient is bad", () => {
    const bad = fc.constantFrom<(grads: Record<string, Tensor>) => void>(
      (grads) => delete grads.b,
      (grads) => {
        grads.b = new Tensor(Float64Array.of(1, Number.NaN, 1), [1, n]);
      },
      (grads) => {
        grads.b = new Tensor(Float64Array.of(1, 1, Number.NEGATIVE_INFINITY), [1, n]);
      },
      (grads) => {
        grads.b = new Tensor(new Float64Array(n), [n]);
      },
      (grads) => {
        grads.c = new Tensor(new Float64Array(n), [n]);
      },
    );
    fc.assert(
      fc.property(anyOptimizer, vector, vectors, vector, bad, (make, start, steps, values, spoil) => {
        const params = named(start);
        const untouched = named(start);
        const optimizer = make();
        const other = make();
        for (const step of steps) {
          const grads = gradients(values);
          spoil(grads);
          expect(() => optimizer.update(params, grads)).toThrow();
          expect(bits(params)).toEqual(bits(untouched));
          optimizer.update(params, gradients(step));
          other.update(untouched, gradients(step));
        }
        expect(bits(params)).toEqual(bits(untouched));
        expect(optimizer.iteration).toBe(other.iteration);
      }),
    );
  });
});
