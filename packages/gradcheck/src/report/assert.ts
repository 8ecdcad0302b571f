/**
 * gradcheck as an assertion, for any test runner.
 */
import type { VariableLike } from "@adjoint/autograd";
import { AdjointError } from "@adjoint/tensor";
import type { CheckedFunction } from "../engine/subject.ts";
import { type GradcheckOptions, gradcheckAs } from "../gradcheck.ts";
import { checkReport } from "./render.ts";
import type { GradcheckReport } from "./report.ts";

/** Gradients that are not the derivatives, or none that could be told; the report says where and what the mistake looks like. */
export class GradcheckError extends AdjointError {
  override readonly name = "GradcheckError";
  readonly report: GradcheckReport;

  constructor(report: GradcheckReport) {
    checkReport("GradcheckError", report);
    const wrong = report.inputs.filter(({ ok }) => !ok).map(({ name }) => name);
    super({
      op: "gradcheck",
      problem:
        wrong.length === 0
          ? "no entry of the gradient can be told right from wrong"
          : `the gradient${wrong.length === 1 ? "" : "s"} of ${wrong.join(", ")} ${wrong.length === 1 ? "is" : "are"} wrong`,
      hint: `${wrong.length === 0 ? "Choose inputs beside kinks, at which the function changes by more than its rounding, or take float64." : ""}\n${String(report)}`,
    });
    this.report = report;
  }
}

/** Whether the report says of no entry at all that it is right or wrong. */
export function isUntold({ ok, inputs }: GradcheckReport): boolean {
  return ok && inputs.some(({ checked }) => checked > 0) && inputs.every(({ checked, unsure }) => unsure >= checked);
}

/**
 * Checks the gradients of f as {@link gradcheck} does, and throws when one is wrong, or when none can be told.
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
  if (!report.ok || isUntold(report)) throw new GradcheckError(report);
  return report;
}
