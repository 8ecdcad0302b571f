import { GraphError } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { div, log, mul, scope, sqrt, sum, variable } from "../index.ts";
import { detectAnomaly } from "./anomaly.ts";

function errorOf(fn: () => unknown): GraphError {
  try {
    fn();
  } catch (error) {
    expect(error).toBeInstanceOf(GraphError);
    return error as GraphError;
  }
  throw new Error("nothing was noticed");
}

describe("detectAnomaly", () => {
  it("names the op, its place and the entry of the first NaN of a forward pass", () => {
    const x = variable(
      [
        [1, 2],
        [3, -4],
      ],
      { name: "x" },
    );
    const { message } = errorOf(() => detectAnomaly(() => scope("conv1", () => sum(log(x)))));
    expect(message).toMatch(/; computed at .*anomaly\.test\.ts:\d+:\d+/);
    expect(message.replace(/; computed at .*/, "")).toMatchInlineSnapshot(
      `"log: the result is NaN at [1, 1]; expected finite numbers. In layer "conv1", Variable "x". Its inputs are all finite"`,
    );
  });

  it("names the rule, and the line of the forward pass, of one that comes up on the way back", () => {
    const x = variable([4, 0], { name: "x" });
    const { message } = errorOf(() =>
      detectAnomaly(() => {
        const y = sqrt(x);
        y.name = "root";
        sum(y).backward();
      }),
    );
    expect(message).toMatch(
      /^div: the result is Infinity at \[1\], in the backward rule of sqrt "root"; expected finite numbers\./,
    );
    expect(message).toMatch(/its forward pass was computed at .+:\d+:\d+/);
    expect(x.grad).toBeNull();
  });

  it("tells what came in broken from what broke it", () => {
    const x = variable([0]);
    const bad = div(x, x);
    expect(errorOf(() => detectAnomaly(() => mul(bad, 2))).message).toContain("already hold NaN");
  });

  it("ends with its function, also when that fails, and passes on what it returns", () => {
    expect(() => detectAnomaly(() => log(variable([-1])))).toThrow(GraphError);
    expect(log(variable([-1])).item()).toBeNaN();
    expect(detectAnomaly(() => log(variable([1])).item())).toBe(0);
  });
});
