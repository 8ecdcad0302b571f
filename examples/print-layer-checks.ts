/**
 * The result of `checkLayers` as a table, and an exit code when a gradient is wrong.
 */
import { renderTable } from "adjoint";
import type { LayerCheck } from "adjoint/training";

/** Prints a row for each tensor; sets the exit code to 1 when one of them fails. */
export function printLayerChecks(checks: readonly LayerCheck[]): void {
  const scientific = (x: number): string => x.toExponential(1);
  console.log(
    renderTable(
      [
        { title: "layer" },
        { title: "gradient of" },
        { title: "entries", align: "right" },
        { title: "max |gradient|", align: "right" },
        { title: "max |difference|", align: "right" },
        { title: "tolerance", align: "right" },
        { title: "because of" },
        { title: "verdict" },
      ],
      checks.map((check) => [
        check.layer,
        check.parameter,
        check.entries.toLocaleString("en-US"),
        check.largest.toPrecision(2),
        scientific(check.maxDifference),
        scientific(check.tolerance),
        check.reason,
        check.ok ? "ok" : "WRONG",
      ]),
    ),
  );
  const wrong = checks.filter((check) => !check.ok);
  const entries = checks.reduce((total, check) => total + check.entries, 0).toLocaleString("en-US");
  if (wrong.length === 0) {
    console.log(`All ${entries} entries of ${checks.length} gradients agree.`);
  } else {
    console.log(`${wrong.length} of ${checks.length} gradients are wrong.`);
    process.exitCode = 1;
  }
}
