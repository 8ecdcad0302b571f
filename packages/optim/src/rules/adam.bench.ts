/** One step of Adam, which is memory traffic: as ops on Variables, and as one loop written by hand. */
import { variable } from "@adjoint/autograd";
import { Adam } from "./adam.ts";

const size = 440_000;
const values = Float32Array.from({ length: size }, (_, i) => Math.sin(i));
const gradient = Float32Array.from({ length: size }, (_, i) => Math.cos(i));

const p = variable(values);
p.grad = variable(gradient);
const optimizer = new Adam([p]);

const [byHand, m, v] = [values.slice(), new Float32Array(size), new Float32Array(size)];
let iteration = 0;

function fusedLoop(): void {
  iteration++;
  const lr = (0.001 * Math.sqrt(1 - 0.999 ** iteration)) / (1 - 0.9 ** iteration);
  for (let i = 0; i < size; i++) {
    const g = gradient[i];
    m[i] += 0.1 * (g - m[i]);
    v[i] += 0.001 * (g * g - v[i]);
    byHand[i] -= (lr * m[i]) / (Math.sqrt(v[i]) + 1e-7);
  }
}

export const groups = [
  {
    title: "Adam: one step of 440,000 float32 parameters",
    unit: "ms",
    cases: [
      { name: "one loop by hand", baseline: true, work: 12 * size, run: fusedLoop },
      { name: "ops on Variables", work: 12 * size, run: () => optimizer.step() },
    ],
  },
];
