/** Shapes for runs that nobody gave a batch for: lengths that may change are set to some with which the model runs. */
import { abstractVariable, inferShapes } from "@adjoint/autograd";
import { AdjointError, type Shape } from "@adjoint/tensor";
import { ANY } from "../plan/lengths.ts";
import type { Model } from "./model.ts";

/** Lengths to try, the shortest first: windows one behind the other may need longer ones. */
const LENGTHS = [8, 32, 97, 331, 1009] as const;

/** Shapes of one sample. */
export interface ExampleShapes {
  /** In place of lengths that may change; null where there are none. */
  readonly length: number | null;
  /** Of the inputs, in order. */
  readonly inputs: readonly Shape[];
  /** Of the outputs by name. */
  readonly outputs: Readonly<Record<string, Shape>>;
}

/** The shapes of a model's inputs and outputs, with all lengths known. */
export function exampleShapes(net: Model): ExampleShapes {
  const { inputs } = net;
  if (inputs.every(({ shape }) => !shape.includes(ANY))) {
    const outputs = Object.fromEntries(net.outputLayers.map(({ name, shape }) => [name, shape]));
    return { length: null, inputs: inputs.map(({ shape }) => shape), outputs };
  }
  for (const length of LENGTHS) {
    const shapes = inputs.map(({ shape }) => shape.map((n) => (n === ANY ? length : n)));
    try {
      const batches = inputs.map(({ name, type }, i) => {
        const dtype = type === "float" ? net.dtype : "int32";
        return [name, abstractVariable({ shape: [2, ...shapes[i]], dtype }, { name })] as const;
      });
      const outputs = inferShapes(() => net.outputs(Object.fromEntries(batches), { train: false }));
      const own = Object.entries(outputs).map(([name, { shape }]) => [name, shape.slice(1)] as const);
      return { length, inputs: shapes, outputs: Object.fromEntries(own) };
    } catch (error) {
      if (!(error instanceof AdjointError) || length === LENGTHS[LENGTHS.length - 1]) throw error;
    }
  }
  throw new Error("a length is tried or refused");
}
