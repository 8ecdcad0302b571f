/** A compiled step takes no more memory the longer it runs. */
import { constant, mul, noGrad, randomBernoulli, square, sub, sum, type Variable, variable } from "@adjoint/autograd";
import { rng } from "@adjoint/tensor";
import { expect, it } from "vitest";
import { compile } from "./compile.ts";

it("holds its memory over thousands of steps", () => {
  const w = variable(rng(1).normal([64, 64]), { name: "w" });
  const generator = rng(2);
  const step = compile(
    (x: Variable) => {
      w.zeroGrad();
      const loss = sum(square(sub(mul(w, randomBernoulli(generator, [64, 64], 0.5)), x)));
      loss.backward();
      noGrad(() => w.assign(sub(w, mul(w.grad as Variable, 0.01))));
      return loss;
    },
    { engine: "wasm" },
  );
  const x = constant(rng(3).normal([64, 64]));
  const used = (steps: number): number => {
    for (let i = 0; i < steps; i++) step(x);
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  used(2000);
  const before = Math.min(...Array.from({ length: 5 }, () => used(400)));
  const after = Math.min(...Array.from({ length: 5 }, () => used(1600)));
  // A tensor of this size kept at each step would be 16 kB · 8,000 = 130 MB; what garbage there is at a time is less than 24 MB.
  expect(after - before).toBeLessThan(24e6);
});
