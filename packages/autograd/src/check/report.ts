/**
 * The report of gradcheck as a table for people.
 */
import { formatShape } from "@adjoint/tensor";
import type { GradcheckReport } from "./gradcheck.ts";

function short(value: number): string {
  return Number.isFinite(value) ? Number(value.toPrecision(6)).toString() : String(value);
}

/** Columns padded to a common width, two spaces between. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** One line for each input: verdict, worst entry, both values, the estimate; then what the mistakes look like. */
export function renderReport(report: Omit<GradcheckReport, "toString">): string {
  const header = ["input", "shape", "verdict", "worst entry", "analytic", "numerical", "± estimate"];
  const rows = report.inputs.map((input) => [
    input.name,
    formatShape(input.shape),
    input.ok ? (input.kinks.length > 0 ? `ok (${input.kinks.length} kinks)` : "ok") : "WRONG",
    input.worst === null ? "-" : formatShape(input.worst.index),
    input.worst === null ? "-" : short(input.worst.analytic),
    input.worst === null ? "-" : short(input.worst.numerical),
    input.worst === null ? "-" : input.worst.estimate.toExponential(1),
  ]);
  const words = report.inputs.flatMap((input) => input.diagnoses.map((d) => `${input.name}: ${d.text}`));
  return [columns([header, ...rows]), ...words].join("\n");
}
