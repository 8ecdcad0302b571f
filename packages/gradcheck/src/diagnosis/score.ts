/**
 * Scores mistakes, which are data, in one loop. A mistake explains the gradient when undoing it leaves the derivative.
 * Of several explanations the one that takes the fewest bits to write down is the likeliest.
 */
import type { Comparison, Evidence } from "../comparison/evidence.ts";
import type { Setting } from "../engine/setting.ts";
import type { Diagnosis } from "../report/report.ts";
import { bitsOfChoice, cellsOf, distinct, fits, isNonzero, isUsable } from "./pattern.ts";

/** Bits of a number that has to be written out: patterns are recognized to one part in a million. */
export const real = 20;

/** Bits of one more mistake: its presence and its sort. */
export const oneMistake = 4;

/** The evidence in which a mistake is sought. */
export interface Case {
  readonly e: Evidence;
  readonly setting: Setting;
  readonly comparison: Comparison;
  /** Evidence of the other inputs. */
  readonly others: readonly Evidence[];
  /** The values of the other inputs, one for each column. */
  readonly values: readonly Candidate[];
}

/** Values that may be a superfluous factor of a gradient, by name. */
export interface Candidate {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** A possible mistake. */
export interface Mistake extends Omit<Diagnosis, "certainty" | "text"> {
  /**
   * The gradient with the mistake undone; NaN where it says nothing. Left out where the mistake is known to explain it.
   */
  readonly repair?: (cell: number) => number;
  /** Bits of its parameters. Default 0. */
  readonly bits?: number;
  readonly words: () => string;
}

/** Mistakes of one sort, the likeliest first. */
export type Family = (of: Case) => Iterable<Mistake>;

/** A mistake that explains the evidence. */
export type Explanation = Omit<Diagnosis, "certainty"> & { readonly bits: number };

/** The mistakes that explain a case: of each family the first of each kind, or of each condition. */
export function explanationsOf(of: Case, families: readonly Family[], extra = 0): Explanation[] {
  return families.flatMap((family) => {
    const found = new Map<string, Explanation>();
    let tried = 0;
    for (const { repair, words, bits = 0, ...rest } of family(of)) {
      const key = `${rest.kind} ${rest.condition}`;
      // Of those that are tried the place in the list has to be written down too.
      if (repair !== undefined) tried++;
      if (found.has(key)) continue;
      const left = repair === undefined ? 0 : leftBy(of.e, repair);
      if (left !== null)
        found.set(key, { ...rest, text: words(), bits: extra + bits + left + Math.log2(Math.max(1, tried)) });
    }
    return [...found.values()];
  });
}

/** Bits of the cells that a repair leaves open; null if it does not leave the derivative. */
function leftBy(e: Evidence, repair: (cell: number) => number): number | null {
  const left: number[] = [];
  let used = 0;
  for (let cell = 0; cell < e.numerical.length; cell++) {
    if (!isUsable(e, cell)) continue;
    const value = repair(cell);
    if (Number.isNaN(value)) left.push(e.numerical[cell]);
    else if (!fits(e, cell, value)) return null;
    else if (isNonzero(e, cell)) used++;
  }
  return used === 0 ? null : real * distinct(left);
}

/** Bits of the wrong gradient by itself: which entries are wrong, and what they are. */
export function bitsOfWrong(e: Evidence): number {
  const { telling, wrong } = cellsOf(e);
  return bitsOfChoice(telling.length, wrong.length) + real * distinct(wrong.map((cell) => e.analytic[cell]));
}

/** An unknown mistake is rarer than any known one, by this many bits. */
const rarity = 1;

/** The largest and smallest certainty: a mistake outside the corpus may look like one in it. */
const [most, least] = [0.97, 0.03];

/**
 * The diagnoses, the surest first: each explanation weighs 2 ^ −bits, among all of them and the gradient by itself.
 * scripts/certainties.ts measures whether these certainties come true.
 */
export function weighed(found: readonly Explanation[], bitsOfUnknown: number): Diagnosis[] {
  const all = [...found.map(({ bits }) => bits), bitsOfUnknown + rarity];
  const fewest = Math.min(...all);
  const weight = (list: readonly number[]): number => list.reduce((sum, bits) => sum + 2 ** (fewest - bits), 0);
  const kinds = new Map<string, Explanation>();
  for (const one of found.toSorted((a, b) => a.bits - b.bits)) if (!kinds.has(one.kind)) kinds.set(one.kind, one);
  const diagnoses = [...kinds.values()].map(({ bits: _, ...first }): Diagnosis => {
    const same = found.filter(({ kind, condition }) => kind === first.kind && condition === first.condition);
    const share = weight(same.map(({ bits }) => bits)) / weight(all);
    return { ...first, certainty: Math.round(100 * most * share) / 100 };
  });
  // The first is reported however unsure it is.
  return diagnoses
    .sort((a, b) => b.certainty - a.certainty)
    .filter(({ certainty }, i) => i === 0 || certainty >= least);
}
