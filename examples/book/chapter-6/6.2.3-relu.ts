/** Activations of the ReLU by initialization: He initialization keeps their spread from layer to layer. */
import { relu } from "adjoint";
import type { Experiment } from "../experiment.ts";
import { activationsOf, histograms, spread } from "./activations.ts";

const initializations = { "std-0.01": 0.01, xavier: Math.sqrt(1 / 100), he: Math.sqrt(2 / 100) };

export default {
  section: "6.2.3",
  title: "activations of the ReLU by initialization",
  figures: ["6-14"],
  async run() {
    const figures: Record<string, string> = {};
    const spreads: string[] = [];
    for (const [name, std] of Object.entries(initializations)) {
      const layers = activationsOf(relu, std);
      figures[`relu-${name}.svg`] = await histograms(`activations of the ReLU, ${name}`, layers, 7000);
      spreads.push(`${name} ${spread(layers[0]).toPrecision(2)} → ${spread(layers[4]).toPrecision(2)}`);
    }
    return { result: `spread from the first layer to the fifth: ${spreads.join(", ")}`, figures };
  },
} satisfies Experiment;
