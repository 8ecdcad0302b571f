/**
 * What a program is bound to outside of itself: the Variables, gradients and generators that its states are from.
 */
import { constant, type Variable } from "@adjoint/autograd";
import { GraphError, type RandomGenerator, type Tensor, tensor } from "@adjoint/tensor";

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

/** Whether what was taken for granted while tracing still holds: which gradients there are, and who waits for them. */
export function holds(bindings: readonly Binding[], args: readonly Variable[]): boolean {
  return bindings.every((binding) => {
    const { kind, before, wasNull } = binding;
    if (kind === "gradient") return wasNull === undefined || (ownerOf(binding, args).grad === null) === wasNull;
    return kind === "generator" || before === null || ownerOf(binding, args).node.hooks === before.node.hooks;
  });
}

/** What a binding holds now. */
export function heldBy(binding: Binding, args: readonly Variable[]): Tensor {
  if (binding.kind === "generator") {
    const { key, counter } = (binding.of as RandomGenerator).state;
    return tensor(Float64Array.of(key, counter));
  }
  const owner = ownerOf(binding, args);
  return (binding.kind === "gradient" ? (owner.grad as Variable) : owner).value;
}

/** Gives what a binding is of its next value; null forgets a gradient. */
export function move(binding: Binding, args: readonly Variable[], value: Tensor | null): void {
  if (binding.kind === "generator") {
    const [key, counter] = (value as Tensor).toArray() as number[];
    (binding.of as RandomGenerator).state = { key, counter };
  } else if (binding.kind === "gradient") {
    ownerOf(binding, args).grad = value === null ? null : constant(value);
  } else ownerOf(binding, args).assign(value as Tensor);
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
