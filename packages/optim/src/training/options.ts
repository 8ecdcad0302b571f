/**
 * What a Trainer is made with, and what it refuses.
 */
import type { Variable } from "@adjoint/autograd";
import type { EngineChoice } from "@adjoint/compiler";
import { checkEngine } from "@adjoint/compiler/internal";
import {
  checkInteger,
  checkKind,
  checkOneOf,
  checkOptions,
  formatShape,
  isPromise,
  numbersHint,
  ShapeError,
  SpecError,
  type Tensor,
} from "@adjoint/tensor";
import { Optimizer } from "../optimizer/optimizer.ts";
import type { OptimizerName, OptimizerParam } from "../rules/by-name.ts";
import { tensorsOf, type Values } from "./values.ts";

/** What a Trainer needs of a network. */
export interface Network<X extends Values = Tensor, T extends Values = Tensor> {
  /** The parameters by name, such as `W1`. */
  readonly params: Readonly<Record<string, Variable>>;
  /** The loss of a mini-batch, a single number. */
  loss(x: X, t: T, options: { train: boolean }): Variable;
  /** The outputs of a batch by name. Where it is there, a compiled form of it is passed to `accuracy`. */
  outputs?(x: X, options: { train: boolean }): Record<string, Variable>;
  /**
   * The share of samples that are classified right, 0 … 1; not needed where `classifies` is false. `outputs` computes what
   * the method of that name does, for batches of `batchSize` samples, faster.
   */
  accuracy?(x: X, t: T, batchSize?: number, outputs?: (x: never) => Record<string, Variable>): number;
  /** Whether accuracy can be measured. Default true; where it is false, the loss of the test samples is measured. */
  readonly classifies?: boolean;
  /** The fewest samples that a mini-batch may have: 2 where batch normalization needs them. Default 1. */
  readonly minBatchSize?: number;
}

/** Inputs and targets; sample i is row i of both. Networks with several inputs or losses take records of tensors. */
export interface Samples<X extends Values = Tensor, T extends Values = Tensor> {
  readonly x: X;
  readonly t: T;
}

/** Samples to train and to test with, as loaders return them. */
export interface TrainingData<X extends Values = Tensor, T extends Values = Tensor> {
  readonly train: Samples<X, T>;
  readonly test: Samples<X, T>;
}

/** Accuracies of the model as it is now. */
export interface Accuracies {
  readonly train: number;
  readonly test: number;
}

/** What is known after one mini-batch. */
export interface TrainingStep {
  /** Number of this mini-batch, from 1, and how many there will be. */
  readonly iteration: number;
  readonly iterations: number;
  /** Number of the epoch that runs, from 1, and how many there will be. */
  readonly epoch: number;
  readonly epochs: number;
  /** The loss, as in `trainLossList`. */
  readonly loss: number;
  /** At the first mini-batch of every epoch, after its update, where the network classifies. */
  readonly accuracy?: Accuracies;
  /** The loss of the test samples, at the same times, where the network does not classify. */
  readonly testLoss?: number;
}

