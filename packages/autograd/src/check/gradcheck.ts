/**
 * gradcheck: is the gradient that the graph gives the derivative of the function? In float64, entry by entry.
 */
import { checkOptions, DTypeError, isFloat, kernels, rng, SpecError, type Tensor } from "@adjoint/tensor";
import { sweep } from "../backward.ts";
import { noGrad, withRecording } from "../modes.ts";
import { asVariable, constant, Variable, type VariableLike, variable } from "../variable.ts";
import { renderReport } from "./report.ts";
import { ridders } from "./ridders.ts";

/** Options of {@link gradcheck}. */
export interface GradcheckOptions {
  /** Seed of the random upstream gradient. Default 0. */
  readonly seed?: number;
  /** First step of the extrapolation, relative to max(1, |x|). Default 1e-2. */
  readonly step?: number;
  /** Names of the inputs in the report. */
  readonly names?: readonly string[];
}

/** What a mistake looks like. */
export interface Diagnosis {
  readonly kind: "sign" | "scale" | "missing" | "kink" | "unknown";
  /** 0 … 1 */
  readonly certainty: number;
  readonly text: string;
}

/** One entry of a gradient, both ways. */
export interface GradcheckEntry {
  readonly index: readonly number[];
  readonly analytic: number;
  readonly numerical: number;
  /** How far the numerical value may be off. */
  readonly estimate: number;
}

/** What was found for one input. */
export interface InputReport {
  readonly ok: boolean;
  readonly name: string;
  readonly shape: readonly number[];
  /** Number of entries compared. */
  readonly checked: number;
  /** Largest |analytic − numerical|. */
  readonly maxError: number;
  /** The entry that exceeds its tolerance by most (or comes nearest to it); null for an empty input. */
  readonly worst: GradcheckEntry | null;
  /** Entries at which the one-sided slopes disagree: the function has no derivative there. */
  readonly kinks: readonly KinkEntry[];
  readonly diagnoses: readonly Diagnosis[];
}

/** A point without a derivative: the slopes on both sides, and the rule's value. */
export interface KinkEntry {
  readonly index: readonly number[];
  readonly left: number;
  readonly right: number;
  readonly analytic: number;
  /** Whether the rule's value lies between the two slopes, as a subgradient does. */
  readonly between: boolean;
}

/** The whole report: plain data; print it with `String(report)` or `console.log`. */
export interface GradcheckReport {
  readonly ok: boolean;
  readonly inputs: readonly InputReport[];
  toString(): string;
}

const epsilon = 2 ** -52;

/**
 * Checks the gradients of f against numerical derivatives.
 *
 * f's result y is multiplied with a fixed random u; the gradient of ⟨u, y⟩ with respect to every entry of every float
 * input is computed by the graph and by Ridders' extrapolation of central differences. An entry passes when they
 * differ by no more than the estimated error of the numerical value (times a safety factor of 10, since it is an
 * estimate) plus the rounding of the analytic one. Where the slopes on both sides differ the point is reported as a
 * kink, and passes when the rule's value lies between them.
 *
 * Inputs are taken as float64 copies; int32 and bool ones are passed on as they are. Nothing given is changed.
 *
 * @param f a function of Variables to a Variable of any shape; must be deterministic
 * @param inputs Variables, Tensors or numbers
 * @throws SpecError when f is not deterministic or returns NaN at the point itself
 */
