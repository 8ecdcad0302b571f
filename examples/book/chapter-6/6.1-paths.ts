/** The paths of four optimizers on x²/20 + y², a valley that is twenty times as steep across as along. */
import { chartGrid, contourChart, optimizerByName, type Variable, variable } from "adjoint";
import type { Experiment } from "../experiment.ts";

const f = (x: Variable, y: Variable): Variable => x.square().div(20).add(y.square());

/** The optimizers with the book's rates. */
const rates = { SGD: 0.95, Momentum: 0.1, AdaGrad: 1.5, Adam: 0.3 };

/** The points that an optimizer goes through from (−7, 2). */
export function pathOf(name: keyof typeof rates, steps = 30): [number, number][] {
  const x = variable(-7, { dtype: "float64" });
  const y = variable(2, { dtype: "float64" });
  const optimizer = optimizerByName(name, { x, y }, { lr: rates[name] });
  const points: [number, number][] = [];
  for (let i = 0; i < steps; i++) {
    points.push([x.item(), y.item()]);
    optimizer.zeroGrad();
    f(x, y).backward();
    optimizer.step();
  }
  return points;
}

export default {
  section: "6.1",
  title: "paths of optimizers",
  figures: ["6-1", "6-2", "6-3", "6-5", "6-6", "6-7", "6-8"],
  async run() {
    const plane = {
      xRange: [-10, 10],
      yRange: [-5, 5],
      z: (x: number, y: number) => (x * x) / 20 + y * y,
      width: 360,
      height: 220,
    } as const;
    const grid = Array.from({ length: 11 }, (_, i) => i - 5);
    const arrows = grid.flatMap((i) =>
      grid.map((y): [number, number, number, number] => [2 * i, y, -0.04 * i, -0.4 * y]),
    );
    const gradients = await contourChart({ ...plane, title: "−∇f of x²/20 + y²", arrows });
    const paths = (Object.keys(rates) as (keyof typeof rates)[]).map((name) => ({ name, points: pathOf(name) }));
    const levels = [0.25, 1, 2.25, 4, 6.25, 9];
    const charts = await Promise.all(
      paths.map(({ name, points }) => {
        return contourChart({ ...plane, title: name, levels, paths: [{ name, points, color: "#d55e00" }] });
      }),
    );
    const ends = paths.map(({ name, points }) => {
      const [x, y] = points[points.length - 1];
      return `${name} (${x.toFixed(2)}, ${y.toFixed(2)})`;
    });
    return {
      result: `after 29 steps: ${ends.join(", ")}`,
      figures: {
        "gradients.svg": gradients,
        "paths.svg": chartGrid({ title: "paths of optimizers on x²/20 + y²", charts, columns: 2 }),
      },
    };
  },
} satisfies Experiment;
