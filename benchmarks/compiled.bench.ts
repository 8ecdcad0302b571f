/**
 * Compiled products and convolutions beside the limit of the registers: as many multiplications and additions as the
 * processor does without fused multiply-add, on numbers that never leave its registers.
 */
import {
  compile,
  constant,
  grad,
  im2col,
  matmul,
  mul,
  type Program,
  reshape,
  rng,
  sum,
  trace,
  transpose,
  type Variable,
} from "adjoint";
import { readyBy } from "../packages/compiler/src/engines/all.ts";
import { compiledModule, exportsOf, memoryOf } from "../packages/compiler/src/engines/wasm/instance.ts";
import { Func, moduleOf } from "../packages/compiler/src/engines/wasm/loops/assembler.ts";
import type { BenchmarkCase, BenchmarkGroup } from "./groups.ts";
import { functionOf, samplesOf, trainingSteps } from "./steps.ts";

/** Steps of the loop at the limit, and the vectors of four numbers that each multiplies and adds: as many as have registers. */
const [steps, vectors] = [2_000_000, 14];

function limit(): () => void {
  const f = new Func();
  const sums = Array.from({ length: vectors }, () => f.constant(1));
  const [x, y] = [f.constant(1.0001), f.constant(1e-6)];
  f.loopOfPart(() => {
    for (const one of sums) {
      f.get(f.op("f32x4.add", f.op("f32x4.mul", one, x), y));
      f.set(one);
    }
  });
  const memory = memoryOf(65536, false);
  const out = f.integer();
  f.setInteger(out, 64);
  for (const one of sums) f.store(out, one);
  const run = exportsOf<Record<string, (...args: readonly number[]) => void>>(
    compiledModule(moduleOf([f], false)),
    memory,
  )[0];
  return () => {
    run(0, 0, steps);
  };
}

/** A compiled function on one thread and on two. */
function onThreads(name: string, work: number, fn: (...xs: Variable[]) => unknown, xs: Variable[]): BenchmarkCase[] {
  return [1, 2].map((threads) => {
    const run = compile(fn, { engine: "wasm", threads });
    return { name: `${name}, ${threads} thread${threads === 1 ? "" : "s"}`, work, run: () => run(...xs) };
  });
}

function product(m: number, k: number, n: number): BenchmarkCase[] {
  const [a, b] = [constant(rng(0).uniform([m, k])), constant(rng(1).uniform([k, n]))];
  return onThreads(`product ${m}×${k}×${n}`, 2 * m * k * n, (a, b) => matmul(a, b), [a, b]);
}

/** A convolution of 100 images with 3×3 filters, pad 1, and its two gradients. */
function convolution(channels: number, size: number, filters: number): BenchmarkCase[] {
  const x = constant(rng(0).uniform([100, channels, size, size]));
  const w = constant(rng(1).uniform([filters, channels, 3, 3]));
  const rows = 100 * size * size;
  const g = constant(rng(2).uniform([rows, filters]));
  const convolve = (x: Variable, w: Variable): Variable =>
    matmul(im2col(x, 3, 3, { pad: 1 }), transpose(reshape(w, [filters, -1])));
  const gradients = grad((x: Variable, w: Variable) => sum(mul(convolve(x, w), g)), { argnums: [0, 1] });
  const work = 3 * 2 * rows * filters * channels * 9;
  return onThreads(
    `100×${channels}×${size}×${size}, ${filters} of 3×3, all three`,
    work,
    (x, w) => [convolve(x, w), ...gradients(x, w)],
    [x, w],
  );
}

const deep = functionOf(trainingSteps.deep);
const samples = samplesOf(trainingSteps.deep);

function traced(): Program {
  return trace(deep, ...samples);
}

function ready(): void {
  readyBy("wasm", traced(), { threads: 1, exact: false });
}

export const groups: readonly BenchmarkGroup[] = [
  {
    title: "compiled products and convolutions",
    unit: "GFLOP/s",
    cases: [
      { name: "in registers", baseline: true, work: steps * vectors * 4 * 2, run: limit() },
      ...product(512, 512, 512),
      ...product(100, 784, 50),
      ...product(100, 4320, 100),
      ...convolution(16, 28, 16),
      ...convolution(64, 8, 64),
    ],
  },
  {
    title: "making a program of a step of DeepConvNet at batch 100",
    unit: "ms",
    cases: [
      { name: "recorded", baseline: true, work: 1, run: () => traced() },
      { name: "recorded, rewritten, planned, in memory", work: 1, run: () => ready() },
    ],
  },
];