export function gradcheck(
  f: (...xs: Variable[]) => Variable,
  inputs: readonly VariableLike[],
  options: GradcheckOptions = {},
): GradcheckReport {
  checkOptions("gradcheck", options, ["seed", "step", "names"]);
  const { seed = 0, step = 1e-2, names } = options;
  const points = inputs.map((x, i) => {
    const { value } = asVariable("gradcheck", x, `input ${i}`);
    return isFloat(value.dtype) ? kernels.copy(kernels.cast(value, "float64")) : value;
  });
  const xs = points.map((point) => variable(point));
  const y = withRecording("needed", () => f(...xs));
  if (!(y instanceof Variable) || !isFloat(y.dtype)) {
    throw new DTypeError({
      op: "gradcheck",
      problem: `the function returned ${y instanceof Variable ? `a Variable of dtype ${y.dtype}` : typeof y}`,
      expected: "a Variable of dtype float64",
      hint: "Return the Variable that f computes; only real numbers have derivatives.",
    });
  }
  const upstream = rng(seed).uniform(y.shape, { low: 0.5, high: 1.5, dtype: "float64" });
  const signs = rng(seed + 1).bernoulli(y.shape, { p: 0.5, dtype: "float64" });
  for (let i = 0; i < upstream.size; i++) if (signs.data[i] === 0) upstream.data[i] *= -1;
  const grads = y.requiresGrad
    ? noGrad(() =>
        sweep([{ node: y.node, grad: constant(kernels.cast(upstream, y.dtype)) }], new Set(xs.map((x) => x.node))),
      )
    : new Map();

  const at = (moved: readonly Tensor[]): number =>
    noGrad(() => {
      const value = kernels.contiguous(f(...moved.map((t) => constant(t))).value);
      let total = 0;
      for (let i = 0; i < value.size; i++) total += value.data[i] * upstream.data[i];
      return total;
    });
  const center = at(points);
  if (!Number.isFinite(center) || !Object.is(center, at(points))) {
    throw new SpecError({
      op: "gradcheck",
      problem: Number.isFinite(center)
        ? "f gives another result when it is called again"
        : `f gives ${center} at the point itself`,
      argument: "f",
      expected: "a deterministic function that is finite at and around the inputs",
      hint: "Fix random numbers with a seed, and choose inputs inside the function's domain.",
    });
  }
  // Rounding in y: a few ulp of the sum of |u·y|, which may be much larger than the sum itself.
  const size = noGrad(() => {
    const value = kernels.contiguous(y.value);
    let total = 0;
    for (let i = 0; i < value.size; i++) total += Math.abs(value.data[i] * upstream.data[i]);
    return total;
  });
  const noise = 4 * epsilon * Math.max(size, Math.abs(center));

  const reports = points.flatMap((point, k) => {
    if (!isFloat(point.dtype)) return [];
    const grad = grads.get(xs[k].node);
    const analytic = grad === undefined ? null : kernels.contiguous(grad.value);
    return [checkInput(point, k, analytic, names?.[k] ?? nameOf(inputs[k]) ?? `input ${k}`)];
  });

  function checkInput(point: Tensor, k: number, analytic: Tensor | null, name: string): InputReport {
    const moved = kernels.copy(point);
    const all = points.map((p, i) => (i === k ? moved : p));
    const entries: (GradcheckEntry & { excess: number })[] = [];
    const kinks: KinkEntry[] = [];
    for (let i = 0; i < point.size; i++) {
      const x = point.data[i];
      const along = (t: number): number => {
        moved.data[i] = x + t;
        try {
          return at(all);
        } finally {
          moved.data[i] = x;
        }
      };
      const h = step * Math.max(1, Math.abs(x));
      const { value: numerical, error } = ridders(along, h, noise + epsilon * Math.abs(x));
      const given = analytic === null ? 0 : analytic.data[i];
      const tolerance = 10 * error + 32 * epsilon * Math.max(Math.abs(given), Math.abs(numerical), size);
      const index = unravel(i, point.shape);
      const excess = Math.abs(given - numerical) / tolerance;
      if (!(excess <= 1)) {
        const kink = kinkAt(along, h, center, noise, given);
        if (kink !== null) {
          kinks.push({ index, ...kink });
          if (kink.between) continue;
        }
      }
      entries.push({
        index,
        analytic: given,
        numerical,
        estimate: error,
        excess: Number.isNaN(excess) ? Number.POSITIVE_INFINITY : excess,
      });
    }
    const ok = entries.every((e) => e.excess <= 1);
    const worst = entries.reduce<(typeof entries)[number] | null>(
      (w, e) => (w === null || e.excess > w.excess ? e : w),
      null,
    );
    return {
      ok,
      name,
      shape: point.shape,
      checked: point.size,
      maxError: entries.reduce((m, e) => Math.max(m, Math.abs(e.analytic - e.numerical)), 0),
      worst: worst && {
        index: worst.index,
        analytic: worst.analytic,
        numerical: worst.numerical,
        estimate: worst.estimate,
      },
      kinks,
      diagnoses: ok ? [] : diagnose(entries),
    };
  }

  const ok = reports.every((r) => r.ok);
  const report = { ok, inputs: reports };
  Object.defineProperty(report, "toString", { value: () => renderReport(report), enumerable: false });
  Object.defineProperty(report, Symbol.for("nodejs.util.inspect.custom"), {
    value: () => renderReport(report),
    enumerable: false,
  });
  return report;
}

