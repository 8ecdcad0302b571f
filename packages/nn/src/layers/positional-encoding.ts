/** Positional encoding: sines and cosines of the time, added. */
import {
  add,
  cast,
  constant,
  cos,
  cumsum,
  exp,
  index,
  mul,
  repeat,
  reshape,
  sin,
  stack,
  sub,
  unsqueeze,
  type Variable,
} from "@adjoint/autograd";
import type { DType } from "@adjoint/tensor";
import { sequenceAxes } from "./kind/axes.ts";
import { layerKind } from "./kind/layer-kind.ts";

/** 0, 1, …, n − 1 in float64. */
function upTo(n: number): Variable {
  return sub(cumsum(repeat(constant(Float64Array.of(1)), [n])), 1);
}

/** PE[t, 2i] = sin(t / 10000^(2i/D)), PE[t, 2i + 1] = cos of the same: [T, D], of ops, so that shapes alone cost nothing. */
function encodingOf(steps: number, units: number, dtype: DType): Variable {
  const rates = exp(mul(upTo(Math.ceil(units / 2)), (-2 * Math.log(10_000)) / units));
  const angles = mul(unsqueeze(upTo(steps), 1), rates);
  const pairs = reshape(stack([sin(angles), cos(angles)], { axis: 2 }), [steps, 2 * rates.size]);
  return cast(index(pairs, [{}, { stop: units }]), dtype);
}

/** Sines and cosines of the time added, not learned: [T, D] → [T, D]. Vaswani et al. 2017. */
export const positionalEncoding = layerKind({
  kind: "positionalEncoding",
  prefix: "encoding",
  synonyms: "sinusoidalencoding sinusoidalpositions",
  axes: sequenceAxes,
  layer:
    (_, { inputs: [{ shape }] }) =>
    ([x]) =>
      add(x, encodingOf(shape[0], shape[1], x.dtype)),
});
