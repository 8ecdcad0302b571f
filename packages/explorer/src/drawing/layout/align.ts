/** Heights of boxes that stand in columns, so that arrows run as straight as the order within each column allows. */
import { append } from "../append.ts";

/** Something that stands in a column. */
export interface Standing {
  /** Where its top is; changed by {@link align}. */
  top: number;
  readonly height: number;
}

/** An arrow between two of them, with its distances from their tops. */
export interface Pull {
  readonly from: Standing;
  readonly fromOffset: number;
  readonly to: Standing;
  readonly toOffset: number;
  /** Where several pull at one, only the strongest count; what is pulled weakly gives way to its neighbours. */
  readonly strength: number;
}

/** A height that an arrow would have something at. */
interface Wish {
  readonly top: number;
  readonly strength: number;
}

/**
 * Moves what stands in the columns up and down, in their order, with `gap` between neighbours.
 *
 * Column by column, forth and back, each is drawn to where its arrows would be level; where that would bring
 * neighbours too close, they move as one block to their mean (pool adjacent violators: the least squares solution).
 */
export function align(columns: readonly (readonly Standing[])[], pulls: readonly Pull[], gap: number): void {
  const left = new Map<Standing, Pull[]>();
  const right = new Map<Standing, Pull[]>();
  for (const pull of pulls) {
    append(left, pull.to, pull);
    append(right, pull.from, pull);
  }
  const wishes = (one: Standing, sides: "left" | "right" | "both"): Wish[] => {
    const [lefts, rights] = [sides === "right" ? [] : left.get(one), sides === "left" ? [] : right.get(one)];
    return [
      ...(lefts ?? []).map((p) => ({ top: p.from.top + p.fromOffset - p.toOffset, strength: p.strength })),
      ...(rights ?? []).map((p) => ({ top: p.to.top + p.toOffset - p.fromOffset, strength: p.strength })),
    ];
  };
  for (let round = 0; round < 10; round++) {
    const isForth = round % 2 === 0;
    const sides = round >= 8 ? "both" : isForth ? "left" : "right";
    for (const column of isForth ? columns : columns.toReversed()) settle(column, (one) => wishes(one, sides), gap);
  }
}

function settle(column: readonly Standing[], wishesOf: (one: Standing) => Wish[], gap: number): void {
  const blocks: { sum: number; weight: number; count: number }[] = [];
  let depth = 0;
  const depths: number[] = [];
  for (const one of column) {
    depths.push(depth);
    const all = wishesOf(one);
    const weight = all.reduce((most, { strength }) => Math.max(most, strength), 0.0001);
    const strongest = all.filter(({ strength }) => strength === weight);
    const wish = strongest.length === 0 ? one.top : strongest.reduce((sum, { top }) => sum + top, 0) / strongest.length;
    let block = { sum: (wish - depth) * weight, weight, count: 1 };
    while (blocks.length > 0) {
      const last = blocks[blocks.length - 1];
      if (last.sum / last.weight <= block.sum / block.weight) break;
      blocks.pop();
      block = { sum: last.sum + block.sum, weight: last.weight + block.weight, count: last.count + block.count };
    }
    blocks.push(block);
    depth += one.height + gap;
  }
  let i = 0;
  for (const { sum, weight, count } of blocks) {
    for (const end = i + count; i < end; i++) column[i].top = sum / weight + depths[i];
  }
}
