/**
 * The subject of a law: a function of Variables at a point, and its gradients there. Ops and whole functions alike.
 */

import { constant, type Node, noGrad, type Op, type OpDefinition, type Variable, variable } from "@adjoint/autograd";
import { apply, recordingWith, ruleOf, sweep } from "@adjoint/autograd/internal";
import {
  AdjointError,
  checkKind,
  formatSpec,
  isFloat,
  isPlain,
  kernels,
  kindOf,
  rng,
  type Shape,
  SpecError,
  sameShape,
  Tensor,
} from "@adjoint/tensor";
import { apart } from "../../report/numbers.ts";

/** Inputs to try an op on, away from kinks and poles. */
export interface Sample<Attributes extends object = object> {
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
}

/** An op, as the function that `defineOp` gives or as its definition. */
export type AnyOp = OpDefinition<never> | { readonly definition: OpDefinition<never> } | Op<never>;

/** The definition of an op. */
export function definitionOf(op: AnyOp): OpDefinition<never> {
  const definition = ((op as { readonly definition?: unknown } | null)?.definition ?? op) as OpDefinition<never> | null;
  const ok = typeof definition?.name === "string" && typeof definition.forward === "function";
  checkKind("opProperties", "op", op, ok, "an op that defineOp made, or its definition");
  return definition as OpDefinition<never>;
}

/** A function at a point. */
export interface Subject {
  /** The name, for the reasons that laws give. */
  readonly name: string;
  readonly compute: (...xs: Variable[]) => Variable;
  readonly inputs: readonly Tensor[];
  /** The positions of the inputs that gradients are expected for. */
  readonly differentiable: readonly number[];
}

/** An op at a sample. @throws SpecError for a sample of another form */
export function subjectOf(op: AnyOp, sample: Sample): Subject {
  const definition = definitionOf(op);
  checkSample(definition, sample);
  return {
    name: definition.name,
    compute: (...xs) => apply(definition as unknown as OpDefinition<object>, xs, sample.attributes),
    inputs: sample.inputs,
    differentiable: sample.inputs.flatMap((x, i) => (isFloat(x.dtype) && ruleOf(definition, i) !== null ? [i] : [])),
  };
}

/** @throws SpecError unless it is `{ inputs, attributes }`, with as many Tensors as the op has rules */
function checkSample({ name, backward }: OpDefinition<never>, sample: unknown): void {
  const { inputs, attributes } = (sample ?? {}) as Partial<Sample>;
  const ok = Array.isArray(inputs) && inputs.every((x) => x instanceof Tensor) && isPlain(attributes);
  const count = Array.isArray(backward) ? backward.length : inputs?.length;
  if (ok && inputs.length === count) return;
  const expected = `{ inputs, attributes }, with ${count ?? "its"} Tensor${count === 1 ? "" : "s"} for inputs`;
  throw SpecError.of("opProperties", "samples", sample, expected, {
    problem: `a sample for ${name} is ${ok ? `one of ${inputs.length} inputs` : kindOf(sample)}`,
    hint: "Map what fast-check draws: tensors([2, 3]).map((x) => ({ inputs: [x], attributes: {} })).",
  });
}

/** A function of Variables at a point, under a `name` for errors, differentiable in all its float inputs. */
export function subject(name: string, compute: (...xs: Variable[]) => Variable, inputs: readonly Tensor[]): Subject {
  return { name, compute, inputs, differentiable: inputs.flatMap((x, i) => (isFloat(x.dtype) ? [i] : [])) };
}

/** A broken law, with its reason. `op` is the op, `argument` the law. */
export class LawError extends AdjointError {
  override readonly name = "LawError";
}

