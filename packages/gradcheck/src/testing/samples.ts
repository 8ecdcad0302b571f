/**
 * Samples of every built-in primitive, on which its laws are tried. The type checker demands one for each name.
 */
import type { PrimitiveName } from "@adjoint/autograd";
import type fc from "fast-check";
import type { Sample } from "./laws/subject.ts";
import { elementwiseSamples } from "./samples/elementwise.ts";
import { rearrangingSamples } from "./samples/rearranging.ts";
import { reducingSamples } from "./samples/reducing.ts";

/** Inputs (float64, away from kinks and poles) and attributes for every primitive by name. */
export const samples: { readonly [N in PrimitiveName]: fc.Arbitrary<Sample> } = {
  ...elementwiseSamples,
  ...rearrangingSamples,
  ...reducingSamples,
};
