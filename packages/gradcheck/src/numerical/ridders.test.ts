import { describe, expect, it } from "vitest";
import { ridders } from "./ridders.ts";

describe("ridders", () => {
  const cases: readonly (readonly [string, (t: number) => number, number])[] = [
    ["exp at 0", Math.exp, 1],
    ["sin at 1", (t) => Math.sin(1 + t), Math.cos(1)],
    ["log at 2", (t) => Math.log(2 + t), 0.5],
    ["x⁵ at −1.5", (t) => (t - 1.5) ** 5, 5 * 1.5 ** 4],
    ["a line", (t) => 3 * t - 1, 3],
    ["a constant", () => 7, 0],
  ];
  for (const [name, g, derivative] of cases) {
    it(`is within its own estimate for ${name}`, () => {
      const noise = 2 ** -50 * Math.max(1, Math.abs(g(0)));
      const { value, error } = ridders(g, 0.05, noise);
      expect(Math.abs(value - derivative)).toBeLessThanOrEqual(error);
      expect(error).toBeLessThan(1e-10 * Math.max(1, Math.abs(g(0))));
    });
  }

  it("admits a large error where there is no derivative to extrapolate to", () => {
    const { error } = ridders((t) => Math.sqrt(Math.abs(t)) * Math.sign(t), 0.05, 0);
    expect(error).toBeGreaterThan(0.1);
  });

  it("does not claim to know better than the values do", () => {
    const { error } = ridders((t) => 2 * t, 0.05, 1e-3);
    expect(error).toBeGreaterThanOrEqual(1e-3);
  });
});
