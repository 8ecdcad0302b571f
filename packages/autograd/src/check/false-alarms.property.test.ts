/** No false alarms: the rules of all built-in ops pass, at many samples, in every mode and at every scale. */
import { isFloat, kernels, tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import "../ops/methods.ts";
import { apply } from "../core/apply.ts";
import type { OpDefinition } from "../core/variable.ts";
import { type PrimitiveName, primitives } from "../ops/all.ts";
import type { Sample } from "../testing/laws/subject.ts";
import { samples } from "../testing/samples.ts";
import { type GradcheckOptions, gradcheck } from "./gradcheck.ts";

// Much to compute for one test, and other tests may run beside it.
vi.setConfig({ testTimeout: 60_000 });

/** detach is wrong on purpose: that is what it is for. */
const names = (Object.keys(primitives) as PrimitiveName[]).filter((name) => name !== "detach");
/** At a million times their samples these overflow, leave their domain, or are at their poles and jumps. */
const bounded: readonly PrimitiveName[] = [
  ...(["exp", "expm1", "sinh", "cosh", "pow", "log1p", "asin", "acos", "tan"] as const),
  ...(["floor", "ceil", "round"] as const),
];

/** Whether the op passes at a sample; true where there is nothing to differentiate. */
function passes(name: PrimitiveName, { inputs, attributes }: Sample, options: GradcheckOptions, scale = 1): boolean {
  const definition = primitives[name] as unknown as OpDefinition<object>;
  if (!isFloat(definition.infer(inputs, attributes).dtype)) return true;
  const scaled = inputs.map((x) =>
    isFloat(x.dtype) && scale !== 1 ? kernels.mul(x, tensor(scale, { dtype: x.dtype })) : x,
  );
  const report = gradcheck((...xs) => apply(definition, xs, attributes), scaled, options);
  if (!report.ok) throw new Error(`${name}: ${JSON.stringify(attributes)}\n${String(report)}`);
  return true;
}

function holds(name: PrimitiveName, numRuns: number, options: GradcheckOptions, scale = 1): void {
  fc.assert(
    fc.property(samples[name], fc.nat(1000), (sample, seed) => passes(name, sample, { ...options, seed }, scale)),
    { numRuns },
  );
}

describe("gradcheck raises no false alarm", () => {
  it.each(names)("for %s", (name) => {
    holds(name, 10, {});
    holds(name, 3, { order: 2 });
    holds(name, 5, { mode: "projected" });
    holds(name, 5, { dtype: "float32" });
    expect.assertions(0);
  });

  it.each(names)("for %s of very small and very large inputs", (name) => {
    holds(name, 5, {}, 1e-6);
    if (!bounded.includes(name)) holds(name, 5, {}, 1e6);
    expect.assertions(0);
  });
});