/** Options of {@link Trainer}. */
export interface TrainerOptions {
  /** Passes over the training samples. Default 20. */
  readonly epochs?: number;
  /** Samples in a mini-batch. Default 100. */
  readonly miniBatchSize?: number;
  /** An optimizer, or the name of one that is made with `optimizerParam`. Default `"sgd"`. */
  readonly optimizer?: Optimizer | OptimizerName;
  /** Hyper-parameters of an optimizer given by name. Default: those of the optimizer, its learning rate too. */
  readonly optimizerParam?: OptimizerParam;
  /** Number of samples, from the first on, that are measured at each epoch. Default null: all. */
  readonly evaluateSampleNumPerEpoch?: number | null;
  /** Seed of the mini-batches. Default 0. */
  readonly seed?: number;
  /** Whether each mini-batch is drawn from all samples, as in the book. Default true; false: every sample once an epoch. */
  readonly replacement?: boolean;
  /**
   * Whether the listed loss is computed again after the update, as in the book: a second forward pass in training mode,
   * which also updates running statistics once more. Default true. False lists the loss before the update, for free.
   */
  readonly recomputeLoss?: boolean;
  /**
   * Whether steps and measures run as compiled programs, which are faster; where the network cannot be traced, a warning
   * says why, and it runs as it is. Default true. False gives the numbers of the ops' own kernels, to the last bit.
   */
  readonly compile?: boolean;
  /** What runs the program, as for `compile`. Default `"auto"`. */
  readonly engine?: EngineChoice;
  /** How many threads may run it, as for `compile`. Default `"auto"`. */
  readonly threads?: "auto" | number;
  /** Whether losses and accuracies are printed. Default false. */
  readonly verbose?: boolean;
  /** Ends the training before the next mini-batch. */
  readonly signal?: AbortSignal;
  /** Called after every mini-batch. */
  readonly onIteration?: (step: TrainingStep) => void;
  /**
   * Called after the first mini-batch of every epoch, with `accuracy` where the network classifies, else with `testLoss`.
   */
  readonly onEpoch?: (step: TrainingStep) => void;
}

/** Options with their defaults. */
export type CompleteOptions = Required<Omit<TrainerOptions, "signal" | "onIteration" | "onEpoch">> &
  Pick<TrainerOptions, "signal" | "onIteration" | "onEpoch">;

/** @throws SpecError for an unknown option or a value out of range */
export function completeOptions(options: TrainerOptions): CompleteOptions {
  if (Object.hasOwn((options ?? {}) as object, "lr")) {
    throw SpecError.of("Trainer", "lr", "lr", "the rate among the optimizer's parameters", {
      problem: "the Trainer has no option lr",
      hint: 'Pass { optimizer: "adam", optimizerParam: { lr: 0.01 } }.',
    });
  }
  checkOptions("Trainer", options, [
    "epochs",
    "miniBatchSize",
    "optimizer",
    "optimizerParam",
    "evaluateSampleNumPerEpoch",
    "seed",
    "replacement",
    "recomputeLoss",
    "compile",
    "engine",
    "threads",
    "verbose",
    "signal",
    "onIteration",
    "onEpoch",
  ]);
  const {
    epochs = 20,
    miniBatchSize = 100,
    optimizer = "sgd",
    optimizerParam = {},
    evaluateSampleNumPerEpoch = null,
    seed = 0,
    replacement = true,
    recomputeLoss = true,
    compile = true,
    engine = "auto",
    threads = "auto",
    verbose = false,
    ...rest
  } = options;
  checkInteger("Trainer", "epochs", epochs, 1);
  checkInteger("Trainer", "miniBatchSize", miniBatchSize, 1);
  if (evaluateSampleNumPerEpoch !== null)
    checkInteger("Trainer", "evaluateSampleNumPerEpoch", evaluateSampleNumPerEpoch, 1);
  checkEngine("Trainer", engine);
  if (threads !== "auto") checkInteger("Trainer", "threads", threads, 1);
  for (const [name, flag] of Object.entries({ replacement, recomputeLoss, compile, verbose })) {
    checkOneOf("Trainer", name, flag, [true, false]);
  }
  if (optimizer instanceof Optimizer && options.optimizerParam !== undefined) {
    const problem = `optimizerParam is given beside an ${optimizer.name} that is already made`;
    const hint = `Pass the hyper-parameters to new ${optimizer.name}(…), or the optimizer by name.`;
    throw new SpecError({ op: "Trainer", problem, argument: "optimizerParam", hint });
  }
  for (const name of ["onIteration", "onEpoch"] as const) {
    const callback: unknown = rest[name];
    checkKind("Trainer", name, callback, callback === undefined || typeof callback === "function", "a function");
  }
  const signal: unknown = rest.signal;
  const ok = signal === undefined || typeof (signal as AbortSignal | null)?.aborted === "boolean";
  checkKind("Trainer", "signal", signal, ok, "an AbortSignal", "Pass the signal of an AbortController.");
  return {
    epochs,
    miniBatchSize,
    optimizer,
    optimizerParam,
    evaluateSampleNumPerEpoch,
    seed,
    replacement,
    recomputeLoss,
    compile,
    engine,
    threads,
    verbose,
    ...rest,
  };
}

