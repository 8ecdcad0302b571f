/** The settings of an experiment: what is learned, by which network, and how. The address of the page carries them. */
import type { OptimizerName } from "@adjoint/optim";

/** What each setting can be, but for the optimizer, which the engine knows, and the seed. */
export const choices = {
  task: ["digits", "spirals", "sine"],
  /** Initial weights: standard deviation 0.01, √(1/n), √(2/n), or 1. */
  init: ["0.01", "xavier", "he", "large"],
  activation: ["sigmoid", "tanh", "relu", "leakyRelu", "gelu"],
  /** Hidden layers. */
  depth: [1, 2, 3, 4, 5, 6, 8, 10],
  /** Units of each hidden layer. */
  width: [4, 8, 16, 32, 50, 100],
  /** The first layer of a network for digits. */
  first: ["affine", "convolution"],
  lr: [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
  batchNorm: [false, true],
  /** The share of activations that are dropped, 0: none. */
  dropout: [0, 0.1, 0.2, 0.3, 0.5],
  batch: [10, 20, 50, 100],
  /** Samples to train with; of spirals and the sine there are always 400. */
  samples: [100, 300, 1400],
} as const;

type Widened<Value> = Value extends number ? number : Value extends boolean ? boolean : Value;

/** An experiment. The same settings give the same numbers. */
export type Settings = {
  readonly [Name in keyof typeof choices]: Widened<(typeof choices)[Name][number]>;
} & { readonly optimizer: OptimizerName; readonly seed: number };

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
  const chosen = Object.entries(choices).flatMap(([name, values]) => {
    const value = [...values].find((of) => String(of) === params.get(name));
    return value === undefined ? [] : [[name, value]];
  });
  const seed = Number(params.get("seed") ?? defaults.seed);
  return {
    ...defaults,
    ...Object.fromEntries(chosen),
    // Which there are is known to the engine, which says so of a name that is none.
    optimizer: params.get("optimizer") ?? defaults.optimizer,
    seed: Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31 ? seed : defaults.seed,
  };
}
