/** One op by way of a file, for tests. */
import { constant, type PrimitiveName, primitives, type Variable } from "@adjoint/autograd";
import { apply } from "@adjoint/autograd/internal";
import { trace } from "@adjoint/compiler";
import { AdjointError, type DType, isFloat, kernels, type Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { samples } from "../../../gradcheck/src/testing/samples.ts";
import { fromOnnx } from "../onnx/in/from-onnx.ts";
import { toOnnx } from "../onnx/out/to-onnx.ts";

/** What an op gives, and what comes of it by way of a file; null where either refuses it. */
function thereAndBack(name: PrimitiveName, inputs: readonly Tensor[], attributes: object) {
  const one = (...xs: Variable[]): Variable => apply(primitives[name] as never, xs, attributes as never);
  const names = inputs.map((_, i) => `x${i}`);
  try {
    const { value } = one(...inputs.map((x) => constant(x)));
    const graph = fromOnnx(toOnnx(trace(one, ...inputs.map((x) => constant(x))), { opset: 18, inputs: names }));
    const read = new Set(graph.nodes.filter(({ op }) => op === null).map((leaf) => leaf.name));
    const feeds = Object.fromEntries(names.flatMap((leaf, i) => (read.has(leaf) ? [[leaf, inputs[i]]] : [])));
    return { value, back: graph.run(feeds).outputs[0] };
  } catch (error) {
    if (error instanceof AdjointError) return null;
    throw error;
  }
}

const bits = (x: Tensor) => [x.dtype, x.shape, Array.from(kernels.copy(x).data)];

/** Samples of an op in a dtype for which files give other bits, as pairs of these; and how many there were. */
export function changed(name: PrimitiveName, dtype: DType, numRuns: number, seed: number) {
  const found: [given: unknown, back: unknown][] = [];
  let count = 0;
  const given = samples[name] as fc.Arbitrary<{ inputs: Tensor[]; attributes: object }>;
  for (const { inputs, attributes } of fc.sample(given, { numRuns, seed })) {
    const own = inputs.map((x) => (isFloat(x.dtype) ? kernels.cast(x, dtype) : x));
    const both = thereAndBack(name, own, attributes);
    if (both === null) continue;
    count++;
    const [value, back] = [bits(both.value), bits(both.back)];
    if (JSON.stringify(value) !== JSON.stringify(back)) found.push([value, back]);
  }
  return { found, count };
}
