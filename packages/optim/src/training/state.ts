/** All that the next mini-batches of a training depend on, as plain data and tensors: taken, checked and put back. */
import {
  checkInteger,
  checkKind,
  formatShape,
  type GeneratorState,
  kernels,
  type Shape,
  SpecError,
  sameShape,
  shown,
  type Tensor,
} from "@adjoint/tensor";
import type { ExponentialMovingAverage } from "../averaging/moving-average.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import type { OptimizerState } from "../optimizer/state.ts";
import type { PlateauState } from "../schedules/plateau.ts";
import type { OrderState, SourceState } from "./mini-batches.ts";
import type { Network } from "./network.ts";

/** The state of a training between two mini-batches; later ones do not change it. */
export interface TrainerState {
  /** Numbers and names: JSON keeps them exactly. */
  readonly progress: TrainerProgress;
  /**
   * By name: `network/…`, `optimizer/…` and, where they are kept, averages as `average/…` and the best network as `best/…`;
   * `lists/…` are the lists of losses and accuracies, float64.
   */
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** The part of a {@link TrainerState} that is JSON. */
export interface TrainerProgress {
  /** The version of this form. */
  readonly version: 1;
  /** Mini-batches done. */
  readonly iteration: number;
  /** What the order of samples depends on besides the generator: a training with other numbers is another. */
  readonly samples: number;
  /** Samples in a mini-batch. */
  readonly miniBatchSize: number;
  /** Whether samples may be drawn again within an epoch. */
  readonly replacement: boolean;
  /** Where the order of samples is. */
  readonly order: OrderState | SourceState;
  /** Where the generators of the network are, by name. */
  readonly generators: Readonly<Record<string, GeneratorState>>;
  /** The optimizer's state but its tensors. */
  readonly optimizer: Omit<OptimizerState, "tensors">;
  /** The best epoch so far, and how many were measured since; null where none was. */
  readonly best: { readonly epoch: number; readonly value: number; readonly since: number } | null;
  /** What the plateau has seen, where there is one. */
  readonly plateau?: PlateauState;
}

type Tensors = Readonly<Record<string, Tensor>>;

type AnyNetwork = Network<never, never>;

type Group = "network" | "optimizer" | "average" | "best" | "lists";

/** Tensors of a group under their names in a state. */
export function inGroup(group: Group, tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, x]) => [`${group}/${name}`, x]));
}

/** The tensors of a group by their own names. */
export function groupOf({ tensors }: Pick<TrainerState, "tensors">, group: Group): Tensors {
  const prefix = `${group}/`;
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, x]) => [name.slice(prefix.length), x]));
}

/** All that training changes in a network, as copies. */
export function networkState(network: AnyNetwork): Tensors {
  if (network.state !== undefined) return network.state();
  return Object.fromEntries(Object.entries(network.params).map(([name, x]) => [name, kernels.copy(x.value)]));
}

/** Puts back what {@link networkState} gave. @throws what the network throws for what does not fit */
export function loadNetworkState(network: AnyNetwork, state: Tensors): void {
  if (network.loadState !== undefined) {
    network.loadState(state);
    return;
  }
  const { params } = network;
  const names = Object.keys(params);
  const fits = names.every((name) => state[name] !== undefined && sameShape(state[name].shape, params[name].shape));
  if (!fits || Object.keys(state).length !== names.length) {
    const shapes = (of: Readonly<Record<string, { readonly shape: Shape }>>): string =>
      Object.entries(of)
        .map(([name, { shape }]) => `${name} ${formatShape(shape)}`)
        .join(", ");
    throw refused(`its network has ${shapes(state)}`, shapes(params));
  }
  for (const name of names) params[name].assign(kernels.copy(state[name]));
}

export function generatorStates({ generators = {} }: AnyNetwork): Record<string, GeneratorState> {
  return Object.fromEntries(Object.entries(generators).map(([name, rng]) => [name, rng.state]));
}

export function setGenerators({ generators = {} }: AnyNetwork, states: Readonly<Record<string, GeneratorState>>): void {
  for (const [name, rng] of Object.entries(generators)) rng.state = states[name];
}

/** A function that puts back what a step changes: the network, its generators, the optimizer and averages. */
export function snapshotOf(
  network: AnyNetwork,
  optimizer: Optimizer,
  average: ExponentialMovingAverage | null,
): () => void {
  const [state, generators, slots] = [networkState(network), generatorStates(network), optimizer.state()];
  const averages = average?.state();
  return () => {
    if (averages !== undefined) average?.loadState(averages);
    loadNetworkState(network, state);
    setGenerators(network, generators);
    optimizer.loadState(slots);
  };
}

/** The error for a state of another training. */
function refused(problem: string, expected: string): SpecError {
  return SpecError.of("Trainer", "state", "another state", expected, {
    problem: `the state does not fit: ${problem}`,
    hint: "Make the Trainer as the one that the state was taken from: the same network, data, optimizer and batches.",
  });
}

/**
 * Whether a state is one of a training like this: of as many samples, in batches of one size, of a network with the same
 * generators. @throws SpecError
 */
export function checkTrainerState(
  state: TrainerState,
  own: Pick<TrainerProgress, "samples" | "miniBatchSize" | "replacement">,
  network: AnyNetwork,
  average: ExponentialMovingAverage | null,
): void {
  const { progress, tensors } = (state ?? {}) as Partial<TrainerState>;
  const isState = typeof progress === "object" && progress !== null && typeof tensors === "object" && tensors !== null;
  checkKind("Trainer", "state", state, isState, "what state() returned");
  const { version, iteration, order, optimizer, best } = progress as TrainerProgress;
  if (version !== 1) throw refused(`its version is ${shown(version)}`, "version 1");
  checkInteger("Trainer", "iteration", iteration, 0);
  for (const [part, value] of Object.entries({ order, optimizer, generators: progress?.generators })) {
    checkKind("Trainer", part, value, typeof value === "object" && value !== null, "an object");
  }
  checkKind("Trainer", "best", best, typeof best === "object", "an object, or null");
  for (const name of ["samples", "miniBatchSize", "replacement"] as const) {
    const [given, wanted] = [(progress as TrainerProgress)[name], own[name]];
    if (given !== wanted) throw refused(`its ${name} is ${shown(given)}`, `${name} ${wanted}`);
  }
  const hasAverages = Object.keys(groupOf(state, "average")).length > 0;
  if (hasAverages !== (average !== null)) {
    const words = (has: boolean): string => `${has ? "averages" : "no averages"} of parameters`;
    throw refused(`it has ${words(hasAverages)}`, words(average !== null));
  }
  const names = Object.keys(network.generators ?? {});
  const missing = names.find((name) => !Object.hasOwn((progress as TrainerProgress).generators, name));
  if (missing !== undefined) throw refused(`it has no generator "${missing}"`, names.join(", "));
}
