/**
 * The report of gradcheck as data: plain JSON, with a method that renders it for people.
 */

/** The kinds of mistakes that diagnoses distinguish. */
export type DiagnosisKind =
  | "sign"
  | "scale"
  | "factor"
  | "reciprocal"
  | "transposed"
  | "permuted"
  | "shifted"
  | "swapped-inputs"
  | "wrong-value"
  | "missing-sum"
  | "overlap"
  | "masked"
  | "detached"
  | "missing-term"
  | "upstream-ignored"
  | "nonlinear"
  | "kink"
  | "shape"
  | "dtype"
  | "throws"
  | "not-finite"
  | "nondeterministic"
  | "mutates"
  | "layout"
  | "second-order"
  | "forward"
  | "unknown";

/** A likely mistake, its certainty, and its fix. */
export interface Diagnosis {
  /** The mistake. */
  readonly kind: DiagnosisKind;
  /**
   * The probability, 0 … 1, that this is the mistake. Of the guesses given 0.9 and more, more than nine in ten are
   * right.
   */
  readonly certainty: number;
  /** The symptom, the likely cause and the fix, as sentences. */
  readonly text: string;
  /** The op whose rule is wrong, where the function applies several. */
  readonly op?: string;
  /** `scale`: gradient / derivative. */
  readonly factor?: number;
  /** `transposed`, `permuted`: the order of axes, or of elements, that turns the gradient into the derivative. */
  readonly permutation?: readonly number[];
  /** `masked`: where the gradient is wrong, for example `x < 0`. */
  readonly condition?: string;
  /** `swapped-inputs`: the input whose derivative was given. */
  readonly other?: string;
  /** `missing-sum`: the axis of the result that was not summed over. */
  readonly axis?: number;
  /** `second-order`: the mistake in the second derivative. */
  readonly cause?: DiagnosisKind;
}

/** One entry of a gradient: by the rule and by differences. */
export interface GradcheckEntry {
  /** The entry's index in the input. */
  readonly index: readonly number[];
  /** Index of the result element that was differentiated; null where all were weighted and added up. */
  readonly output: readonly number[] | null;
  /** The gradient by the rule. */
  readonly analytic: number;
  /** The derivative by differences. */
  readonly numerical: number;
  /** How far the numerical value may be off. */
  readonly estimate: number;
}

/** A point without a derivative: the slopes on both sides, and the rule's value. */
export interface KinkEntry {
  /** The entry's index in the input. */
  readonly index: readonly number[];
  /** Index of the result element that was differentiated; null where all were weighted and added up. */
  readonly output: readonly number[] | null;
  /** The slope on the left. */
  readonly left: number;
  /** The slope on the right. */
  readonly right: number;
  /** The gradient by the rule. */
  readonly analytic: number;
  /** Whether the rule's value lies between the two slopes, as a subgradient does. */
  readonly between: boolean;
  /** Whether it passes: it lies between, or outside only because kinks of several ops meet, each right by itself. */
  readonly ok: boolean;
}

/** The findings for one input. */
export interface InputReport {
  /** Whether nothing is wrong. Undecided entries do not count as wrong: see `unsure`. */
  readonly ok: boolean;
  /** The name of the input: its own, or `input 0`. */
  readonly name: string;
  /** The shape of the input. */
  readonly shape: readonly number[];
  /** Number of entries compared, one by one or along random directions; with `order: 2`, twice as many. */
  readonly checked: number;
  /** Number of entries that are wrong, of those compared one by one. */
  readonly wrong: number;
  /**
   * Number of entries at which the numerical derivative is too inexact to decide, of both orders; with directions also
   * of those that were not compared by themselves, and whose mistakes would show in no direction.
   */
  readonly unsure: number;
  /** Number of random directions compared: 0 in full mode. */
  readonly directions: number;
  /** Largest |analytic − numerical|, kinks aside. */
  readonly maxError: number;
  /** The smallest error, relative to the largest derivative, that the check would have seen at every entry. */
  readonly resolution: number;
  /** The entry that exceeds its tolerance by most (or comes nearest to it); null where there is none but kinks. */
  readonly worst: GradcheckEntry | null;
  /** Entries at which the one-sided slopes disagree: the function has no derivative there. */
  readonly kinks: readonly KinkEntry[];
  /** The diagnoses, best guess first. */
  readonly diagnoses: readonly Diagnosis[];
  /** Where the errors are: a line for each row of the last two axes, `·` right, `✗` wrong, `k` kink, `?` unsure. */
  readonly map: readonly string[];
}

/** The whole report: plain data; print it with `String(report)` or `console.log`. */
export interface GradcheckReport {
  /** Whether nothing is wrong; `unsure` of each input counts the undecided entries. */
  readonly ok: boolean;
  /** Whether each entry was compared by itself, or all of them along random directions. */
  readonly mode: "full" | "projected";
  /** The dtype that the function was computed in. */
  readonly dtype: "float32" | "float64";
  /** The findings for each input of float dtype. */
  readonly inputs: readonly InputReport[];
  /** The report as a table, by {@link renderReport}. */
  toString(): string;
}
