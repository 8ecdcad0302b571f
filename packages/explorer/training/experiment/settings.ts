/** The settings of an experiment: what is learned, by which network, and how. The address of the page carries them. */
import type { OptimizerName } from "@adjoint/optim";

/** What a network can learn here. */
export const tasks = ["digits", "spirals", "sine"] as const;
export type Task = (typeof tasks)[number];

/** Initial weights: standard deviation 0.01, √(1/n), √(2/n), or 1. */
export const inits = ["0.01", "xavier", "he", "large"] as const;
export type Init = (typeof inits)[number];

export const activations = ["sigmoid", "tanh", "relu", "leakyRelu", "gelu"] as const;
export type Activation = (typeof activations)[number];

/** The first layer of a network for digits. */
export const firstLayers = ["affine", "convolution"] as const;

/** Values that sliders and lists offer. */
export const choices = {
  depth: [1, 2, 3, 4, 5, 6, 8, 10],
  width: [4, 8, 16, 32, 50, 100],
  lr: [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
  dropout: [0, 0.1, 0.2, 0.3, 0.5],
  batch: [10, 20, 50, 100],
  samples: [100, 300, 1400],
} as const;

/** An experiment. The same settings give the same numbers. */
export interface Settings {
  readonly task: Task;
  readonly init: Init;
  readonly activation: Activation;
  /** Hidden layers. */
  readonly depth: number;
  /** Units of each hidden layer. */
  readonly width: number;
  readonly first: (typeof firstLayers)[number];
  readonly optimizer: OptimizerName;
  readonly lr: number;
  readonly batchNorm: boolean;
  /** The share of activations that are dropped, 0: none. */
  readonly dropout: number;
  readonly batch: number;
  /** Samples to train with; of spirals and the sine there are always 400. */
  readonly samples: number;
  readonly seed: number;
}

export const defaults: Settings = {
  task: "digits",
  init: "he",
  activation: "relu",
  depth: 2,
  width: 50,
  first: "affine",
  optimizer: "adam",
  lr: 0.001,
  batchNorm: false,
  dropout: 0,
  batch: 50,
  samples: 1400,
  seed: 0,
};

/** Settings as a fragment, without `#`: those that differ from the defaults, and the task. */
export function settingsToParams(settings: Settings): URLSearchParams {
  const entries = Object.entries(settings).filter(
    ([name, value]) => name === "task" || value !== defaults[name as keyof Settings],
  );
  return new URLSearchParams(Object.fromEntries(entries.map(([name, value]) => [name, String(value)])));
}

/** The settings that a fragment names; what it says wrongly is passed over. */
export function settingsFrom(params: URLSearchParams): Settings {
  const oneOf = <Value extends string | number>(name: keyof Settings, values: readonly Value[]): Value => {
    const given = params.get(name);
    return values.find((value) => String(value) === given) ?? (defaults[name] as Value);
  };
  const seed = Number(params.get("seed") ?? defaults.seed);
  return {
    task: oneOf("task", tasks),
    init: oneOf("init", inits),
    activation: oneOf("activation", activations),
    depth: oneOf("depth", choices.depth),
    width: oneOf("width", choices.width),
    first: oneOf("first", firstLayers),
    // Which there are is known to the engine, which says so of a name that is none.
    optimizer: (params.get("optimizer") ?? defaults.optimizer) as OptimizerName,
    lr: oneOf("lr", choices.lr),
    batchNorm: params.get("batchNorm") === "true",
    dropout: oneOf("dropout", choices.dropout),
    batch: oneOf("batch", choices.batch),
    samples: oneOf("samples", choices.samples),
    seed: Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31 ? seed : defaults.seed,
  };
}
