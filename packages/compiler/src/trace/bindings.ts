/** What a program is bound to outside of itself: the Variables, gradients and generators that its states are from. */
import { constant, type Variable } from "@adjoint/autograd";
import type { Remote } from "@adjoint/autograd/internal";
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
}

/** Whether it still holds: which settings there are, which gradients, and who waits for them. */
export function holds({ bindings, assumptions }: Granted, args: readonly Variable[]): boolean {
  if (!assumptions.every((isSame) => isSame())) return false;
  return bindings.every((binding) => {
    const { kind, before, wasNull } = binding;
    if (kind === "gradient") return wasNull === undefined || ownerOf(binding, args).hasGrad === !wasNull;
    return kind === "generator" || before === null || ownerOf(binding, args).node.hooks === before.node.hooks;
  });
}

/** The way to what a binding is of. */
export function accessTo(binding: Binding, args: readonly Variable[]): StateAccess {
  if (binding.kind === "generator") return new GeneratorAccess(binding.of as RandomGenerator);
  const owner = ownerOf(binding, args);
  const isArgument = typeof binding.of === "number";
  return binding.kind === "gradient" ? new GradientAccess(owner, isArgument) : new ValueAccess(owner, isArgument);
}

/** Forgets the gradients that the function forgot. */
export function forget(bindings: readonly Binding[], args: readonly Variable[]): void {
  for (const binding of bindings) if (binding.after === null) ownerOf(binding, args).grad = null;
}

/** The way to something of a Variable. */
abstract class VariableAccess implements StateAccess {
  protected readonly x: Variable;
  /** Of an argument, whose place in memory is another's the next time: it takes its values with it. */
  private readonly isArgument: boolean;

  constructor(x: Variable, isArgument: boolean) {
    this.x = x;
    this.isArgument = isArgument;
  }

  abstract read(): Tensor;
  abstract write(value: Tensor): void;
  abstract isAt(remote: Remote): boolean;
  protected abstract leaveAt(remote: Remote): void;

  moveTo(remote: Remote): void {
    if (this.isArgument) this.write(remote.fetch());
    else this.leaveAt(remote);
  }
}

class ValueAccess extends VariableAccess {
  read(): Tensor {
    return this.x.value;
  }

  write(value: Tensor): void {
    this.x.assign(value);
  }

  isAt(remote: Remote): boolean {
    return this.x.isAt(remote);
  }

  protected leaveAt(remote: Remote): void {
    this.x.moveTo(remote);
  }
}

class GradientAccess extends VariableAccess {
  read(): Tensor {
    return (this.x.grad as Variable).value;
  }

  write(value: Tensor): void {
    this.x.grad = constant(value);
  }

  isAt(): boolean {
    return false;
  }

  protected leaveAt(remote: Remote): void {
    this.x.moveGradientTo(remote);
  }
}

class GeneratorAccess implements StateAccess {
  private readonly rng: RandomGenerator;

  constructor(rng: RandomGenerator) {
    this.rng = rng;
  }

  read(): Tensor {
    const { key, counter } = this.rng.state;
    return tensor(Float64Array.of(key, counter));
  }

  write(value: Tensor): void {
    const [key, counter] = value.toArray() as number[];
    this.rng.state = { key, counter };
  }

  isAt(): boolean {
    return false;
  }

  moveTo(remote: Remote): void {
    this.write(remote.fetch());
  }
}

/**
 * Refuses a Variable that is an argument and is used by the function besides: the program takes them for two.
 * @throws GraphError
 */
export function refuseShared(bindings: readonly Binding[], args: readonly Variable[]): void {
  const shared = bindings.find(({ of }) => args.includes(of as Variable));
  if (shared === undefined) return;
  const place = args.indexOf(shared.of as Variable);
  throw GraphError.of("compile", `argument ${place}`, shared.of, "a Variable that the function does not use besides", {
    problem: `"${shared.name}" is an argument, and the function uses it from outside as well`,
    hint: "Pass it or let the function read it, one of them.",
  });
}
