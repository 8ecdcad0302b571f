/** A model, or the tensors of a file, as what two of them are compared by: layers, and tensors by name. */
import { extname } from "node:path";
import { readSafetensors } from "@adjoint/data";
import { specMetadata } from "@adjoint/nn/internal";
import type { Tensor } from "@adjoint/tensor";
import { arraysIn } from "../arguments/list-tensors.ts";
import { isRun, openModel, openTrained } from "../arguments/load-spec.ts";
import { onnxEnding, openOnnx } from "../onnx/open-onnx.ts";

/** A layer: its kind and options, or the op of a node. */
export interface ComparedLayer {
  readonly name: string;
  readonly kind: string;
  /** Options as JSON values. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Compared {
  readonly path: string;
  /** "layers": of a model; "nodes": of an ONNX file; null for a file of tensors. */
  readonly parts: "layers" | "nodes" | null;
  readonly layers: readonly ComparedLayer[];
  /** Parameters and running statistics. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Whether the numbers are those of a file, and not drawn to begin with. */
  readonly hasNumbers: boolean;
}

/** What the inputs, the losses and the settings of a model are compared as: no layer has a name like this. */
const modelName = "(model)";

/** Opens a file or a run. @throws as what reads it */
export async function openCompared(path: string, used: readonly string[]): Promise<Compared> {
  const ending = extname(path).toLowerCase();
  const isFolder = await isRun(path);
  if (!isFolder && ending === onnxEnding) {
    const { nodes, params } = await openOnnx(path);
    return {
      path,
      parts: "nodes",
      layers: nodes.map(({ scope, op }) => ({ name: scope, kind: op, options: {} })),
      tensors: Object.fromEntries(Object.entries(params).map(([name, { value }]) => [name, value])),
      hasNumbers: true,
    };
  }
  const arrays = isFolder ? null : await arraysIn(path);
  if (arrays !== null) return ofTensors(path, arrays);
  if (!isFolder && ending === ".safetensors") {
    const { tensors, metadata } = await readSafetensors(path);
    if (!Object.hasOwn(metadata, specMetadata)) return ofTensors(path, tensors);
  }
  const model = isFolder ? (await openTrained("diff", path, used)).model : await openModel(path, { used });
  const { $schema: _, version: __, name: ___, layers: ____, ...rest } = model.toSpec();
  return {
    path,
    parts: "layers",
    layers: [
      { name: modelName, kind: "model", options: rest },
      ...model.layers.map(({ name, kind, spec }) => {
        const { kind: _, name: __, ...options } = spec as unknown as Readonly<Record<string, unknown>>;
        return { name, kind, options };
      }),
    ],
    tensors: model.state(),
    hasNumbers: isFolder || ending === ".safetensors",
  };
}

function ofTensors(path: string, tensors: Readonly<Record<string, Tensor>>): Compared {
  return { path, parts: null, layers: [], tensors, hasNumbers: true };
}
