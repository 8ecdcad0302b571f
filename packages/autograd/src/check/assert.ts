/**
 * gradcheck as an assertion, for any test runner.
 */
import { AdjointError } from "@adjoint/tensor";
import type { VariableLike } from "../variable.ts";
import type { CheckedFunction } from "./engine/subject.ts";
import { type GradcheckOptions, gradcheck } from "./gradcheck.ts";
import type { GradcheckReport } from "./report/report.ts";

/** Gradients that are not the derivatives; the report says where and what the mistake looks like. */
export class GradcheckError extends AdjointError {
  override readonly name = "GradcheckError";
  readonly report: GradcheckReport;

  constructor(report: GradcheckReport) {
    const wrong = report.inputs.filter(({ ok }) => !ok).map(({ name }) => name);
    super({
      op: "gradcheck",
      problem: `the gradient${wrong.length === 1 ? "" : "s"} of ${wrong.join(", ")} ${wrong.length === 1 ? "is" : "are"} wrong`,
      hint: `\n${String(report)}`,
    });
    this.report = report;
  }
}

/**
 * Checks the gradients of f as {@link gradcheck} does, and throws when one is wrong.
 *
 * @returns the report when all are right
 * @throws GradcheckError with the report in its message and as its field `report`
 */
export function assertGradcheck(
  f: CheckedFunction,
  inputs: readonly VariableLike[],
  options: GradcheckOptions = {},
): GradcheckReport {
  const report = gradcheck(f, inputs, options);
  if (!report.ok) throw new GradcheckError(report);
  return report;
}
