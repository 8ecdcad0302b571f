/** The report of a module as text: a line for each gradient, and the first wrong layer in full. */
import type { GradcheckReport } from "@adjoint/gradcheck";
import { formatShape, printableLine } from "@adjoint/tensor";
import { renderTable, right } from "../table.ts";

/** The report of one layer. */
export interface LayerReport {
  /** The name of the layer. */
  readonly name: string;
  /** Whether nothing is wrong with its gradients. */
  readonly ok: boolean;
  /** For the input of the layer and each of its parameters. */
  readonly report: GradcheckReport;
}

/** The whole report: plain data; print it with `String(report)` or `console.log`. */
export interface ModuleReport {
  /** Whether nothing is wrong in any layer. */
  readonly ok: boolean;
  /** The name of the first layer whose gradients are wrong, null where all are right. */
  readonly firstWrong: string | null;
  /** The reports of the layers, in the order in which they run. */
  readonly layers: readonly LayerReport[];
  /** The report as a table. */
  toString(): string;
}

const grouped = new Intl.NumberFormat("en-US");

/** A sentence on what was compared. */
function agreement(layers: ModuleReport["layers"]): string {
  const inputs = layers.flatMap(({ report }) => report.inputs);
  const count = (of: typeof inputs): number => of.reduce((n, { checked }) => n + checked, 0);
  const along = count(inputs.filter(({ directions }) => directions > 0));
  const how = along === 0 ? "each by itself" : `${grouped.format(along)} of them along random directions`;
  return `All ${grouped.format(count(inputs))} entries of ${inputs.length} gradients agree with numerical derivatives, ${how}.`;
}

/** A table of all layers, and the diagnosis of the first wrong one. */
export function renderModuleReport({ layers, firstWrong }: Omit<ModuleReport, "toString">): string {
  const rows = layers.flatMap(({ name, report }) =>
    report.inputs.map((input, i) => [
      i === 0 ? name : "",
      input.name,
      formatShape(input.shape),
      String(input.checked),
      input.maxError.toExponential(1),
      input.ok ? (input.kinks.length > 0 ? `ok (${input.kinks.length} kinks)` : "ok") : "WRONG",
    ]),
  );
  const table = renderTable(["layer", "gradient of", "shape", right("compared"), right("max error"), "verdict"], rows);
  const wrong = layers.find(({ name }) => name === firstWrong);
  if (wrong === undefined) return `${table}\n${agreement(layers)}`;
  return `${table}\n\nThe first layer whose gradients are wrong is ${printableLine(wrong.name)}:\n${String(wrong.report)}`;
}
