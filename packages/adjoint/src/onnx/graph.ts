/** The graph of an ONNX file, run on noise. */
import { constant, type Graph, graphOf, recordAll } from "@adjoint/autograd";
import type { OnnxModel } from "@adjoint/exchange";
import { noiseFor } from "./open-onnx.ts";

/** One pass forward and, from the sum of all real outputs, backward. */
export function onnxGraph(net: OnnxModel, samples: number, seed: number): Graph {
  const noise = noiseFor(net, samples, seed);
  const inputs = Object.fromEntries(Object.entries(noise).map(([name, x]) => [name, constant(x, { name })]));
  const outputs = Object.values(recordAll(() => net.outputs(inputs)));
  const differentiable = outputs.filter(({ requiresGrad }) => requiresGrad);
  return differentiable.length === 0 ? graphOf(...outputs) : graphOf(...differentiable, { backward: true });
}
