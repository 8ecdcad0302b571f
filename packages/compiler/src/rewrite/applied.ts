/** What was rewritten in a program, as data. */
import type { Program } from "../program.ts";

/** A rewrite that was applied: how often, and to what. */
export interface AppliedRewrite {
  readonly name: string;
  /** Why it pays. */
  readonly reason: string;
  readonly count: number;
  /** The nodes of the rewritten graph that it left. */
  readonly nodes: readonly number[];
}

/** A program that computes the same as another one. */
export interface Rewritten {
  readonly program: Program;
  /** Of each node of the other one, the nodes in its place, the last with its value; none where nobody needs it. */
  readonly became: readonly (readonly number[])[];
  readonly applied: readonly AppliedRewrite[];
}

/** Lists rewrites by name. */
export class Counts {
  private readonly byName = new Map<string, AppliedRewrite>();

  add({ name, reason }: Pick<AppliedRewrite, "name" | "reason">, ...left: readonly number[]): void {
    const { count = 0, nodes = [] } = this.byName.get(name) ?? {};
    this.byName.set(name, { name, reason, count: count + 1, nodes: [...nodes, ...left] });
  }

  get applied(): AppliedRewrite[] {
    return [...this.byName.values()];
  }
}
