/** The nodes of an ONNX file as a table. */
import type { OnnxModel } from "@adjoint/exchange";
import { renderTable, right } from "@adjoint/nn/internal";
import { formatShape, type Shape, sizeOf } from "@adjoint/tensor";
import { batchShapes } from "./open-onnx.ts";

const grouped = new Intl.NumberFormat("en-US");

/** What one node of a file takes. */
interface Cost {
  computes: boolean;
  shape: Shape;
  parameters: number;
  multiplyAdds: number;
}

export interface NodeRow {
  readonly name: string;
  readonly op: string;
  readonly outputShape: Shape;
  readonly parameters: number;
  readonly multiplyAdds: number;
}

/**
 * The nodes that compute, with the shapes of their outputs, the parameters that each is the first to read, and their
 * multiply-adds, for one sample where the number of samples is open.
 */
export function nodeRows(net: OnnxModel): NodeRow[] {
  const shapes = batchShapes(net, 1);
  const { nodes } = net.graph({ shapes: Object.fromEntries(shapes) });
  const places = new Map(
    net.nodes.map(({ scope }) => [scope, { computes: false, shape: [], parameters: 0, multiplyAdds: 0 } as Cost]),
  );
  const counted = new Set<number>();
  for (const node of nodes) {
    if (node.op === null) continue;
    const cost = costAt(places, node.scope);
    if (cost === undefined) continue;
    cost.computes = true;
    cost.shape = node.shape;
    if (node.op === "matmul") {
      const { shape } = nodes[node.inputs[0]];
      cost.multiplyAdds += sizeOf(node.shape) * shape[shape.length - 1];
    }
    for (const input of node.inputs) {
      if (nodes[input].role !== "parameter" || counted.has(input)) continue;
      counted.add(input);
      cost.parameters += sizeOf(nodes[input].shape);
    }
  }
  // Nodes whose values follow from the file alone compute nothing.
  return net.nodes.flatMap(({ scope, op }) => {
    const { computes, shape, parameters, multiplyAdds } = places.get(scope) as Cost;
    return computes ? [{ name: scope, op, outputShape: shape, parameters, multiplyAdds }] : [];
  });
}

export function onnxSummary(net: OnnxModel): string {
  const shapes = batchShapes(net, 1);
  const rows = nodeRows(net);
  const total = (of: (row: NodeRow) => number): string => grouped.format(rows.reduce((sum, row) => sum + of(row), 0));
  return renderTable(
    ["node", "op", "output shape", right("parameters"), right("multiply-adds")],
    [
      ...net.inputs.map(({ name }) => [name, "", formatShape(shapes.get(name) ?? [])]),
      ...rows.map(({ name, op, outputShape, parameters, multiplyAdds }) => [
        name,
        op,
        formatShape(outputShape),
        grouped.format(parameters),
        grouped.format(multiplyAdds),
      ]),
      ["total", "", "", total(({ parameters }) => parameters), total(({ multiplyAdds }) => multiplyAdds)],
    ],
  );
}

/** The cost of the node whose scope, or a scope inside of it, this is. */
function costAt(places: ReadonlyMap<string, Cost>, scope: string): Cost | undefined {
  for (let at = scope; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
    const cost = places.get(at);
    if (cost !== undefined) return cost;
  }
  return undefined;
}
