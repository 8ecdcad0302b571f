/**
 * Runs the standard laws of ops on samples by fast-check, for built-in ops and for users' alike.
 */
import { checkInteger, checkKind, checkOneOf, checkOptions } from "@adjoint/tensor";
import fc from "fast-check";
import { adjointLaw } from "./laws/adjoint.ts";
import { backendLaw } from "./laws/backend.ts";
import { type BadInputsOptions, badInputsLaw } from "./laws/bad-inputs.ts";
import { batchLaw } from "./laws/batch.ts";
import { compositionLaw } from "./laws/composition.ts";
import { doubleBackwardLaw, gradientLaw, type NumericalOptions } from "./laws/gradient.ts";
import { jvpLaw } from "./laws/jvp.ts";
import { layoutLaw } from "./laws/layout.ts";
import { type PrecisionOptions, precisionLaw } from "./laws/precision.ts";
import { purityLaw } from "./laws/purity.ts";
import { shapeLaw } from "./laws/shape.ts";
import { type AnyOp, definitionOf, type Sample, subjectOf } from "./laws/subject.ts";

/** Assumptions that laws may make of an op and its samples. */
export interface LawOptions extends NumericalOptions, PrecisionOptions, BadInputsOptions {}

/** A law: throws a LawError with the reason when it does not hold for an op at a sample. */
export type Law = (op: AnyOp, sample: Sample, options?: LawOptions) => void;

/** The name of a law. */
export type LawName =
  | "shape"
  | "bad inputs"
  | "purity"
  | "layout"
  | "precision"
  | "adjoint"
  | "gradient"
  | "double backward"
  | "jvp"
  | "batch"
  | "kernels"
  | "composition";

/** The laws by name, cheapest first. Each can be called alone. */
export const laws: { readonly [N in LawName]: Law } = {
  shape: shapeLaw,
  "bad inputs": badInputsLaw,
  purity: purityLaw,
  layout: (op, sample) => layoutLaw(subjectOf(op, sample)),
  precision: (op, sample, options) =>
    precisionLaw(subjectOf(op, sample), definitionOf(op).linear !== undefined, options),
  adjoint: adjointLaw,
  gradient: (op, sample, options) => gradientLaw(subjectOf(op, sample), options),
  "double backward": (op, sample, options) => doubleBackwardLaw(subjectOf(op, sample), options),
  jvp: (op, sample) => jvpLaw(subjectOf(op, sample)),
  batch: (op, sample) => {
    if (definitionOf(op).batch !== undefined) batchLaw(subjectOf(op, sample));
  },
  kernels: (op, sample) => backendLaw(subjectOf(op, sample), definitionOf(op).linear !== undefined),
  composition: compositionLaw,
};

/** The names of all laws. */
export const lawNames = Object.keys(laws) as readonly LawName[];

/** Options of {@link opProperties}. */
export interface OpPropertiesOptions extends LawOptions {
  /** Samples tried for each law. Default 100. */
  readonly numRuns?: number;
  /** fast-check's seed, to replay a failure; its report prints it. Default: a new one each time. */
  readonly seed?: number;
  /** fast-check's path to a counterexample, to replay it alone. */
  readonly path?: string;
  /** Only these laws. Default: all. */
  readonly laws?: readonly LawName[];
  /** Registers a test, for example vitest's `it`. Without it the laws run at once. */
  readonly it?: (name: string, test: () => void) => void;
}

const optionNames = ["numRuns", "seed", "path", "laws", "it", "step", "ulps", "equalShapes", "everyDType"];

/**
 * Tests the standard properties of an op: gradient, double backward, adjoint and jvp, shape rule, layouts, precision,
 * purity, batches (where it has a batching rule), both sets of kernels, its composition in other ops (where it has one), and
 * refusal of bad inputs.
 *
 * ```ts
 * opProperties(softsign, tensors([2, 3]).map((x) => ({ inputs: [x], attributes: {} })), { it });
 * ```
 *
 * @param op      what `defineOp` returned, or a definition
 * @param samples float64 inputs fit for differentiation (away from kinks and poles), and attributes
 * @throws SpecError for an unknown law or option, samples that are not of fast-check, or a sample of another form
 * @throws Error (without `it`) with fast-check's report: the seed, the smallest counterexample, and the law's reason
 */
export function opProperties(op: AnyOp, samples: fc.Arbitrary<Sample>, options: OpPropertiesOptions = {}): void {
  const { name: opName } = definitionOf(op);
  const isArbitrary = typeof (samples as { readonly generate?: unknown } | null)?.generate === "function";
  const hint = "Draw them by fast-check: tensors([2, 3]).map((x) => ({ inputs: [x], attributes: {} })).";
  checkKind("opProperties", "samples", samples, isArbitrary, "an arbitrary of fast-check", hint);
  checkOptions("opProperties", options, optionNames);
  const { numRuns = 100, seed, path, laws: chosen = lawNames, it, ...lawOptions } = options;
  checkInteger("opProperties", "numRuns", numRuns, 1);
  checkKind("opProperties", "laws", chosen, Array.isArray(chosen), `names of laws, such as ["gradient"]`);
  for (const name of chosen) checkOneOf("opProperties", "laws", name, lawNames);
  const seeded = seed === undefined ? {} : { seed };
  for (const name of chosen) {
    const law: Law = laws[name];
    const test = (): void => {
      // Refuses samples of another form here, before fast-check reports them as a broken law.
      subjectOf(op, fc.sample(samples, { numRuns: 1, ...seeded })[0]);
      fc.assert(
        fc.property(samples, (sample) => law(op, sample, lawOptions)),
        { numRuns, ...seeded, ...(path === undefined ? {} : { path }) },
      );
    };
    if (it === undefined) test();
    else it(`${opName}: ${name}`, test);
  }
}
