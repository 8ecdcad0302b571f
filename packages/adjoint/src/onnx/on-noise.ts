/** An ONNX file run on noise: its graph, and a layer that `checkModule` checks. */
import {
  asVariable,
  concat,
  constant,
  type Graph,
  graphOf,
  recordAll,
  reshape,
  type VariableLike,
} from "@adjoint/autograd";
import type { OnnxModel } from "@adjoint/exchange";
import type { CheckedLayer } from "@adjoint/nn";
import { isFloat, type Tensor } from "@adjoint/tensor";
import { noiseFor } from "./open-onnx.ts";

/** One pass forward and, from the sum of all real outputs, backward. */
export function onnxGraph(net: OnnxModel, samples: number, seed: number): Graph {
  const noise = noiseFor(net, samples, seed);
  const inputs = Object.fromEntries(Object.entries(noise).map(([name, x]) => [name, constant(x, { name })]));
  const outputs = Object.values(recordAll(() => net.outputs(inputs)));
  const differentiable = outputs.filter(({ requiresGrad }) => requiresGrad);
  return differentiable.length === 0 ? graphOf(...outputs) : graphOf(...differentiable, { backward: true });
}

/** Samples that gradients are checked on. */
const SAMPLES = 2;

/**
 * The network as a layer of its first real input, all others held, or of its first where none is real.
 * Several outputs are joined to one row.
 */
export function onnxLayer(net: OnnxModel, seed: number): { readonly layer: CheckedLayer; readonly x: Tensor } {
  const noise = noiseFor(net, SAMPLES, seed);
  const first = (net.inputs.find(({ dtype }) => isFloat(dtype)) ?? net.inputs[0]).name;
  const layer: CheckedLayer = {
    name: "network",
    parameters: net.params,
    forward: (x: VariableLike) => {
      const outputs = Object.values(net.outputs({ ...noise, [first]: asVariable("check", x) }));
      const real = outputs.filter(({ dtype }) => isFloat(dtype));
      return real.length === 1 ? real[0] : concat(real.map((y) => reshape(y, [y.size])));
    },
  };
  return { layer, x: noise[first] };
}
