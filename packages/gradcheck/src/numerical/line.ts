/**
 * A line through the point: one entry, or all entries along a direction. Its values are computed once for each step
 * and shared by every upstream vector.
 */
import { kernels, type Tensor } from "@adjoint/tensor";
import { messageOf, type Subject, valuesAt } from "../engine/subject.ts";
import { project, projectMagnitudes, type Upstreams } from "../engine/upstream.ts";
import { roundingNoise } from "./rounding.ts";

/** How one input moves: one of its entries by t, or all of them by t times a direction. */
export interface Move {
  readonly input: number;
  readonly entry?: number;
  readonly direction?: Float64Array;
}

/** The point where the function could not be computed, and the reason. */
export interface Trouble {
  readonly t: number;
  readonly message: string;
}

function remembered(known: Map<number, Float64Array>, t: number, compute: () => Float64Array): Float64Array {
  const values = known.get(t) ?? compute();
  known.set(t, values);
  return values;
}

/** The values of ⟨uᵣ, f(x + t·d)⟩. Remembers values, and where f could not be computed. */
export class Line {
  /** The step nearest to 0 at which f threw or gave NaN or ±∞. */
  trouble: Trouble | null = null;
  readonly upstreams: Upstreams;
  private readonly subject: Subject;
  private readonly moves: readonly Move[];
  private readonly known = new Map<number, Float64Array>();
  private readonly projected = new Map<number, Float64Array>();
  private readonly magnitudes = new Map<number, Float64Array>();
  private readonly roundings = new Map<number, Float64Array>();

  constructor(subject: Subject, upstreams: Upstreams, moves: readonly Move[], center: Float64Array) {
    this.subject = subject;
    this.upstreams = upstreams;
    this.moves = moves;
    this.known.set(0, center);
  }

  /** ⟨uᵣ, f⟩ for all r at t; NaN where f throws. */
  at(t: number): Float64Array {
    return remembered(this.projected, t, () => project(this.upstreams, this.valuesAt(t)));
  }

  /** All result elements at t; NaN where f throws. */
  valuesAt(t: number): Float64Array {
    return remembered(this.known, t, () => this.compute(t));
  }

  /** Σ |uᵣ| |f| for all r at t: the size of the numbers that are rounded there. */
  magnitudesAt(t: number): Float64Array {
    return remembered(this.magnitudes, t, () => projectMagnitudes(this.upstreams, this.valuesAt(t)));
  }

  /** How far ⟨uᵣ, f⟩ may be off by rounding at t, for all r; 0 where f is not finite. */
  roundingAt(t: number, epsilon: number): Float64Array {
    return remembered(this.roundings, t, () => {
      const values = this.valuesAt(t);
      if (!values.every(Number.isFinite)) return new Float64Array(this.upstreams.count);
      const there = { ...this.subject, points: this.pointsAt(t) };
      return projectMagnitudes(this.upstreams, roundingNoise(there, values, epsilon).noise);
    });
  }

  private compute(t: number): Float64Array {
    const { size } = this.upstreams;
    try {
      const values = valuesAt(this.subject, this.pointsAt(t));
      const bad = values.findIndex((y) => !Number.isFinite(y));
      if (bad >= 0) this.meet(t, `f gives ${values[bad]}`);
      if (values.length === size) return values;
      this.meet(t, `f returns ${values.length} numbers there, ${size} at the point`);
    } catch (error) {
      this.meet(t, `f throws: ${messageOf(error)}`);
    }
    return new Float64Array(size).fill(Number.NaN);
  }

  private meet(t: number, message: string): void {
    if (this.trouble === null || Math.abs(t) < Math.abs(this.trouble.t)) this.trouble = { t, message };
  }

  private pointsAt(t: number): Tensor[] {
    const points = [...this.subject.points];
    for (const { input, entry, direction } of this.moves) {
      const moved = points[input] === this.subject.points[input] ? kernels.copy(points[input]) : points[input];
      if (entry !== undefined) moved.data[entry] += t;
      if (direction !== undefined) for (let i = 0; i < moved.size; i++) moved.data[i] += t * direction[i];
      points[input] = moved;
    }
    return points;
  }
}
