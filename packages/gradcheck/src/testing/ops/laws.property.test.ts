/** Every primitive under every law. */
import { type PrimitiveName, primitives } from "@adjoint/autograd";
import { describe, it } from "vitest";
import { runs } from "../../../../../testing/runs.ts";
import { lawNames, opProperties } from "../op-properties.ts";
import { samples } from "../samples.ts";

/** The primitives whose inputs must all have one shape. */
const strict: ReadonlySet<PrimitiveName> = new Set([
  "add",
  "sub",
  "mul",
  "div",
  "pow",
  "maximum",
  "minimum",
  "atan2",
  "remainder",
  "signed",
  "direction",
  "eq",
  "ne",
  "lt",
  "le",
  "gt",
  "ge",
  "where",
]);

describe.each(Object.keys(primitives) as PrimitiveName[])("%s", (name) => {
  for (const law of lawNames) {
    opProperties(primitives[name], samples[name], {
      laws: [law],
      equalShapes: strict.has(name),
      everyDType: true,
      numRuns: runs(100),
      it,
    });
  }
});
