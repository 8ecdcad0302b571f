/** An ONNX file as a model that is measured: one input and one output, whose first axes are the samples. */
import type { Variable } from "@adjoint/autograd";
import type { OnnxModel } from "@adjoint/exchange";
import type { LossName, ModelSpec } from "@adjoint/nn";
import type { Measured } from "@adjoint/optim";
import { isFloat, type Shape, SpecError, type Tensor } from "@adjoint/tensor";
import type { Measurable } from "../training/evaluation.ts";
import { batchShapes, openOnnx } from "./open-onnx.ts";

/** A network that is measured, and what data for it look like. */
export interface MeasuredOnnx {
  readonly model: Measurable;
  readonly spec: Pick<ModelSpec, "input" | "inputs"> & { readonly loss: LossName };
  readonly givesProbabilities: boolean;
}

/**
 * The network in a file, with a loss to measure by.
 * @throws SpecError for one with several inputs or outputs
 */
export async function openMeasuredOnnx(op: string, path: string, loss: LossName): Promise<MeasuredOnnx> {
  const net = await openOnnx(path, { loss });
  const { inputs, outputNames } = net;
  if (inputs.length !== 1 || outputNames.length !== 1) {
    const counts = `${inputs.length} inputs and ${outputNames.length} outputs`;
    throw SpecError.of(op, "model", counts, "a network with one input and one output", {
      problem: `${path} has ${counts}`,
      hint: "Run it in a program, by onnxModel.",
    });
  }
  const [{ name, dtype }] = inputs;
  const shapes = batchShapes(net, 1);
  const [, ...input] = shapes.get(name) as Shape;
  const type = isFloat(dtype) ? ("float" as const) : ("labels" as const);
  const model: Measurable = {
    inputs: [{ name, shape: input, type }],
    outputLayers: [{ name: outputNames[0], shape: outputShape(net, shapes) }],
    losses: net.losses,
    dtype: dtype === "float64" ? "float64" : "float32",
    classifies: net.classifies,
    outputs: (x: Tensor): Record<string, Variable> => net.outputs(x),
    evaluate: (x, t, batchSize, outputs): Measured => net.evaluate(x, t, batchSize, outputs),
  };
  const givesProbabilities = net.nodes.at(-1)?.op === "Softmax";
  return { model, spec: { input: { shape: input, type }, loss } as MeasuredOnnx["spec"], givesProbabilities };
}

function outputShape(net: OnnxModel, shapes: ReadonlyMap<string, Shape>): Shape {
  const { nodes, outputs } = net.graph({ shapes: Object.fromEntries(shapes) });
  return nodes[outputs[0]].shape.slice(1);
}
