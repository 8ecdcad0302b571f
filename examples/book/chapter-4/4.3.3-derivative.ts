/** The derivative of 0.01x² + 0.1x as the slope of a line that touches the curve. */
import { grad, lineChart, type Variable, variable } from "adjoint";
import type { Experiment } from "../experiment.ts";

const f = (x: Variable): Variable => x.square().mul(0.01).add(x.mul(0.1));
const df = grad(f);
const at = (x: number): Variable => variable(x, { dtype: "float64" });

export default {
  section: "4.3.3",
  title: "derivatives as tangents",
  figures: ["4-6", "4-7"],
  async run() {
    const xs = Array.from({ length: 201 }, (_, i) => i / 10);
    const points = (y: (x: number) => number) => xs.map((x): [number, number] => [x, y(x)]);
    const slopes = [5, 10].map((x) => df(at(x)).item());
    const tangents = [5, 10].map((x0, i) => ({
      name: `tangent at ${x0}, slope ${slopes[i].toFixed(1)}`,
      points: points((x) => f(at(x0)).item() + slopes[i] * (x - x0)),
      markers: false,
    }));
    const figure = await lineChart({
      title: "f(x) = 0.01x² + 0.1x",
      xLabel: "x",
      yLabel: "f(x)",
      yRange: [-1, 6],
      series: [{ name: "f", points: points((x) => f(at(x)).item()), markers: false }, ...tangents],
    });
    return {
      result: `f′(5) = ${slopes[0].toFixed(3)}, f′(10) = ${slopes[1].toFixed(3)}`,
      figures: { "derivative.svg": figure },
    };
  },
} satisfies Experiment;
