import { describe, expect, it } from "vitest";
import { scatter } from "./scatter.ts";

describe("scatter", () => {
  it.each([
    ["a parabola", (t: number) => 1 + t + t * t],
    ["a kink at 0", (t: number) => 1 + Math.abs(t)],
    ["a sine", (t: number) => Math.sin(1 + t)],
  ])("is rounding alone for %s", (_, g) => {
    // Sixth differences have coefficients of 64 in all, of values that are off by half an ulp of 2 at most.
    const most = (6 * 32 * 2 ** -52 * 2) / Math.sqrt(924);
    // Of sin it is h⁶ / 8⁶ more.
    expect(scatter(g, 0.01)).toBeLessThanOrEqual(most + 6 * (0.01 / 8) ** 6);
  });

  it("is a tenth of a stair at least, wherever it is", () => {
    for (let k = 0; k < 8; k++) expect(scatter((t) => (t > k + 0.5 ? 1 : 0), 8)).toBeGreaterThan(0.07);
    expect(scatter((t) => (t === 0 ? 0 : 1), 8)).toBeGreaterThan(0.1);
  });

  it("keeps its size at every scale, and leaves out a side without values", () => {
    const stair = scatter((t) => (t > 0.5 ? 1 : 0), 1);
    expect(scatter((t) => (t > 0.5 ? 2 ** 900 : 0), 1) / 2 ** 900).toBeCloseTo(stair, 12);
    expect(scatter((t) => (t < 0 ? Number.NaN : 1), 1)).toBe(0);
    expect(scatter(() => Number.NaN, 1)).toBe(0);
  });
});
