/**
 * Lengths that may change from batch to batch, −1 in the shape of an input: a model is planned with two lengths in their
 * place. What differs between the two plans may change; parameters may not.
 */
import { type Shape, sameShape } from "@adjoint/tensor";
import type { SampleSpec } from "../layers/kind/layer-kind.ts";
import type { Mistake } from "../read/mistake.ts";
import type { Inferred } from "./infer.ts";
import type { Expansion, Step } from "./steps.ts";
import type { UnclearSpec } from "./unclear.ts";

/** A length that may change. */
export const ANY = -1;

/** A shape as text, with ? for lengths that may change: `[?, 8]`. */
export const shapeText = (shape: readonly (number | "N")[]): string =>
  `[${shape.map((n) => (n === ANY ? "?" : n)).join(", ")}]`;

/** Lengths to plan with, long enough for windows one behind the other; primes, which others are rarely made of. */
const LENGTHS = [97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151] as const;

/** Whether a sample has a shape; lengths that may change are 1 or more. */
export function fitsShape(given: Shape, wanted: Shape): boolean {
  return (
    given.length === wanted.length && wanted.every((n, axis) => (n === ANY ? given[axis] >= 1 : n === given[axis]))
  );
}

/** Two lengths that the spec does not speak of; null where no length may change. */
export function lengthsFor(spec: UnclearSpec, { inputs }: Expansion): readonly [number, number] | null {
  if (!inputs.some(({ shape }) => shape?.includes(ANY))) return null;
  const text = JSON.stringify(spec);
  const [first = LENGTHS[0], second = LENGTHS[1]] = LENGTHS.filter((n) => !text.includes(String(n)));
  return [first, second];
}

/** The steps with one length in place of all that may change. */
export function withLength({ inputs, ...rest }: Expansion, length: number): Expansion {
  const fixed = (shape: Shape): Shape => shape.map((n) => (n === ANY ? length : n));
  return {
    ...rest,
    inputs: inputs.map((input) => (input.shape === null ? input : { ...input, shape: fixed(input.shape) })),
  };
}

/** A mistake found with a length that stands for any, in words that do not speak of it. */
export function anyLength({ fix, hint, ...mistake }: Mistake, length: number): Mistake {
  const words = (text: string): string =>
    text.replace(/\d{1,3}(?:,\d{3})+|\d+/g, (digits) => {
      const factor = Number(digits.replaceAll(",", "")) / length;
      if (!Number.isInteger(factor) || factor === 0) return digits;
      return factor === 1 ? "?" : `${factor}·?`;
    });
  const { problem, expected, received } = mistake;
  // What was meant is not that length.
  const isFix = fix !== undefined && !JSON.stringify(fix.value).includes(String(length));
  return {
    ...mistake,
    problem: words(problem),
    ...(expected === undefined ? {} : { expected: words(expected) }),
    ...(received === undefined ? {} : { received: words(received) }),
    ...(hint === undefined ? {} : { hint: words(hint) }),
    ...(isFix ? { fix } : {}),
  };
}

/** A shape of which some lengths may change: those that differ between two plans. */
const changingShape = (first: Shape, second: Shape): Shape => first.map((n, axis) => (n === second[axis] ? n : ANY));

/** The same of a sample. */
export const changing = (first: SampleSpec, second: SampleSpec): SampleSpec => ({
  type: first.type,
  shape: changingShape(first.shape, second.shape),
});

/** A parameter whose shape depends on a length that may change; null where there is none. */
export function changingParameter(step: Step, first: Inferred, second: Inferred): Mistake | null {
  const other = { ...second.parameters, ...second.statistics };
  for (const [key, { shape }] of Object.entries({ ...first.parameters, ...first.statistics })) {
    if (sameShape(shape, other[key].shape)) continue;
    const own = shapeText(changingShape(shape, other[key].shape));
    return {
      path: step.path,
      layer: step.name,
      kind: step.kind,
      problem: `its ${key} would have the shape ${own}, which depends on a length that may change`,
      expected: "parameters of one shape",
      received: own,
      hint: 'Take the last step (output: "last") or a mean over axis 0 before it, apply it step by step (flatten: false), or declare the length of the input.',
    };
  }
  return null;
}
