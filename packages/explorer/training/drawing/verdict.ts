/** What the sizes of gradients say about a step. */
import { roughly } from "./numbers.ts";

/** What is said, and the number that is said with it. */
export interface Verdict {
  readonly kind: "notYet" | "noGradient" | "vanishing" | "growing" | "huge" | "tiny" | "steady";
  readonly size: string;
}

/** Sizes that no rate suits, and ratios of the first layer's to the last one's that are worth saying. */
const [tiny, huge, ratio] = [1e-8, 1e3, 30] as const;

/**
 * The verdict on a step.
 * @param medians  the median size of each layer's gradients, from the input on; 0 where all are 0
 */
export function verdictOf(medians: readonly number[]): Verdict {
  const [first, last] = [medians[0], medians[medians.length - 1]];
  const largest = Math.max(...medians);
  if (medians.length === 0 || !Number.isFinite(largest)) return { kind: "notYet", size: "" };
  if (first === 0) return { kind: "noGradient", size: "" };
  if (largest > huge) return { kind: "huge", size: roughly(largest) };
  if (last > ratio * first) return { kind: "vanishing", size: roughly(last / first) };
  if (largest < tiny) return { kind: "tiny", size: roughly(largest) };
  if (last > 0 && first > ratio * last) return { kind: "growing", size: roughly(first / last) };
  return { kind: "steady", size: "" };
}
