/** The estimate of Ridders' method against derivatives that are known: it may be too large, but hardly ever too small. */
import { rng } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { ridders } from "./ridders.ts";

/** A function of one number, its derivative at 0, and the sum of the magnitudes that its values are added up from. */
interface Known {
  readonly g: (t: number) => number;
  readonly derivative: number;
  readonly magnitude: number;
}

/** Draws numbers one at a time. */
class Draws {
  private readonly generator: ReturnType<typeof rng>;
  private data: ArrayLike<number> = [];
  private next = 0;

  constructor(seed: number) {
    this.generator = rng(seed);
  }

  between(low: number, high: number): number {
    if (this.next >= this.data.length) {
      this.data = this.generator.uniform([4096], { dtype: "float64" }).data;
      this.next = 0;
    }
    return low + (high - low) * this.data[this.next++];
  }

  /** In ±[low, high]. */
  off(low: number, high: number): number {
    const value = this.between(-1, 1);
    return value < 0 ? -low + (high - low) * value : low + (high - low) * value;
  }

  list(length: number, draw: () => number): number[] {
    return Array.from({ length }, draw);
  }
}

const total = (terms: readonly number[]): number => terms.reduce((sum, x) => sum + x, 0);

const families: Readonly<Record<string, (d: Draws) => Known>> = {
  "products of a dozen factors": (d) => {
    const [a, v] = [d.list(12, () => d.between(-1.5, 1.5)), d.list(12, () => d.off(0.5, 1.5))];
    const derivative = total(v.map((x, i) => a.reduce((product, y, k) => (k === i ? product : product * y), x)));
    const g = (t: number): number => a.reduce((product, x, i) => product * (x + t * v[i]), 1);
    const moved = total(a.map((x, i) => Math.abs(x * v[i])));
    return { g, derivative, magnitude: Math.abs(g(0)) + (moved + 1) * Math.abs(derivative) };
  },
  "sums of sines that turn many times within a step": (d) => {
    const [a, p] = [d.list(4, () => d.off(0.5, 1.5)), d.list(4, () => d.between(0, 7))];
    const w = d.list(4, () => Math.exp(d.between(-2, 5)));
    return {
      g: (t) => total(a.map((x, i) => x * Math.sin(w[i] * t + p[i]))),
      derivative: total(a.map((x, i) => x * w[i] * Math.cos(p[i]))),
      magnitude: 6,
    };
  },
  "sums of exponentials": (d) => {
    const [a, w] = [d.list(4, () => d.off(0.5, 1.5)), d.list(4, () => d.off(0.5, 1.5) * Math.exp(d.between(-2, 3)))];
    return {
      g: (t) => total(a.map((x, i) => x * Math.exp(w[i] * t))),
      derivative: total(a.map((x, i) => x * w[i])),
      magnitude: 6,
    };
  },
  "sums of poles near by": (d) => {
    const [a, c] = [
      d.list(4, () => d.off(0.5, 1.5)),
      d.list(4, () => Math.sign(d.off(1, 2)) * Math.exp(d.between(-3.5, 1))),
    ];
    return {
      g: (t) => total(a.map((x, i) => x / (t - c[i]))),
      derivative: total(a.map((x, i) => -x / c[i] ** 2)),
      magnitude: total(a.map((x, i) => Math.abs(x / c[i]))),
    };
  },
  "powers of |x|, with the kink just outside": (d) => {
    const [a, p] = [d.list(3, () => d.off(0.5, 1.5)), d.list(3, () => d.between(1.1, 5))];
    const c = d.list(3, () => Math.sign(d.off(1, 2)) * Math.exp(d.between(-3.4, 1)));
    return {
      g: (t) => total(a.map((x, i) => x * Math.abs(c[i] + t) ** p[i])),
      derivative: total(a.map((x, i) => x * p[i] * Math.sign(c[i]) * Math.abs(c[i]) ** (p[i] - 1))),
      magnitude: 1 + total(a.map((x, i) => Math.abs(x) * Math.abs(c[i]) ** p[i])),
    };
  },
  norms: (d) => {
    const n = 1 + Math.floor(d.between(0, 12));
    const p = [1.5, 2, 3, 4][Math.floor(d.between(0, 4))];
    const [x, v] = [d.list(n, () => d.off(0.1, 2)), d.list(n, () => d.off(0.5, 1.5))];
    const g = (t: number): number => total(x.map((y, i) => Math.abs(y + t * v[i]) ** p)) ** (1 / p);
    const slope = total(x.map((y, i) => Math.sign(y) * Math.abs(y) ** (p - 1) * v[i]));
    return { g, derivative: g(0) ** (1 - p) * slope, magnitude: 1 + 2 * g(0) };
  },
};

describe("Ridders' estimate is no smaller than half the true error", () => {
  for (const [name, make] of Object.entries(families)) {
    it(`of ${name}`, () => {
      const draws = new Draws(1);
      let largest = 0;
      let useful = 0;
      const runs = 5000;
      for (let k = 0; k < runs; k++) {
        const { g, derivative, magnitude } = make(draws);
        // 16 ulps cover the functions and the sums.
        const { value, error } = ridders(g, [0.01, 0.02, 0.05][k % 3], 16 * 2 ** -52 * magnitude);
        largest = Math.max(largest, Math.abs(value - derivative) / error);
        if (error < 1e-4 * Math.abs(derivative)) useful++;
      }
      // Callers allow ten times the estimate: five times more than ever was needed here.
      expect(largest).toBeLessThan(2);
      // An estimate that is always huge would be safe too.
      expect(useful).toBeGreaterThan(0.9 * runs);
    });
  }
});
