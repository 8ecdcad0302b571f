/** The data of the tasks: real digits, two spirals and a sine. The same seed gives the same samples. */
import { loadDigits } from "@adjoint/data";
import { kernels, rng, Tensor } from "@adjoint/tensor";
import type { RecordedSamples } from "../../src/training/views.ts";
import type { Settings } from "./settings.ts";

/** Samples to train with, and held-out ones. */
export interface TaskData {
  readonly train: RecordedSamples;
  readonly test: RecordedSamples;
}

/** Samples of spirals and the sine to train with, and as many held-out ones are half of that. */
const [trainCount, testCount] = [400, 200];

function firstRows(x: Tensor, count: number): Tensor {
  return kernels.copy(kernels.slice(x, [{ start: 0, step: 1, length: count }]));
}

/** 8 × 8 pixels, 0 … 1; 1,400 at most to train with, so that every batch size divides them, and 360 held out. */
function digits({ samples, first }: Settings): TaskData {
  const { train, test } = loadDigits({ flatten: first === "affine" });
  return { train: { x: firstRows(train.x, samples), t: firstRows(train.t, samples) }, test };
}

/** Two spirals that wind around each other one and a half times: (r cos φ, r sin φ), φ = 3π r + π k for class k. */
function spirals({ seed }: Settings): TaskData {
  const part = (count: number, key: number): RecordedSamples => {
    const generator = rng(key);
    const radius = generator.uniform([count]);
    const noise = generator.normal([count, 2]);
    const x = new Float32Array(2 * count);
    const t = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      t[i] = i % 2;
      // The square root: as many points on each stretch of the spiral's plane.
      const r = 0.1 + 0.9 * Math.sqrt(Number(radius.data[i]));
      const angle = 3 * Math.PI * r + Math.PI * t[i];
      x[2 * i] = r * Math.cos(angle) + 0.02 * Number(noise.data[2 * i]);
      x[2 * i + 1] = r * Math.sin(angle) + 0.02 * Number(noise.data[2 * i + 1]);
    }
    return { x: new Tensor(x, [count, 2]), t: new Tensor(t, [count]) };
  };
  return { train: part(trainCount, 2 * seed + 1), test: part(testCount, 2 * seed + 2) };
}

/** y = sin(2πx) for −1 ≤ x ≤ 1, with normal noise of deviation 0.1. */
function sine({ seed }: Settings): TaskData {
  const part = (count: number, key: number): RecordedSamples => {
    const generator = rng(key);
    const at = generator.uniform([count]);
    const noise = generator.normal([count]);
    const x = Float32Array.from(at.data, (u) => 2 * Number(u) - 1);
    const t = Float32Array.from(x, (a, i) => Math.sin(2 * Math.PI * a) + 0.1 * Number(noise.data[i]));
    return { x: new Tensor(x, [count, 1]), t: new Tensor(t, [count, 1]) };
  };
  return { train: part(trainCount, 2 * seed + 1), test: part(testCount, 2 * seed + 2) };
}

const makers = { digits, spirals, sine } as const;

export function dataOf(settings: Settings): TaskData {
  return makers[settings.task](settings);
}