function nameOf(x: VariableLike): string | undefined {
  return x instanceof Variable ? x.name : undefined;
}

function unravel(position: number, shape: readonly number[]): number[] {
  const index = new Array<number>(shape.length);
  let rest = position;
  for (let i = shape.length - 1; i >= 0; i--) {
    index[i] = rest % shape[i];
    rest = Math.floor(rest / shape[i]);
  }
  return index;
}

/** The slopes on both sides if they disagree at every small step, or null where the function is smooth. */
function kinkAt(
  along: (t: number) => number,
  step: number,
  center: number,
  noise: number,
  analytic: number,
): Omit<KinkEntry, "index"> | null {
  let left = 0;
  let right = 0;
  for (const h of [step / 1e2, step / 1e3, step / 1e4]) {
    const previous: [number, number] = [left, right];
    left = (center - along(-h)) / h;
    right = (along(h) - center) / h;
    // Of a smooth function the two differ by h · |f″|, which shrinks with h; at a kink the difference stays.
    const jump = Math.abs(right - left);
    if (jump < 1e-3 * Math.max(Math.abs(left), Math.abs(right)) + (100 * noise) / h) return null;
    if (h < step / 1e2 && jump < 0.5 * Math.abs(previous[1] - previous[0])) return null;
  }
  const margin = 1e-3 * Math.abs(right - left);
  const between = analytic >= Math.min(left, right) - margin && analytic <= Math.max(left, right) + margin;
  return { left, right, analytic, between };
}

/** What the wrong entries have in common. */
function diagnose(entries: readonly (GradcheckEntry & { excess: number })[]): Diagnosis[] {
  const telling = entries.filter((e) => Math.abs(e.numerical) > 100 * e.estimate);
  if (telling.length === 0) return [{ kind: "unknown", certainty: 0, text: "The gradient is not the derivative." }];
  if (telling.every((e) => e.analytic === 0)) {
    return [
      {
        kind: "missing",
        certainty: 0.9,
        text: "The gradient is 0 everywhere: the rule is missing, or a value was detached.",
      },
    ];
  }
  const ratios = telling.map((e) => e.analytic / e.numerical);
  const ratio = ratios[0];
  const constant = ratios.every((r) => Math.abs(r - ratio) <= 1e-4 * Math.abs(ratio));
  if (constant && Math.abs(ratio + 1) < 1e-4) {
    return [
      {
        kind: "sign",
        certainty: telling.length > 1 ? 0.95 : 0.6,
        text: "The sign is flipped: every entry is −1 times the derivative.",
      },
    ];
  }
  if (constant) {
    const text = `Every entry is ${Number(ratio.toPrecision(6))} times the derivative: a constant factor is missing or too many.`;
    return [{ kind: "scale", certainty: telling.length > 1 ? 0.9 : 0.5, text }];
  }
  return [
    { kind: "unknown", certainty: 0, text: "The gradient is not the derivative, and not a multiple of it either." },
  ];
}
