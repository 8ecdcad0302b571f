/** What runs beside the page: the library, and the network in training. */
import { expose } from "comlink";
import { Experiment, type Latest, type Progress, type Started, type StepGraph } from "./experiment.ts";
import type { Settings } from "./settings.ts";

let experiment: Experiment | null = null;

function running(): Experiment {
  if (experiment === null) throw new Error("no experiment has been started");
  return experiment;
}

const engine = {
  start(settings: Settings): Started {
    experiment = new Experiment(settings);
    return experiment.started;
  },
  run: (wanted: number, milliseconds: number, withLatest: boolean): Progress =>
    running().run(wanted, milliseconds, withLatest),
  latest: (): Latest => running().latest(),
  stepGraph: (): StepGraph => running().stepGraph(),
};

/** What the page can ask for. */
export type Engine = typeof engine;

expose(engine);
