/** What was rewritten in a program, for people. */

/** A rewrite that was applied, and how often. */
export interface Applied {
  readonly name: string;
  readonly reason: string;
  readonly count: number;
}

/** Counts rewrites by name. */
export class Counts {
  private readonly byName = new Map<string, Applied>();

  add({ name, reason }: Pick<Applied, "name" | "reason">): void {
    this.byName.set(name, { name, reason, count: (this.byName.get(name)?.count ?? 0) + 1 });
  }

  get applied(): Applied[] {
    return [...this.byName.values()];
  }
}
