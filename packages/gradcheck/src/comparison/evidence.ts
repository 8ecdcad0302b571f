/**
 * Evidence for diagnoses: gradients and derivatives of one input side by side, as matrices.
 */
import type { Shape } from "@adjoint/tensor";
import type { RuleFailure } from "../engine/derivatives/gradients.ts";
import type { Finding, Verdict } from "../numerical/judge.ts";
import type { Trouble } from "../numerical/line.ts";

/** The gradients of one input for several upstream vectors beside the numerical derivatives. */
export interface Evidence {
  readonly name: string;
  readonly shape: Shape;
  /** The input's values at `columns`. */
  readonly x: Float64Array;
  /** The compared entries as positions in the flat input, ascending. */
  readonly columns: readonly number[];
  /** Whether that is all of them. */
  readonly complete: boolean;
  /** Number of upstream vectors. */
  readonly rows: number;
  /** Whether row r belongs to result element r: then both matrices are Jacobians. */
  readonly unit: boolean;
  /** Shape of the result when there is one and rows belong to its elements. */
  readonly outputShape: Shape | null;
  /** The result's values when rows belong to its elements. */
  readonly y: Float64Array | null;
  /** [rows, columns] by the graph. */
  readonly analytic: Float64Array;
  /** [rows, columns] by differences. */
  readonly numerical: Float64Array;
  /** The largest difference that counts as equal. */
  readonly tolerance: Float64Array;
  readonly verdicts: readonly Verdict[];
  /** Which result elements the rows belong to, where that is not all of them in order. */
  readonly rowPositions?: readonly number[];
  /** For an excerpt that is taken for a whole: the shapes it was cut from, and the positions of its entries there. */
  readonly cut?: { readonly shape: Shape; readonly outputShape: Shape; readonly positions: readonly number[] };
}

/** The comparisons of one float input. */
export interface Comparison {
  /** Its position among the float inputs. */
  readonly j: number;
  /** The reason why its rule gave no gradient; then nothing was compared. */
  readonly failure: RuleFailure | null;
  readonly evidence: Evidence;
  /** [rows, columns], beside the evidence. */
  readonly findings: readonly Finding[];
  /** The findings along random directions, each of which combines all entries. */
  readonly directions: readonly Finding[];
  /** Number of entries that were not compared, and whose mistakes would show in no direction either. */
  readonly unseen: number;
  /** The entry and point where the function could not be computed. */
  readonly troubles: readonly (Trouble & { readonly entry: number })[];
  /** Entries that tie and whose shares of the gradient do not add up; null without any. */
  readonly ties: { readonly analytic: number; readonly numerical: number } | null;
}

/** The matrices of one input from its findings, row by row. */
export function evidenceOf(
  of: Pick<Evidence, "name" | "shape" | "x" | "columns" | "complete" | "rows" | "unit" | "outputShape" | "y">,
  findings: readonly Finding[],
): Evidence {
  const numerical = Float64Array.from(findings, (f) => (Number.isFinite(f.numerical) ? f.numerical : 0));
  const largest = numerical.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  return {
    ...of,
    analytic: Float64Array.from(findings, (f) => f.analytic),
    numerical,
    // Looser than the tolerance of an entry: one part in a million is enough to recognize a pattern.
    tolerance: Float64Array.from(findings, (f, i) =>
      Math.max(f.tolerance, 1e-6 * Math.abs(numerical[i]), 1e-8 * largest),
    ),
    verdicts: findings.map((f) => f.verdict),
  };
}
