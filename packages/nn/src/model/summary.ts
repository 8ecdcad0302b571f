/** Summaries of a model, layer by layer: as data and as a table. */
import { abstractVariable, inferShapes, type Node, topologicalOrder, type Variable } from "@adjoint/autograd";
import { type Shape, sizeOf } from "@adjoint/tensor";
import { formatBytes } from "@adjoint/tensor/internal";
import { shapeText } from "../plan/lengths.ts";
import { renderTable, right } from "../table.ts";
import { checkModel } from "./check-model.ts";
import type { Model } from "./model.ts";
import { type ExampleShapes, exampleShapes } from "./random-samples.ts";

/** One layer of a summary; shapes are those of one sample. */
export interface LayerRow {
  /** The name of the layer. */
  readonly name: string;
  /** The kind of the layer. */
  readonly kind: string;
  /** The shape of its output. */
  readonly outputShape: Shape;
  /** Numbers that are learned; 0 for a shared layer, whose parameters are counted where they are made. */
  readonly parameters: number;
  /** Multiplications with additions in matrix products for one sample, forward. */
  readonly multiplyAdds: number;
  /** Bytes of activations that are kept for the backward pass, for one sample. */
  readonly activationBytes: number;
}

/** The cost of one layer for a batch. */
interface Cost {
  multiplyAdds: number;
  bytes: number;
}

const bytesPer = { float32: 4, float64: 8, int32: 4, bool: 1 } as const;

/**
 * Ops whose result lies in the memory of their input: nothing more is kept for it. (A reshape copies where its input does
 * not lie in row-major order, as behind a transpose; such a copy counts as what it is made from.)
 */
const views = new Set(["reshape", "transpose", "repeat", "slice", "identity", "detach"]);

/** Where a value lies: the node that made its memory. */
function memoryOf(node: Node): Node {
  let at = node;
  while (at.op !== null && views.has(at.op.name)) at = at.inputs[0];
  return at;
}

/** Costs by layer for a batch, read from the graph of a run on shapes alone. */
function costs(net: Model, { inputs: shapes }: ExampleShapes, batch: number): Map<string, Cost> {
  const inputs = Object.fromEntries(
    net.inputs.map(({ name, type }, i) => {
      const dtype = type === "float" ? net.dtype : "int32";
      return [name, abstractVariable({ shape: [batch, ...shapes[i]], dtype }, { name })];
    }),
  );
  const outputs = inferShapes(() => net.outputs(inputs, { train: true }), { maxSize: Number.POSITIVE_INFINITY });
  const order = topologicalOrder(Object.values(outputs).map((y: Variable) => y.node));
  const found = new Map<string, Cost>();
  const at = (scope: string): Cost => {
    const cost = found.get(scope) ?? { multiplyAdds: 0, bytes: 0 };
    found.set(scope, cost);
    return cost;
  };
  const kept = new Set<Node>();
  // Ops without a gradient are not recorded: they save nothing.
  const reached = new Set(Object.values(outputs).map((y: Variable) => y.node));
  for (const node of order.toReversed()) {
    if (node.op === null) continue;
    if (node.op.name === "matmul") {
      const [{ shape }] = node.inputs;
      at(node.scope).multiplyAdds += sizeOf(node.shape) * shape[shape.length - 1];
    }
    if (!node.requiresGrad || !reached.has(node)) continue;
    for (const input of node.inputs) reached.add(input);
    const saves = node.op.saves ?? "both";
    if (saves === "inputs" || saves === "both") for (const input of node.inputs) kept.add(memoryOf(input));
    if (saves === "output" || saves === "both") kept.add(memoryOf(node));
  }
  // Leaves are inputs and parameters, which are there anyway.
  for (const { op, scope, shape, dtype } of kept) if (op !== null) at(scope).bytes += sizeOf(shape) * bytesPer[dtype];
  return found;
}

/**
 * The layers of a model as data, one row for each: what {@link summary} prints. Multiply-adds and bytes of activations
 * are those of one sample.
 */
export function layerRows(net: Model): LayerRow[] {
  checkModel("layerRows", net);
  // The difference of two batches cancels costs that do not depend on the batch. Batch normalization needs two samples.
  const shapes = exampleShapes(net);
  const [two, three] = [costs(net, shapes, 2), costs(net, shapes, 3)];
  return net.layers.map(({ name, kind, outputShape, parameters, owner }) => {
    const scope = name.replaceAll(".", "/");
    const [less, more] = [two.get(scope), three.get(scope)];
    return {
      name,
      kind,
      outputShape,
      parameters: owner === name ? Object.values(parameters).reduce((count, x) => count + x.size, 0) : 0,
      multiplyAdds: (more?.multiplyAdds ?? 0) - (less?.multiplyAdds ?? 0),
      activationBytes: (more?.bytes ?? 0) - (less?.bytes ?? 0),
    };
  });
}

const grouped = new Intl.NumberFormat("en-US");

/**
 * The layers of a model as a table: name, kind, output shape, parameters, multiply-adds and kept activations for one
 * sample, and totals.
 * @throws SpecError for anything but a model
 */
export function summary(net: Model): string {
  checkModel("summary", net);
  const rows = layerRows(net);
  const total = (of: (row: LayerRow) => number): number => rows.reduce((sum, row) => sum + of(row), 0);
  const table = renderTable(
    ["layer", "kind", "output shape", right("parameters"), right("multiply-adds"), right("activations")],
    [
      ...net.inputs.map(({ name, shape, type }) => [name, type === "labels" ? type : "", batchShape(shape)]),
      ...rows.map(({ name, kind, outputShape, parameters, multiplyAdds, activationBytes }) => [
        name,
        kind,
        batchShape(outputShape),
        grouped.format(parameters),
        grouped.format(multiplyAdds),
        formatBytes(activationBytes),
      ]),
      ...net.losses.map(({ output, spec }) => [
        net.losses.length === 1 ? "loss" : `loss of ${output}`,
        spec.kind,
        "[]",
      ]),
      [
        "total",
        "",
        "",
        grouped.format(total((row) => row.parameters)),
        grouped.format(total((row) => row.multiplyAdds)),
        formatBytes(total((row) => row.activationBytes)),
      ],
    ],
  );
  const { length } = exampleShapes(net);
  return length === null ? table : `${table}\nMultiply-adds and activations are those of lengths ? = ${length}.`;
}

/** The shape of a batch of samples: `[N, 1, 28, 28]`. */
function batchShape(sample: Shape): string {
  return shapeText(["N", ...sample]);
}
