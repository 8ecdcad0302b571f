/**
 * The derivative of something else: of another input, or at the output where the input belongs.
 */
import { kernels, Tensor } from "@adjoint/tensor";
import type { Evidence } from "../../comparison/evidence.ts";
import { pull, record, upstreamTensors } from "../../engine/derivatives/gradients.ts";
import type { Setting } from "../../engine/setting.ts";
import { unitUpstreams } from "../../engine/upstream.ts";
import { Line } from "../../numerical/line.ts";
import { ridders } from "../../numerical/ridders.ts";
import { cellsOf, fits, isElementwise, isNonzero } from "../pattern.ts";
import { type Candidate, type Case, type Mistake, oneMistake } from "../score.ts";

/** The gradient of one input is the derivative with respect to another. */
export function* swappedInputs({ e, others }: Case): Iterable<Mistake> {
  const { telling } = cellsOf(e);
  for (const other of others) {
    if (other.rows !== e.rows || other.columns.length !== e.columns.length || !other.complete || !e.complete) continue;
    if (!resembles(e.analytic, other) || !telling.some((cell) => isNonzero(other, cell))) continue;
    const mutual = resembles(other.analytic, e);
    yield {
      kind: "swapped-inputs",
      // Mutual exchange explains the other gradient too; otherwise it remains open why that one is right.
      bits: mutual ? -oneMistake : 2,
      other: other.name,
      words: () =>
        `The gradient of ${e.name} is the derivative with respect to ${other.name}${mutual ? ", and the other way round" : ""}: ` +
        "the rules, or the operands inside them, are exchanged.",
    };
  }
}

function resembles(analytic: Float64Array, e: Evidence): boolean {
  return analytic.every((value, cell) => fits(e, cell, value));
}

/**
 * For y[i] = f(x[i]): whether the rule computes with x where y belongs (then the rule at x′ = y gives the derivative at
 * x), or with y where x belongs (then the gradient is the derivative at y).
 */
export function* outputForInput({ e, setting, comparison: { j } }: Case): Iterable<Mistake> {
  const { subject, inputs, places } = setting;
  if (!isElementwise(e) || e.y === null || places.length !== 1 || inputs.length !== 1 || e.columns.length === 0) return;
  if (e.y.every((y, i) => y === e.x[i])) return;
  const diagonal = Array.from(e.columns, (_, i) => i * e.rows + i);
  const k = inputs[j];
  const point = subject.points[k];
  const at = new Tensor(point.dtype === "float32" ? Float32Array.from(e.y) : e.y.slice(), point.shape);
  const points = subject.points.map((p, i) => (i === k ? at : p));
  const ones = new Float64Array(diagonal.length).fill(1);
  try {
    const recorded = record(subject, points);
    const [rule] = pull(subject, recorded, upstreamTensors(recorded, ones));
    if (rule instanceof Float64Array && close(rule, diagonal, e.numerical, e.tolerance)) {
      yield {
        kind: "wrong-value",
        bits: 3,
        words: () => "The rule is right for the output, but computes with the input: use y (output) instead of x.",
      };
    }
    const center = Float64Array.from(recorded.outputs[0].value.data);
    const line = new Line({ ...subject, points }, unitUpstreams(ones.length), [{ input: k, direction: ones }], center);
    const slopes = Float64Array.from(e.columns, (_, i) => {
      const noise = 16 * setting.epsilon * Math.abs(center[i]);
      return ridders((t) => line.at(t)[i], setting.step * Math.max(1e-3, Math.abs(e.y?.[i] ?? 1)), noise).value;
    });
    if (close(slopes, diagonal, e.analytic, e.tolerance)) {
      yield {
        kind: "wrong-value",
        bits: 3,
        words: () => "The gradient is the derivative at the output instead of the input: use x (inputs) instead of y.",
      };
    }
  } catch {
    // The output lies outside the domain of the function: no conclusion.
  }
}

function close(
  found: Float64Array,
  diagonal: readonly number[],
  wanted: Float64Array,
  tolerance: Float64Array,
): boolean {
  return diagonal.every(
    (cell, i) => Math.abs(found[i] - wanted[cell]) <= 10 * tolerance[cell] + 1e-6 * Math.abs(wanted[cell]),
  );
}

/** Inputs of integers and truth values, as float lists, for conditions. */
export function otherInputs(setting: Setting, j: number): Candidate[] {
  const { subject, inputs } = setting;
  const own = subject.points[inputs[j]];
  return subject.points.flatMap((point, k) => {
    if (k === inputs[j] || point.size === 0) return [];
    try {
      const wide = kernels.contiguous(kernels.broadcastTo(point, own.shape));
      return [
        {
          name: subject.names[k],
          values: Float64Array.from({ length: own.size }, (_, i) => Number(wide.data[wide.offset + i])),
        },
      ];
    } catch {
      return [];
    }
  });
}
