/** Plan: how a program runs, as data. What is recorded is one graph, what runs is another that computes the same. */
import type { Executable, Part } from "../engines/engine.ts";
import type { Program } from "../program.ts";
import type { AppliedRewrite } from "../rewrite/applied.ts";

/** A loop or a kernel that runs as one. */
export interface PlannedPart extends Pick<Part, "name" | "shape" | "work" | "nodes"> {}

/** How an engine runs a program. */
export interface ProgramPlan extends Pick<Executable, "bytes" | "permanentBytes"> {
  /** The program that runs: the one that was recorded, rewritten. */
  readonly program: Program;
  /** For each recorded node the nodes in its place, the last with its value; none where nobody needs it. */
  readonly became: readonly (readonly number[])[];
  /** What was rewritten and recognized, with the nodes of this program that came of it. */
  readonly rewrites: readonly AppliedRewrite[];
  /** What runs, in order. */
  readonly parts: readonly PlannedPart[];
}

/** The plan of a program that an engine made ready. */
export function planOf({ rewritten, parts, bytes, permanentBytes }: Executable): ProgramPlan {
  const { program, became, applied } = rewritten;
  return {
    program,
    became,
    rewrites: applied,
    parts: parts.map(({ name, shape, work, nodes }) => ({ name, shape, work, nodes })),
    bytes,
    permanentBytes,
  };
}
