/** What a program is bound to outside of itself: the Variables, gradients and generators that its states are from. */
import { constant, type Node, topologicalOrder, type Variable } from "@adjoint/autograd";
import { accumulate, checkVersions } from "@adjoint/autograd/internal";
import { GraphError, type RandomGenerator, type Tensor, tensor } from "@adjoint/tensor";
import type { StateAccess } from "../engines/engine.ts";

/** Something outside of the function that it reads or changes, and how to reach it. */
export interface Binding {
  readonly kind: "value" | "gradient" | "generator";
  readonly name: string;
  /** What it belongs to: a Variable, an argument by its number, or a generator. */
  readonly of: Variable | number | RandomGenerator;
  /** What stands for it in the program before it changes; null where the function does not read it. */
  readonly before: Variable | null;
  /** What it is afterwards: undefined where it does not change, null for a gradient that is forgotten. */
  after: Variable | null | undefined;
  /** Of a gradient that was read: whether there was none. */
  readonly wasNull?: boolean;
}

function ownerOf({ of }: Binding, args: readonly Variable[]): Variable {
  return typeof of === "number" ? args[of] : (of as Variable);
}

/** What was taken for granted while tracing. */
interface Granted {
  readonly bindings: readonly Binding[];
  readonly assumptions: readonly (() => boolean)[];
  /** What gradients pass through on their way to each argument. */
  readonly hooks: readonly Node["hooks"][];
}

/** Whether it still holds: which settings there are, which gradients, and who waits for them. */
export function holds({ bindings, assumptions, hooks }: Granted, args: readonly Variable[]): boolean {
  if (!assumptions.every((isSame) => isSame()) || !hooks.every((own, i) => args[i].node.hooks === own)) return false;
  return bindings.every((binding) => {
    const { kind, before, wasNull } = binding;
    if (kind === "gradient") return wasNull === undefined || ownerOf(binding, args).hasGrad === !wasNull;
    return kind === "generator" || before === null || ownerOf(binding, args).node.hooks === before.node.hooks;
  });
}

/** The way to what a binding is of. An argument, whose place in memory is another's the next time, takes its values with it. */
export function accessTo(binding: Binding, args: readonly Variable[]): StateAccess {
  const { kind, of } = binding;
  if (kind === "generator") {
    const rng = of as RandomGenerator;
    const write = (value: Tensor): void => {
      const [key, counter] = value.toArray() as number[];
      rng.state = { key, counter };
    };
    const read = (): Tensor => tensor(Float64Array.of(rng.state.key, rng.state.counter));
    return { read, write, isAt: () => false, moveTo: (remote) => write(remote.fetch()) };
  }
  const x = ownerOf(binding, args);
  const isGradient = kind === "gradient";
  const write = (value: Tensor): void => {
    if (isGradient) x.grad = constant(value);
    else x.assign(value);
  };
  return {
    read: () => (isGradient ? (x.grad as Variable) : x).value,
    write,
    isAt: (remote) => !isGradient && x.isAt(remote),
    moveTo: (remote) => {
      if (typeof of === "number") write(remote.fetch());
      else if (isGradient) x.moveGradientTo(remote);
      else x.moveTo(remote);
    },
  };
}

/** Whether the function gave a binding another value, which is none where a gradient was forgotten. */
export function isChanged({ before, after }: Binding): boolean {
  return after !== undefined && after !== null && after !== before;
}

/** The ways to what bindings are of, for the arguments of a run; what is no argument has the same one in all runs. */
export function accessesTo(bindings: readonly Binding[]): (args: readonly Variable[]) => StateAccess[] {
  const lasting = bindings.map((binding) => (typeof binding.of === "number" ? null : accessTo(binding, [])));
  return (args) => bindings.map((binding, i) => lasting[i] ?? accessTo(binding, args));
}

/** Forgets the gradients that the function forgot. */
export function forget(bindings: readonly Binding[], args: readonly Variable[]): void {
  for (const binding of bindings) if (binding.after === null) ownerOf(binding, args).grad = null;
}

/**
 * Runs a program with arguments that may have been computed: gradients that reach them flow on to what they were computed from,
 * as they do without a program, when all else has moved.
 */
export function flowingOn<R>(args: readonly Variable[], run: () => R): R {
  const computed = [...new Set(args)].filter((x) => !x.isLeaf && x.requiresGrad);
  if (computed.length === 0) return run();
  const before = computed.map(({ grad }) => grad);
  const outputs: { readonly node: Node; readonly grad: Variable }[] = [];
  for (const x of computed) x.grad = null;
  let result: R;
  try {
    result = run();
    for (const { node, grad } of computed) if (grad !== null) outputs.push({ node, grad });
  } finally {
    computed.forEach((x, i) => {
      x.grad = before[i];
    });
  }
  // The program has called them.
  const hooks = outputs.map(({ node }) => node.hooks);
  try {
    for (const { node } of outputs) node.hooks = null;
    accumulate(outputs);
  } finally {
    outputs.forEach(({ node }, i) => {
      node.hooks = hooks[i];
    });
  }
  return result;
}

/**
 * Refuses arguments that the program takes for what they are not: a Variable that the function uses besides, as if it were two;
 * one that was computed, as if it could be assigned to, or as if no other gradient of what it follows from were there.
 * @throws GraphError
 */
export function checkArguments(bindings: readonly Binding[], args: readonly Variable[]): void {
  for (const binding of bindings) {
    const { kind, name, of } = binding;
    const place = args.indexOf(of as Variable);
    if (place >= 0) {
      throw GraphError.of("compile", `argument ${place}`, of, "a Variable that the function does not use besides", {
        problem: `"${name}" is an argument, and the function uses it from outside as well`,
        hint: "Pass it or let the function read it, one of them.",
      });
    }
    if (typeof of !== "number" || args[of].isLeaf) continue;
    if (kind === "gradient") checkSources(bindings, args, of);
    // It refuses that itself, before anything has changed.
    else if (isChanged(binding)) args[of].assign(args[of].value);
  }
}

/** A gradient flows on from an argument after the program has run: too late for what the program does with its sources. */
function checkSources(bindings: readonly Binding[], args: readonly Variable[], place: number): void {
  const x = args[place];
  const nodes = topologicalOrder([x.node]).filter((node) => node.requiresGrad);
  nodes.forEach(checkVersions);
  const shared = bindings.find((binding) => {
    const isUsed = binding.kind === "gradient" || (binding.kind === "value" && isChanged(binding));
    const owner = isUsed ? ownerOf(binding, args) : x;
    return owner !== x && nodes.includes(owner.node);
  });
  if (shared === undefined) return;
  throw GraphError.of("compile", `argument ${place}`, x, "a Variable that follows from none that the function uses", {
    problem: `argument ${place} was computed from "${shared.name}", which the function uses as well`,
    hint: "Compute it inside the function, or cut it off with detach().",
  });
}
