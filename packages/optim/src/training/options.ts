/** What a Trainer is made with, and what it refuses. */
import type { EngineChoice } from "@adjoint/compiler";
import { checkEngine } from "@adjoint/compiler/internal";
import { checkInteger, checkKind, checkOneOf, checkOptions, SpecError } from "@adjoint/tensor";
import { defined } from "@adjoint/tensor/internal";
import { Optimizer } from "../optimizer/optimizer.ts";
import type { OptimizerName, OptimizerParam } from "../rules/by-name.ts";
import type { ScheduleName, ScheduleSpec } from "../schedules/from-spec.ts";
import type { Plateau, PlateauOptions } from "../schedules/plateau.ts";
import type { Schedule } from "../schedules/schedule.ts";
import type { Measured } from "./measure.ts";
import type { TrainerState } from "./state.ts";

/** Accuracies of the model as it is now. */
export interface Accuracies {
  readonly train: number;
  readonly test: number;
}

/** What was measured over the samples of each part, by name: `loss`, `accuracy`, … */
export interface MeasuredParts {
  readonly train: Measured;
  readonly test: Measured;
  readonly validation?: Measured;
}

/** What is known after one mini-batch. */
export interface TrainingStep {
  /** Number of this mini-batch, from 1. */
  readonly iteration: number;
  /** Mini-batches of the whole training. */
  readonly iterations: number;
  /** Number of the epoch that runs, from 1. */
  readonly epoch: number;
  /** Epochs of the whole training. */
  readonly epochs: number;
  /** The loss, as in `trainLossList`. */
  readonly loss: number;
  /** Whether it was the last mini-batch of its epoch. */
  readonly epochEnded: boolean;
  /** At the first mini-batch of every epoch, after its update, where the network classifies. */
  readonly accuracy?: Accuracies;
  /** The loss of the test samples, at the same times, where the network does not classify. */
  readonly testLoss?: number;
  /** With `measureAt: "end"`, at the last mini-batch of every epoch, what was measured after its update. */
  readonly measured?: MeasuredParts;
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
  /**
   * The factor of the learning rate by the number of updates done: one of `schedules`, its name, or `{ kind, … }` with its
   * options, in which `steps` is by default all updates of the training. Default null: the rate stays.
   */
  readonly schedule?: Schedule | ScheduleName | ScheduleSpec | null;
  /** Reduces the learning rate when what `bestBy` names gets no better; measures at the end of epochs. Default null. */
  readonly plateau?: Plateau | PlateauOptions | null;
  /**
   * In how many parts, one after the other, the gradient of a mini-batch is computed, which takes less memory for the same
   * update; batch normalization sees each part by itself. Default 1.
   */
  readonly accumulate?: number;
  /**
   * Keeps an exponential moving average of the parameters, of which each update keeps this share, 0 ≤ average < 1: losses and
   * metrics are measured with it, and `trainer.average` has it. Default null: none.
   */
  readonly average?: number | null;
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
  /**
   * When it is measured: `"start"`, the default and the book's way, accuracies after the first mini-batch of every epoch;
   * `"end"`, after the last one, everything that the network's `evaluate` measures. Default `"end"` with `earlyStop` or
   * `keepBest`.
   */
  readonly measureAt?: "start" | "end";
  /** Epochs without a better one after which training ends. Default null: never. */
  readonly earlyStop?: number | null;
  /** Whether the state of the best network is kept, for `useBest`. Default false. */
  readonly keepBest?: boolean;
  /** By what epochs are compared: `"loss"`, the default, or a metric; larger is better where it ends in "accuracy". */
  readonly bestBy?: string;
  /** Is given the state at the end of every epoch, or as often as `checkpointEvery` says, to save it. */
  readonly checkpoint?: (state: TrainerState) => unknown;
  /** Mini-batches between checkpoints; the last one is always followed by one. Default null: one for each epoch. */
  readonly checkpointEvery?: number | null;
  /** The state of a Trainer made alike, to go on from. Default null. */
  readonly resume?: TrainerState | null;
  /** Ends the training before the next mini-batch. */
  readonly signal?: AbortSignal;
  /** Called after every mini-batch. A promise that it returns is awaited by `trainAsync`. */
  readonly onIteration?: (step: TrainingStep) => unknown;
  /**
   * Called after the first mini-batch of every epoch, with `accuracy` where the network classifies, else with `testLoss`;
   * with `measureAt: "end"` after the last one, with `measured`. A promise that it returns is awaited by `trainAsync`.
   */
  readonly onEpoch?: (step: TrainingStep) => unknown;
}

