/** The list of patterns, those that stand for more ops first. */
import type { Pattern } from "./pattern.ts";

/** The patterns. */
export const patterns: readonly Pattern[] = [];
