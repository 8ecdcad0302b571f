/** Training settings as plain data, such as a spec has, as the options of a Trainer. */
import { checkOptions } from "@adjoint/tensor";
import type { OptimizerName } from "../rules/by-name.ts";
import type { ScheduleName, ScheduleSpec } from "../schedules/from-spec.ts";
import type { TrainerOptions } from "../training/options.ts";

/** How a network is trained: the field `training` of a spec. */
export interface TrainingSettings {
  /** Passes over the training samples. Default 20. */
  readonly epochs?: number;
  /** Samples in a mini-batch. Default 100. */
  readonly batchSize?: number;
  /** The name of the optimizer. Default "adam". */
  readonly optimizer?: OptimizerName;
  /** The learning rate. Default: the optimizer's own. */
  readonly lr?: number;
  /** How the learning rate falls until the end. Default null: it stays. */
  readonly schedule?: ScheduleName | null;
  /** Mini-batches over which the learning rate rises at first. Default 0. */
  readonly warmup?: number;
  /** Seed of the order of samples. Default 0. */
  readonly seed?: number;
  /** The share of the training samples that is held out: for whoever splits the data, since a Trainer does not. */
  readonly validation?: number;
  /** Epochs without a better one after which training ends. Default null: never. */
  readonly earlyStop?: number | null;
  /** Whether the best network is kept. Default false. */
  readonly keepBest?: boolean;
  /** By what epochs are compared. Default "loss". */
  readonly bestBy?: string;
  /** A data set or its path: for whoever loads the data. */
  readonly data?: string;
  /** The column or array that is learned: for whoever loads the data. */
  readonly target?: string;
}

/** The settings that a Trainer has by the same name, with the same default. */
const same = ["epochs", "seed", "earlyStop", "keepBest", "bestBy"] as const;

/**
 * The options of a Trainer by which training settings are followed: every sample once an epoch, listed losses from before
 * the update, and measures at the end of epochs.
 *
 * ```ts
 * const trainer = new Trainer(build(spec), data, trainerOptions(spec.training));
 * ```
 *
 * @param settings  such as the field `training` of a spec
 * @throws SpecError for an unknown setting
 */
export function trainerOptions(settings: TrainingSettings = {}): TrainerOptions {
  checkOptions("trainerOptions", settings, [
    ...same,
    "batchSize",
    "optimizer",
    "lr",
    "schedule",
    "warmup",
    "validation",
    "data",
    "target",
  ]);
  const { batchSize = 100, optimizer = "adam", lr, schedule = null, warmup = 0 } = settings;
  return {
    ...Object.fromEntries(same.map((name) => [name, settings[name]])),
    miniBatchSize: batchSize,
    optimizer,
    optimizerParam: lr === undefined ? {} : { lr },
    schedule: scheduleOf(schedule, warmup),
    replacement: false,
    // No second forward pass.
    recomputeLoss: false,
    measureAt: "end",
  };
}

/** The schedule; null where the rate stays. */
function scheduleOf(name: ScheduleName | null, warmup: number): ScheduleSpec | null {
  const rest = name && ({ kind: name } as ScheduleSpec);
  return warmup === 0 ? rest : { kind: "warmup", steps: warmup, ...(rest && { followedBy: rest }) };
}
