/** The summary of a model: one row for each layer, as data and as a table. */
import type { Shape } from "@adjoint/tensor";
import { renderTable } from "../table.ts";
import type { Model } from "./model.ts";

/** One layer of a summary; shapes are those of one sample. */
export interface LayerRow {
  readonly name: string;
  readonly kind: string;
  readonly outputShape: Shape;
  /** Numbers that are learned. */
  readonly parameters: number;
  /** Multiplications with additions for one sample. */
  readonly multiplyAdds: number;
}

/** The layers of a model as data. */
export function layerRows(net: Model): LayerRow[] {
  return net.layers.map(({ name, kind, outputShape, parameters, multiplyAdds }) => ({
    name,
    kind,
    outputShape,
    parameters: Object.values(parameters).reduce((count, x) => count + x.size, 0),
    multiplyAdds,
  }));
}

const grouped = new Intl.NumberFormat("en-US");

/** The layers of a model as a table: name, kind, output shape, parameters, multiply-adds for one sample, and totals. */
export function summary(net: Model): string {
  const rows = layerRows(net);
  const total = (of: (row: LayerRow) => number) => grouped.format(rows.reduce((sum, row) => sum + of(row), 0));
  const { input, loss } = net.toSpec();
  return renderTable(
    [
      { title: "layer" },
      { title: "kind" },
      { title: "output shape" },
      { title: "parameters", align: "right" },
      { title: "multiply-adds", align: "right" },
    ],
    [
      ["input", "", batchShape(input), "", ""],
      ...rows.map(({ name, kind, outputShape, parameters, multiplyAdds }) => [
        name,
        kind,
        batchShape(outputShape),
        grouped.format(parameters),
        grouped.format(multiplyAdds),
      ]),
      ["loss", loss, "[]", "", ""],
      ["total", "", "", total((row) => row.parameters), total((row) => row.multiplyAdds)],
    ],
  );
}

/** The shape of a batch of samples: `[N, 1, 28, 28]`. */
function batchShape(sample: Shape): string {
  return `[${["N", ...sample].join(", ")}]`;
}
