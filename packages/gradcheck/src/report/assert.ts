/** Asserts gradients in any test runner: gradcheck that throws. */
import type { VariableLike } from "@adjoint/autograd";
import { AdjointError } from "@adjoint/tensor";
import type { CheckedFunction } from "../engine/subject.ts";
import { type GradcheckOptions, gradcheckAs } from "../gradcheck.ts";
import { checkReport } from "./render.ts";
import type { DiagnosisKind, GradcheckReport } from "./report.ts";

/** A failed check, or one in which every entry is unsure; the report locates and diagnoses the mistake. */
export class GradcheckError extends AdjointError {
  override readonly name = "GradcheckError";
  readonly report: GradcheckReport;

  constructor(report: GradcheckReport) {
    checkReport("GradcheckError", report);
    const advice = report.ok
      ? "Choose inputs away from kinks, where the function changes by more than its rounding, or use float64."
      : "";
    super({ op: "gradcheck", problem: headlineOf(report) ?? "nothing is wrong", hint: `${advice}\n${String(report)}` });
    this.report = report;
  }
}

/** The kinds of diagnoses that blame no gradient: their text begins with the failure. */
const otherFailures: ReadonlySet<DiagnosisKind | undefined> = new Set([
  "forward",
  "layout",
  "mutates",
  "nondeterministic",
  "not-finite",
  "second-order",
  "throws",
]);

/** The failure as a sentence without its full stop; null where the gradients are right. */
export function headlineOf({ ok, inputs }: GradcheckReport): string | null {
  if (ok) {
    const isUnsure = inputs.some(({ checked }) => checked > 0) && inputs.every((x) => x.unsure >= x.checked);
    return isUnsure ? "every entry of the gradient is unsure" : null;
  }
  const failed = inputs.filter((input) => !input.ok);
  const wrong = failed.filter(({ diagnoses }) => !otherFailures.has(diagnoses[0]?.kind)).map(({ name }) => name);
  if (wrong.length === 0) return failed[0].diagnoses[0].text.split(/: |\. /, 1)[0];
  return `the gradient${wrong.length === 1 ? "" : "s"} of ${wrong.join(", ")} ${wrong.length === 1 ? "is" : "are"} wrong`;
}

/**
 * Checks the gradients of f as {@link gradcheck} does, and throws when something is wrong, or when every entry is
 * unsure.
 *
 * @returns the report when nothing is wrong; some entries may be unsure
 * @throws GradcheckError with the report in its message and as its field `report`
 */
export function assertGradcheck(
  f: CheckedFunction,
  inputs: readonly VariableLike[] | VariableLike,
  options: GradcheckOptions = {},
): GradcheckReport {
  const report = gradcheckAs("assertGradcheck", f, inputs, options);
  if (headlineOf(report) !== null) throw new GradcheckError(report);
  return report;
}
