/**
 * Ties: where several entries share a gradient, as equal maxima do, each share lies between the slopes of its own
 * entry; moved together they have a derivative again, and the shares must add up to it.
 */

import { circumstances, type Setting } from "../engine/setting.ts";
import { judge } from "../numerical/judge.ts";
import { Line, type Move } from "../numerical/line.ts";
import type { Comparison } from "./evidence.ts";

/** The most rows that are checked, since ties are alike. */
const mostRows = 16;

/** Adds the check of all entries with kinks moved together. */
export function checkTies(setting: Setting, comparisons: readonly Comparison[]): Comparison[] {
  const { subject, inputs, upstreams } = setting;
  const blamed = new Map<number, { analytic: number; numerical: number }>();
  let looked = 0;
  for (let r = 0; r < upstreams.count && looked < mostRows; r++) {
    const moves: Move[] = [];
    const involved: number[] = [];
    let analytic = 0;
    for (const { j, evidence, findings } of comparisons) {
      const { columns } = evidence;
      const direction = new Float64Array(subject.points[inputs[j]].size);
      let kinked = 0;
      columns.forEach((entry, c) => {
        const finding = findings[r * columns.length + c];
        if (finding.kink === undefined || finding.kink.jump !== 0 || !finding.kink.between) return;
        direction[entry] = 1;
        analytic += finding.analytic;
        kinked++;
      });
      if (kinked === 0) continue;
      moves.push({ input: inputs[j], direction });
      involved.push(...new Array<number>(kinked).fill(j));
    }
    if (involved.length < 2) continue;
    looked++;
    const line = new Line(subject, upstreams, moves, setting.values);
    const j = involved[0];
    const found = judge(line, r, analytic, circumstances(setting, r, j, setting.scales[j], analytic));
    const outside = found.kink !== undefined && !found.kink.between;
    if (found.verdict !== "wrong" && !outside) continue;
    for (const i of involved) blamed.set(i, { analytic, numerical: found.numerical });
  }
  return comparisons.map((comparison) => ({ ...comparison, ties: blamed.get(comparison.j) ?? null }));
}
