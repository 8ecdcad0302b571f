/** No false alarms: the rules of all built-in ops pass, at many samples, in every mode and at every scale. */

import {
  add,
  div,
  mean,
  type OpDefinition,
  type PrimitiveName,
  primitives,
  sin,
  square,
  sub,
  type Variable,
} from "@adjoint/autograd";
import { apply } from "@adjoint/autograd/internal";
import { isFloat, kernels, tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GradcheckOptions, gradcheck } from "../gradcheck.ts";
import type { Sample } from "../testing/laws/subject.ts";
import { samples } from "../testing/samples.ts";

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

/** Functions that lose digits to a large number c and take it away again: their values are stairs. */
const cancelling: Readonly<Record<string, (x: Variable, c: number) => Variable>> = {
  "x + c − c": (x, c) => sub(add(x, c), c),
  "(x + c − c)²": (x, c) => square(sub(add(x, c), c)),
  "x² + c − c + sin x": (x, c) => add(sub(add(square(x), c), c), sin(x)),
  "((x + c)² − c²) / c": (x, c) => div(sub(square(add(x, c)), c * c), c),
  "x + c − mean(x + c)": (x, c) => sub(add(x, c), mean(add(x, c))),
};

// Inputs of few digits, and of many: rounding leaves sums of the first as they are, and shows by others alone.
const size = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0.01, max: 60, noNaN: true }));
const entry = fc.tuple(size, fc.constantFrom(-1, 0, 1)).map(([x, sign]) => sign * x);

it.each(Object.entries(cancelling))("gradcheck raises no false alarm for %s", (_, f) => {
  fc.assert(
    fc.property(
      fc.array(entry, { minLength: 1, maxLength: 3 }),
      fc.oneof(fc.integer({ min: 4, max: 14 }), fc.double({ min: 4, max: 14, noNaN: true })),
      (x, digits) => {
        const report = gradcheck((y) => f(y, 10 ** digits), [tensor(x, { dtype: "float64" })]);
        if (!report.ok) throw new Error(String(report));
      },
    ),
    { numRuns: 60 },
  );
  expect.assertions(0);
});
