/** The contents of @adjoint/gradcheck: names only. */

export type { CheckedFunction } from "./engine/subject.ts";
export { type GradcheckOptions, gradcheck } from "./gradcheck.ts";
export { numericalGradient, type ScalarFunction } from "./numerical/numerical-gradient.ts";
export { type Estimate, ridders } from "./numerical/ridders.ts";
export { assertGradcheck, GradcheckError } from "./report/assert.ts";
export { type RenderOptions, renderReport } from "./report/render.ts";
export type {
  Diagnosis,
  DiagnosisKind,
  GradcheckEntry,
  GradcheckReport,
  InputReport,
  KinkEntry,
} from "./report/report.ts";
