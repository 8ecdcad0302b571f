/**
 * The gradient of x₀² + x₁² at many points: arrows along −∇f, which point at the lowest place, long where it is steep.
 */
import { contourChart, grad, type Variable, variable } from "adjoint";
import type { Experiment } from "../experiment.ts";

const f = (x: Variable): Variable => x.square().sum();
const gradientOf = grad(f);

export default {
  section: "4.4",
  title: "gradients as arrows",
  figures: ["4-8", "4-9"],
  async run() {
    const places = Array.from({ length: 17 }, (_, i) => i / 4 - 2);
    const arrows = places.flatMap((x) =>
      places.map((y): [number, number, number, number] => {
        const [dx, dy] = gradientOf(variable([x, y])).toArray() as number[];
        return [x, y, -0.05 * dx, -0.05 * dy];
      }),
    );
    const figure = await contourChart({
      title: "−∇f of f(x₀, x₁) = x₀² + x₁²",
      xLabel: "x₀",
      yLabel: "x₁",
      xRange: [-2.2, 2.2],
      yRange: [-2.2, 2.2],
      z: (x, y) => x * x + y * y,
      arrows,
    });
    const [x, y] = gradientOf(variable([3, 4])).toArray() as number[];
    return { result: `∇f(3, 4) = (${x}, ${y})`, figures: { "gradient.svg": figure } };
  },
} satisfies Experiment;
