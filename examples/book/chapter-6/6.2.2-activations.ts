/** Activations of the sigmoid by initialization: at the ends, all alike, or well spread. */
import { sigmoid } from "adjoint";
import type { Experiment } from "../experiment.ts";
import { activationsOf, histograms, spread } from "./activations.ts";

const initializations = { "std-1": 1, "std-0.01": 0.01, xavier: Math.sqrt(1 / 100) };

export default {
  section: "6.2.2",
  title: "activations of the sigmoid by initialization",
  figures: ["6-10", "6-11", "6-13"],
  async run() {
    const figures: Record<string, string> = {};
    const spreads: string[] = [];
    for (const [name, std] of Object.entries(initializations)) {
      const layers = activationsOf(sigmoid, std);
      figures[`sigmoid-${name}.svg`] = await histograms(`activations of the sigmoid, ${name}`, layers);
      spreads.push(`${name} ${spread(layers[4]).toFixed(3)}`);
    }
    return { result: `spread of the fifth layer: ${spreads.join(", ")}`, figures };
  },
} satisfies Experiment;
