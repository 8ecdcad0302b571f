/**
 * Patterns: what the book writes out in several ops and a kernel computes in one. Each is found at its last op; the ops
 * before it are left out where nobody else reads them.
 */
import type { GraphNode } from "@adjoint/autograd";
import type { Call } from "../calls.ts";
import type { Value } from "../layout/values.ts";

/** What was found: calls in place of several ops. */
export interface Found {
  /** The nodes that they read; those of `dense` without gaps. */
  readonly inputs: readonly number[];
  readonly dense: readonly number[];
  /** The order of axes of the result in memory; or the number of a node whose layout it takes. Row-major where it is left out. */
  readonly layout?: readonly number[] | number;
  /** Where the same calls give the results of several nodes: what they have in common, and which of them this is. */
  readonly shared?: { readonly key: string; readonly slot: string };
  /** What the calls keep between them. */
  readonly temporaries?: readonly Value[];
  /** Additions and multiplications; left out where nobody counts them. */
  readonly work?: number;
  /** Once addresses are known, the calls; `results` has those of all nodes that share them, by their slots. */
  calls(operands: readonly Value[], result: Value, results: Readonly<Record<string, Value>>): Call[];
}

/** Options of a pattern. */
export interface PatternOptions {
  /** Whether products are added up as they stand, without transforms that have larger errors. */
  readonly exact: boolean;
}

/** What a pattern may ask beyond the nodes. */
export interface PatternContext extends PatternOptions {
  /** How many operands a node is among those that somebody needs; one more where it is a result. */
  readers(id: number): number;
}

/** A pattern: its name, why it pays, and how it is found. */
export interface Pattern {
  readonly name: string;
  readonly reason: string;
  readonly ops: readonly string[];
  find(node: GraphNode, nodes: readonly GraphNode[], context: PatternContext): Found | null;
}