/** Throws a {@link LawError}. */
export function broken(law: string, { name }: { readonly name: string }, problem: string, hint?: string): never {
  throw new LawError({
    op: name,
    argument: law,
    problem: `${law} law: ${problem}`,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Fixed numbers in ±[0.5, 1.5]: an upstream gradient or a direction that favours no entry. */
export function weights(shape: Shape, seed: number, dtype: "float32" | "float64" = "float64"): Tensor {
  const { data } = rng(seed).uniform(shape, { low: -1, high: 1, dtype });
  const result = new Tensor(data.slice(), shape) as Tensor;
  for (let i = 0; i < result.size; i++) result.data[i] += result.data[i] < 0 ? -0.5 : 0.5;
  return result;
}

/** The value of a subject at other inputs, without a graph. */
export function valueAt({ compute }: Subject, inputs: readonly Tensor[]): Tensor {
  return noGrad(() => compute(...inputs.map((x) => constant(x))).value);
}

/** The result of a subject with its graph. */
export interface Recorded {
  readonly y: Variable;
  /** The differentiable inputs, in order. */
  readonly targets: readonly Variable[];
}

/** Runs a subject with gradients recorded for its differentiable inputs. */
export function recorded({ compute, inputs, differentiable }: Subject): Recorded {
  const xs = inputs.map((x, i) => variable(x, { requiresGrad: differentiable.includes(i) }));
  return { y: recordingWith({ mode: "needed" }, () => compute(...xs)), targets: differentiable.map((i) => xs[i]) };
}

/**
 * The gradients of ⟨upstream, y⟩ for `targets`, in their order; null where no gradient arrives.
 *
 * @param createGraph whether the gradients can be differentiated again
 */
export function gradientsOf({ y, targets }: Recorded, upstream: Variable, createGraph = false): (Variable | null)[] {
  if (!y.requiresGrad) return targets.map(() => null);
  const nodes = new Set<Node>(targets.map((x) => x.node));
  const found = recordingWith({ mode: createGraph ? "needed" : "none" }, () =>
    sweep([{ node: y.node, grad: upstream }], nodes),
  );
  return targets.map((x) => found.get(x.node) ?? null);
}

/** The values of the gradients for a fixed upstream gradient. */
export function gradientValues(at: Recorded, upstream: Tensor): (Tensor | null)[] {
  return gradientsOf(at, constant(upstream)).map((grad) => grad?.value ?? null);
}

/** The result and, where it is real, the gradients for fixed upstream numbers, laid in memory by `lay`. */
export function resultAndGradients(at: Recorded, seed: number, lay = (x: Tensor): Tensor => x): (Tensor | null)[] {
  const y = at.y.value;
  return isFloat(y.dtype) ? [y, ...gradientValues(at, lay(weights(y.shape, seed, floatDType(y))))] : [y];
}

/** Names element k of {@link resultAndGradients}. */
export function partName({ differentiable }: Subject, k: number): string {
  return k === 0 ? "the result" : `the gradient of input ${differentiable[k - 1]}`;
}

/** The smallest relative distance of two numbers in the coarsest float dtype that takes part. */
export function roundingOf(tensors: readonly Tensor[]): number {
  return tensors.some((t) => t.dtype === "float32") ? 2 ** -23 : 2 ** -52;
}

/** The dtype of a float tensor. */
export function floatDType(x: { readonly dtype: string }): "float32" | "float64" {
  return x.dtype === "float32" ? "float32" : "float64";
}

/**
 * The first place in which two tensors differ, and both values there; null where there is none. NaN equals NaN.
 *
 * @param tolerance  how far an element may be from the expected one. Default: all bits and the dtype are compared
 */
export function difference(
  found: Tensor,
  expected: Tensor,
  tolerance?: (expected: number) => number,
): { readonly at: number; readonly values: readonly string[]; readonly expected: number } | null {
  if ((tolerance === undefined && found.dtype !== expected.dtype) || !sameShape(found.shape, expected.shape)) {
    return { at: 0, values: [found, expected].map(formatSpec), expected: Number.NaN };
  }
  const [x, y] = [found, expected].map((t) => kernels.copy(t).data);
  const fits = (a: number, b: number): boolean => Object.is(a, b) || Math.abs(a - b) <= (tolerance?.(b) ?? -1);
  const at = x.findIndex((value: number, i: number) => !fits(Number(value), Number(y[i])));
  if (at < 0) return null;
  return { at, values: apart(Number(x[at]), Number(y[at])), expected: Number(y[at]) };
}

/** Whether two tensors have the same bits, zeros of either sign included; NaN equals NaN. */
export function sameBits(a: Tensor, b: Tensor): boolean {
  return difference(a, b) === null;
}

/** The largest magnitude of the elements, 0 of none. */
export function largestOf(x: Tensor): number {
  const { data, offset, size } = kernels.contiguous(x);
  let largest = 0;
  for (let i = 0; i < size; i++) largest = Math.max(largest, Math.abs(Number(data[offset + i])));
  return largest;
}
