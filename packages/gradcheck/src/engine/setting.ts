/**
 * Computes what comparisons share: the function's values and gradients at the point, steps and rounding.
 */
import { kernels, type Tensor } from "@adjoint/tensor";
import { intermediateRounding } from "../numerical/intermediate-rounding.ts";
import type { Circumstances } from "../numerical/judge.ts";
import { nudged } from "../numerical/rounding.ts";
import { type Gradient, isFailure, pull, record, upstreamTensors } from "./derivatives/gradients.ts";
import { gradientSubjectFor } from "./derivatives/second-order.ts";
import { floatInputs, type OutputPlace, type Subject, smallestOf } from "./subject.ts";
import {
  projectMagnitudes,
  randomUpstreams,
  randomVector,
  type Upstreams,
  unitUpstreams,
  upstreamAt,
} from "./upstream.ts";

/** A function at its point, with the numbers that are computed there once. */
export interface Setting {
  readonly subject: Subject;
  /** Positions of the float inputs among all. */
  readonly inputs: readonly number[];
  readonly values: Float64Array;
  readonly places: readonly OutputPlace[];
  /** Rounding noise of every result element. */
  readonly noise: Float64Array;
  /** The part of the noise that ops explain. */
  readonly explained: Float64Array;
  readonly epsilon: number;
  readonly seed: number;
  readonly step: number;
  /** Derivatives smaller than this count as 0. */
  readonly negligible: number;
  readonly upstreams: Upstreams;
  /** [upstream][float input] */
  readonly gradients: readonly (readonly Gradient[])[];
  /** Size of each float input: the root of its mean square, 1 when all of it is 0. */
  readonly scales: readonly number[];
  /** Largest |gradient| by [upstream][float input]. */
  readonly largest: readonly (readonly number[])[];
  /** Largest |gradient| of each float input for any upstream. */
  readonly steepest: readonly number[];
  /** For each upstream: ⟨u, y⟩ noise, the part that ops explain, and size. */
  readonly rowNoise: Float64Array;
  readonly rowExplained: Float64Array;
  readonly rowSize: Float64Array;
  /** Numbers that are computed on first use. */
  readonly later: {
    conditioning: readonly (readonly Float64Array[])[] | null;
    /** How far the rounding of ops moves the gradients of each upstream vector. */
    readonly inside: Map<number, readonly Float64Array[]>;
  };
}

/** Up to this many result elements, each has a row of its own. */
const mostRows = 256;
const fewRows = 3;

/** Computes what comparisons share. */
export function settingOf(
  subject: Subject,
  given: Pick<Setting, "values" | "places" | "noise" | "explained" | "epsilon" | "seed" | "step" | "negligible"> & {
    readonly mode: "full" | "projected";
  },
): Setting {
  const { values, noise, explained, seed, mode } = given;
  const inputs = floatInputs(subject);
  const size = values.length;
  const unit = mode === "full" && size <= mostRows;
  const upstreams = unit ? unitUpstreams(size) : randomUpstreams(size, size === 1 ? 1 : fewRows, seed);
  const gradients = gradientsFor(subject, upstreams);
  const largest = gradients.map((row) => row.map((g) => (isFailure(g) || g === null ? 0 : largestOf(g))));
  return {
    ...given,
    subject,
    inputs,
    upstreams,
    gradients,
    scales: inputs.map((k) => scaleOf(subject.points[k].data as Float64Array)),
    largest,
    steepest: inputs.map((_, j) => largest.reduce((most, row) => Math.max(most, row[j]), 0)),
    rowNoise: projectMagnitudes(upstreams, noise),
    rowExplained: projectMagnitudes(upstreams, explained),
    rowSize: projectMagnitudes(upstreams, values),
    later: { conditioning: null, inside: new Map() },
  };
}

/** The gradients for every upstream vector. */
export function gradientsFor(subject: Subject, upstreams: Upstreams, points?: readonly Tensor[]): Gradient[][] {
  const recorded = record(subject, points);
  return Array.from({ length: upstreams.count }, (_, r) =>
    pull(subject, recorded, upstreamTensors(recorded, upstreamAt(upstreams, r))),
  );
}

/**
 * The root of the mean square, taken of shares of the largest: squares of 1e200 overflow, those of 1e-200 underflow.
 */
function scaleOf(data: Float64Array): number {
  const largest = largestOf(data);
  let squares = 0;
  for (const v of data) if (Number.isFinite(v)) squares += (v / largest) ** 2;
  return largest > 0 ? largest * Math.sqrt(squares / data.length) : 1;
}

