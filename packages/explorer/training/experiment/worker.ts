/** What runs beside the page: the library, and the network in training. */
import { expose } from "comlink";
import { Experiment } from "./experiment.ts";
import type { Settings } from "./settings.ts";

let experiment: Experiment | null = null;

function running(): Experiment {
  if (experiment === null) throw new Error("no experiment has been started");
  return experiment;
}

const engine = {
  start(settings: Settings) {
    experiment = new Experiment(settings);
    return experiment.started;
  },
  run: (...how: Parameters<Experiment["run"]>) => running().run(...how),
  latest: () => running().latest(),
  stepGraph: () => running().stepGraph(),
};

/** What the page can ask for. */
export type Engine = typeof engine;

expose(engine);