/** @throws SpecError when a part is missing; ShapeError when inputs and targets do not have the same number of rows */
export function checkData(data: TrainingData<Values, Values>): void {
  const hint =
    "Pass what loadDigits() returns, or { train: { x, t }, test: { x, t } } with Tensors (records of Tensors for a network with several inputs or losses).";
  const isRecord = (value: unknown): boolean => typeof value === "object" && value !== null && !isPromise(value);
  checkKind("Trainer", "data", data, isRecord(data), "{ train: { x, t }, test: { x, t } }", hint);
  for (const part of ["train", "test"] as const) {
    const { [part]: samples } = data;
    checkKind("Trainer", `data.${part}`, samples, isRecord(samples), "{ x, t }", hint);
    const [x, t] = (["x", "t"] as const).map((name) => {
      const tensors = tensorsOf(samples[name]);
      if (tensors !== null) return tensors;
      throw SpecError.of("Trainer", `data.${part}.${name}`, samples[name], "a Tensor", {
        argument: "data",
        hint: Array.isArray(samples[name]) ? "Wrap arrays: tensor([…])." : numbersHint(samples[name], hint),
      });
    });
    const counts = new Set([...x, ...t].map(([, { shape }]) => shape[0]));
    if (counts.size === 1 && !counts.has(0) && !counts.has(undefined as never)) continue;
    const shapes = (of: readonly [string, Tensor][]): string =>
      of.map(([name, { shape }]) => `${name === "" ? "" : `${name} `}${formatShape(shape)}`).join(", ");
    throw ShapeError.of("Trainer", "data", `${shapes(x)} and ${shapes(t)}`, "one row or more, as many in x as in t", {
      problem: `data.${part} has inputs of shape ${shapes(x)} and targets of shape ${shapes(t)}`,
    });
  }
}

/** @throws SpecError where mini-batches would have fewer samples than the network can train on */
export function checkBatches(
  samples: number,
  miniBatchSize: number,
  { minBatchSize = 1 }: Network<never, never>,
): void {
  if (Math.min(samples, miniBatchSize) >= minBatchSize) return;
  const few = samples === 1 ? "there is 1 training sample" : `there are ${samples} training samples`;
  const received = Math.min(samples, miniBatchSize);
  throw SpecError.of("Trainer", "miniBatchSize", received, `${minBatchSize} samples or more for this network`, {
    problem: miniBatchSize < minBatchSize ? `miniBatchSize is ${miniBatchSize}` : few,
    hint: "Batch normalization compares the samples of a batch: use larger batches, or layer normalization.",
  });
}

/** @throws SpecError unless the network has params, loss and, where it classifies, accuracy */
export function checkNetwork(network: Network<never, never>): void {
  const given: Partial<Network<never, never>> | null | undefined = network;
  const missing =
    given?.params === null || typeof given?.params !== "object"
      ? "params"
      : (["loss", "accuracy"] as const).find(
          (name) => typeof given[name] !== "function" && (name === "loss" || given.classifies !== false),
        );
  if (missing === undefined) return;
  throw SpecError.of("Trainer", "network", given, "{ params, loss(x, t, { train }), accuracy(x, t) }", {
    problem: `the network has no ${missing}`,
    hint:
      missing === "accuracy"
        ? "Add accuracy(x, t), or classifies: false for a network without classes, such as a regression."
        : Array.isArray((given as { readonly layers?: unknown } | null | undefined)?.layers)
          ? "It is a spec; build it first: new Trainer(build(spec), data)."
          : "Pass a network such as TwoLayerNet, or any object with params, loss and accuracy.",
  });
}
