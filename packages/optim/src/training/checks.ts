/** Whether data, network and optimizer fit each other, before anything is trained. */
import { checkKind, formatShape, isPromise, numbersHint, ShapeError, SpecError, type Tensor } from "@adjoint/tensor";
import type { Optimizer } from "../optimizer/optimizer.ts";
import type { BatchSource, Network, Samples, TrainingData } from "./network.ts";
import type { TrainerOptions } from "./options.ts";
import { tensorsOf, type Values } from "./values.ts";

/** @throws SpecError when a part is missing; ShapeError when inputs and targets do not have the same number of rows */
export function checkData(data: TrainingData<Values, Values>): void {
  const hint =
    "Pass what loadDigits() returns, or { train: { x, t }, test: { x, t } } with Tensors (records of Tensors for a network with several inputs or losses).";
  const isRecord = (value: unknown): boolean => typeof value === "object" && value !== null && !isPromise(value);
  checkKind("Trainer", "data", data, isRecord(data), "{ train: { x, t }, test: { x, t } }", hint);
  for (const part of ["train", "test", "validation"] as const) {
    const { [part]: samples } = data;
    if (part === "validation" && samples === undefined) continue;
    checkKind("Trainer", `data.${part}`, samples, isRecord(samples), "{ x, t }", hint);
    const [x, t] = (["x", "t"] as const).map((name) => {
      const given = (samples as Samples<Values, Values>)[name];
      const tensors = tensorsOf(given);
      if (tensors !== null) return tensors;
      throw SpecError.of("Trainer", `data.${part}.${name}`, given, "a Tensor", {
        argument: "data",
        hint: Array.isArray(given) ? "Wrap arrays: tensor([…])." : numbersHint(given, hint),
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

/** The options of a training by a loader, whose batches are the loader's. @throws SpecError for options that say otherwise */
export function withoutOrder(
  options: Pick<TrainerOptions, "miniBatchSize" | "replacement" | "seed">,
  { batchSize }: Pick<BatchSource, "batchSize">,
): TrainerOptions {
  for (const name of ["miniBatchSize", "replacement", "seed"] as const) {
    if (options?.[name] === undefined) continue;
    throw SpecError.of("Trainer", name, options[name], `no ${name} beside a loader`, {
      problem: `${name} is given, and the loader has its own batches`,
      hint: `Leave ${name} out, and make the loader with what it should be.`,
    });
  }
  return { ...options, miniBatchSize: batchSize, replacement: false };
}

/** @throws SpecError where the last batch of a loader has fewer samples than the network can train on */
export function checkLast(
  { length, count, batchSize }: Pick<BatchSource, "length" | "count" | "batchSize">,
  minBatchSize: number,
): void {
  const last = count - (length - 1) * batchSize;
  if (last >= minBatchSize) return;
  throw SpecError.of("Trainer", "data.train", `${last}`, `${minBatchSize} samples or more for this network`, {
    problem: `the last batch of the loader has ${last === 1 ? "1 sample" : `${last} samples`}`,
    hint: "Batch normalization compares the samples of a batch: make the loader with { dropLast: true }.",
  });
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

/**
 * An optimizer that was made with the parameters of another network would train nothing, silently.
 * @throws SpecError for parameters that are not the network's
 */
export function checkOptimizer({ parameters, name }: Optimizer, network: Network<never, never>): void {
  if (parameters === null) return;
  const own = new Set(Object.values(network.params));
  const stranger = [...parameters].find(([, x]) => !own.has(x));
  if (stranger === undefined) return;
  throw SpecError.of("Trainer", "optimizer", stranger[0], "parameters of this network only", {
    problem: `the ${name} was made with "${stranger[0]}"`,
    hint: `Make it with new ${name}(network.params), or without parameters.`,
  });
}