function largestOf(data: Float64Array): number {
  let largest = 0;
  for (const v of data) if (Number.isFinite(v)) largest = Math.max(largest, Math.abs(v));
  return largest;
}

/**
 * The point with every entry moved by a random share of itself, of up to about `share`; entries that are 0 by that of
 * the smallest that is not. In an input of very different sizes that leaves each where it is.
 */
export function movedALittle({ subject, inputs, seed }: Setting, share: number, stream: number): Tensor[] {
  const points = [...subject.points];
  inputs.forEach((k, j) => {
    const data = points[k].data as Float64Array;
    const smallest = data.reduce((least, v) => (v === 0 ? least : Math.min(least, Math.abs(v))), Infinity);
    const direction = randomVector(points[k].size, seed + stream + j);
    points[k] = nudged(points[k], direction, share, Number.isFinite(smallest) ? smallest : 1);
  });
  return points;
}

/**
 * Collects the circumstances of a verdict on row r of float input j.
 *
 * @param x size of what moves: |xᵢ| for an entry
 * @param magnitude the gradients that the analytic value is added up from
 * @param entry which gradient it is, where it is one
 */
export function circumstances(
  setting: Setting,
  r: number,
  j: number,
  x: number,
  magnitude: number,
  entry?: number,
): Circumstances {
  const { epsilon, step, scales, largest, rowNoise, rowSize } = setting;
  const scale = scales[j];
  const first = step * Math.max(x, 0.1 * scale);
  const underflow = 64 * smallestOf(epsilon);
  return {
    step: first,
    // Of numbers far from 1 the size may say nothing of how fast a function varies: eˣ does at steps of 1 everywhere.
    otherSteps: [
      ...(x > 0 && x < 0.05 * scale ? [step * x] : []),
      ...(first < 1e-3 * step || first > 1e3 * step ? [step] : []),
    ],
    noise: rowNoise[r],
    explained: setting.rowExplained[r],
    noises: setting.noise,
    epsilon,
    rounding: 64 * epsilon * Math.max(Math.abs(magnitude), largest[r][j]) + underflow,
    underflow,
    size: x,
    largest: setting.steepest[j],
    unit: rowSize[r] / Math.max(scale, 1e-3),
    shaken: () => at(conditioning(setting)[r][j], entry),
    inside: () => at(roundingInside(setting, r)[j], entry),
  };
}

/** That of one entry, or of all together. */
function at(changes: Float64Array, entry: number | undefined): number {
  return entry === undefined ? changes.reduce((sum, v) => sum + v, 0) : (changes[entry] ?? 0);
}

/**
 * How much the gradients change when every input changes by its rounding: [upstream][float input], three tries. A
 * gradient that was computed as exactly as it can be may be off by about that.
 */
export function conditioning(setting: Setting): readonly (readonly Float64Array[])[] {
  setting.later.conditioning ??= measuredConditioning(setting);
  return setting.later.conditioning;
}

/** How far the rounding of the ops of function and rule moves the gradients for upstream r; 0 where it cannot be seen. */
function roundingInside(setting: Setting, r: number): readonly Float64Array[] {
  const { subject, upstreams, inputs, later } = setting;
  let found = later.inside.get(r);
  if (found === undefined) {
    const all = intermediateRounding(gradientSubjectFor(subject, upstreamAt(upstreams, r)));
    let start = 0;
    found = inputs.map((k) => {
      const { size } = subject.points[k];
      start += size;
      return all?.subarray(start - size, start) ?? new Float64Array(size);
    });
    later.inside.set(r, found);
  }
  return found;
}

function measuredConditioning(setting: Setting): Float64Array[][] {
  const { subject, upstreams, inputs, gradients, epsilon } = setting;
  const result = gradients.map((row) => row.map((g) => new Float64Array(g instanceof Float64Array ? g.length : 0)));
  for (let trial = 0; trial < 3; trial++) {
    const points = [...subject.points];
    for (const k of inputs) {
      points[k] = nudged(kernels.copy(points[k]), randomVector(points[k].size, 700 + 31 * trial + k), 2 * epsilon);
    }
    gradientsFor(subject, upstreams, points).forEach((row, r) => {
      row.forEach((g, j) => {
        const before = gradients[r][j];
        if (!(g instanceof Float64Array) || !(before instanceof Float64Array)) return;
        g.forEach((v, i) => {
          result[r][j][i] = Math.max(result[r][j][i], Math.abs(v - before[i]));
        });
      });
    });
  }
  return result;
}
