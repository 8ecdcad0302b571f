/**
 * The derivative of something else: of another input, or at the output where the input belongs.
 */
import { kernels, Tensor } from "@adjoint/tensor";
import type { Comparison, Evidence } from "../engine/comparison/evidence.ts";
import { pull, record, upstreamTensors } from "../engine/gradients.ts";
import type { Setting } from "../engine/setting.ts";
import { unitUpstreams } from "../engine/upstream.ts";
import { Line } from "../numerical/line.ts";
import { ridders } from "../numerical/ridders.ts";
import type { Diagnosis } from "../report/report.ts";
import { cellsOf, fitsAll, isElementwise, isNonzero, weighed } from "./pattern.ts";

/** Whether the gradient of one input is the derivative with respect to another. */
export function swappedInputs(e: Evidence, others: readonly Evidence[]): Diagnosis[] {
  const { telling, wrong } = cellsOf(e);
  if (wrong.length === 0) return [];
  const negated = fitsAll(e, (cell) => -e.analytic[cell]);
  for (const other of others) {
    if (other.rows !== e.rows || other.columns.length !== e.columns.length || !other.complete) continue;
    if (!e.complete || !resembles(e.analytic, other)) continue;
    const nonzero = telling.filter((cell) => isNonzero(other, cell)).length;
    if (nonzero === 0) continue;
    const mutual = resembles(other.analytic, e);
    const certainty = mutual ? (negated ? 0.85 : 0.95) : negated ? 0.5 : 0.87;
    return [
      {
        kind: "swapped-inputs",
        certainty: weighed(certainty, nonzero),
        other: other.name,
        text:
          `The gradient of ${e.name} is the derivative with respect to ${other.name}${mutual ? ", and the other way round" : ""}: ` +
          "the rules, or the operands inside them, are exchanged.",
      },
    ];
  }
  return [];
}

function resembles(analytic: Float64Array, e: Evidence): boolean {
  return analytic.every((v, cell) => Math.abs(v - e.numerical[cell]) <= e.tolerance[cell]);
}

/**
 * For y[i] = f(x[i]): whether the rule computes with x where y belongs (then the rule at x′ = y gives the derivative at
 * x), or with y where x belongs (then the gradient is the derivative at y).
 */
export function outputForInput(setting: Setting, { evidence: e, j }: Comparison): Diagnosis[] {
  const { subject, inputs, places } = setting;
  if (!isElementwise(e) || e.y === null || places.length !== 1 || inputs.length !== 1 || e.columns.length === 0)
    return [];
  const { wrong } = cellsOf(e);
  const diagonal = Array.from(e.columns, (_, i) => i * e.rows + i);
  if (wrong.length === 0 || e.y.every((y, i) => y === e.x[i])) return [];
  const k = inputs[j];
  const point = subject.points[k];
  const at = new Tensor(point.dtype === "float32" ? Float32Array.from(e.y) : e.y.slice(), point.shape);
  const points = subject.points.map((p, i) => (i === k ? at : p));
  const count = diagonal.length;
  const told: Diagnosis[] = [];
  try {
    const recorded = record(subject, points);
    const [rule] = pull(subject, recorded, upstreamTensors(recorded, new Float64Array(count).fill(1)));
    if (rule instanceof Float64Array && close(rule, diagonal, e.numerical, e.tolerance)) {
      told.push({
        kind: "wrong-value",
        certainty: weighed(0.88, count),
        text: "The rule is right for the output, but computes with the input: put y (output) where it says x.",
      });
    }
    const moved = { ...subject, points };
    const center = Float64Array.from(recorded.outputs[0].value.data);
    const ones = new Float64Array(count).fill(1);
    const line = new Line(moved, unitUpstreams(count), [{ input: k, direction: ones }], center);
    const slopes = Float64Array.from(e.columns, (_, i) => {
      const noise = 16 * setting.epsilon * Math.abs(center[i]);
      return ridders((t) => line.at(t)[i], setting.step * Math.max(1e-3, Math.abs(e.y?.[i] ?? 1)), noise).value;
    });
    if (close(slopes, diagonal, e.analytic, e.tolerance)) {
      told.push({
        kind: "wrong-value",
        certainty: weighed(0.86, count),
        text: "The gradient is the derivative at the output instead of the input: put x (inputs) where the rule says y.",
      });
    }
  } catch {
    // The output is outside the domain of the function: nothing can be said.
  }
  return told;
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

/** Inputs of whole numbers and truth values, as float lists, for conditions. */
export function otherInputs(setting: Setting, j: number): { readonly name: string; readonly values: Float64Array }[] {
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
