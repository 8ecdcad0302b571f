/** Gradient descent on x₀² + x₁², at a good rate, and at rates that are too large and too small. */
import { contourChart, SGD, type Variable, variable } from "adjoint";
import type { Experiment } from "../experiment.ts";

const f = (x: Variable): Variable => x.square().sum();

/** The points that gradient descent goes through. */
export function descend(lr: number, steps: number, start: readonly [number, number] = [-3, 4]): [number, number][] {
  const x = variable([...start], { dtype: "float64" });
  const optimizer = new SGD([x], { lr });
  const points: [number, number][] = [x.toArray() as [number, number]];
  for (let i = 0; i < steps; i++) {
    optimizer.zeroGrad();
    f(x).backward();
    optimizer.step();
    points.push(x.toArray() as [number, number]);
  }
  return points;
}

export default {
  section: "4.4.1",
  title: "gradient descent",
  figures: ["4-10"],
  async run() {
    const points = descend(0.1, 20);
    const figure = await contourChart({
      title: "gradient descent, 20 steps at a rate of 0.1",
      xLabel: "x₀",
      yLabel: "x₁",
      xRange: [-4, 4],
      yRange: [-5, 5],
      z: (x, y) => x * x + y * y,
      levels: [1, 4, 9, 16, 25],
      paths: [{ name: "x", points }],
    });
    const last = (lr: number): string => (descend(lr, 100).at(-1) ?? []).map((x) => x.toPrecision(3)).join(", ");
    const result = `after 100 steps: (${last(0.1)}) at 0.1, (${last(10)}) at 10, (${last(1e-10)}) at 1e-10`;
    return { result, figures: { "descent.svg": figure } };
  },
} satisfies Experiment;