const bare = ["signal"] as const;
const callbacks = ["onIteration", "onEpoch", "checkpoint"] as const;
type Bare = (typeof bare | typeof callbacks)[number];

export type CompleteOptions = Required<Omit<TrainerOptions, Bare>> & Pick<TrainerOptions, Bare>;

const defaults: Required<Omit<TrainerOptions, Bare>> = {
  epochs: 20,
  miniBatchSize: 100,
  optimizer: "sgd",
  optimizerParam: {},
  schedule: null,
  plateau: null,
  accumulate: 1,
  average: null,
  evaluateSampleNumPerEpoch: null,
  seed: 0,
  replacement: true,
  recomputeLoss: true,
  compile: true,
  engine: "auto",
  threads: "auto",
  verbose: false,
  measureAt: "start",
  earlyStop: null,
  keepBest: false,
  bestBy: "loss",
  checkpointEvery: null,
  resume: null,
};

/** @throws SpecError for an unknown option or a value out of range */
export function completeOptions(options: TrainerOptions): CompleteOptions {
  const rate = ["lr", "learningRate", "learning_rate"].find((name) => Object.hasOwn((options ?? {}) as object, name));
  if (rate !== undefined) {
    throw SpecError.of("Trainer", rate, rate, "the rate among the optimizer's parameters", {
      problem: `the Trainer has no option ${rate}`,
      hint: 'Pass { optimizer: "adam", optimizerParam: { lr: 0.01 } }.',
    });
  }
  checkOptions("Trainer", options, [...Object.keys(defaults), ...bare, ...callbacks]);
  const complete: CompleteOptions = { ...defaults, ...defined(options) };
  const { epochs, miniBatchSize, optimizer, accumulate, evaluateSampleNumPerEpoch, engine, threads, plateau } =
    complete;
  const { replacement, recomputeLoss, compile, verbose, earlyStop, keepBest, bestBy, checkpointEvery } = complete;
  const comparesEpochs = earlyStop !== null || keepBest || plateau !== null;
  const { measureAt = comparesEpochs ? "end" : "start" } = options;
  const counts = { epochs, miniBatchSize, evaluateSampleNumPerEpoch, earlyStop, checkpointEvery };
  for (const [name, count] of Object.entries(counts)) if (count !== null) checkInteger("Trainer", name, count, 1);
  checkInteger("Trainer", "accumulate", accumulate, 1, miniBatchSize);
  checkKind("Trainer", "bestBy", bestBy, typeof bestBy === "string", "the name of a metric");
  checkOneOf("Trainer", "measureAt", measureAt, ["start", "end"]);
  if (measureAt === "start" && comparesEpochs) {
    const option = keepBest ? "keepBest" : earlyStop !== null ? "earlyStop" : "plateau";
    throw SpecError.of("Trainer", "measureAt", measureAt, '"end"', {
      problem: `${option} compares whole epochs, and measureAt is "start"`,
      hint: "Leave measureAt out.",
    });
  }
  checkEngine("Trainer", engine);
  if (threads !== "auto") checkInteger("Trainer", "threads", threads, 1);
  for (const [name, flag] of Object.entries({ replacement, recomputeLoss, compile, verbose, keepBest })) {
    checkOneOf("Trainer", name, flag, [true, false]);
  }
  if (optimizer instanceof Optimizer && options.optimizerParam !== undefined) {
    const problem = `optimizerParam is given beside an ${optimizer.name} that is already made`;
    const hint = `Pass the hyper-parameters to new ${optimizer.name}(…), or the optimizer by name.`;
    throw new SpecError({ op: "Trainer", problem, argument: "optimizerParam", hint });
  }
  for (const name of callbacks) {
    const callback: unknown = options[name];
    checkKind("Trainer", name, callback, callback === undefined || typeof callback === "function", "a function");
  }
  const signal: unknown = options.signal;
  const ok = signal === undefined || typeof (signal as AbortSignal | null)?.aborted === "boolean";
  checkKind("Trainer", "signal", signal, ok, "an AbortSignal", "Pass the signal of an AbortController.");
  return { ...complete, measureAt };
}
