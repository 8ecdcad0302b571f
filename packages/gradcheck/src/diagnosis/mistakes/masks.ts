/**
 * Gradients that are wrong in some places only: under a condition on the values, or at certain positions.
 */
import type { Evidence } from "../../comparison/evidence.ts";
import { apart, short } from "../../report/numbers.ts";
import { bitsOfChoice, cellsOf, distinct, isNonzero, isUsable } from "../pattern.ts";
import { type Case, type Mistake, real } from "../score.ts";
import { conditionsFor, type Groups } from "./conditions.ts";

/** A mask without a known condition is rarer than one with, by this many bits. */
const unconditional = 2;

/** Columns in which something is wrong, and in which all is right, of those that show anything. */
function groupsOf(e: Evidence): Groups {
  const { telling, wrong: cells } = cellsOf(e);
  const wrong = new Set(cells.map((cell) => cell % e.columns.length));
  const seen = new Set(telling.map((cell) => cell % e.columns.length));
  return { wrong: [...wrong], right: [...seen].filter((c) => !wrong.has(c)) };
}

/** Wrong where a condition holds. */
export function* masked({ e, values }: Case): Iterable<Mistake> {
  const { wrong, right } = groupsOf(e);
  if (right.length === 0) return;
  const [there, bits] = describe(e);
  const elsewhere = e.complete
    ? "elsewhere"
    : `elsewhere (of ${wrong.length + right.length} entries that were compared)`;
  for (const condition of conditionsFor(e, { wrong, right }, values)) {
    yield {
      kind: "masked",
      bits: bits + condition.bits,
      condition: condition.words,
      words: () =>
        `Wrong only where ${condition.words}, right ${elsewhere}: ${there}. Look at the mask, the branch or the bounds of the rule.`,
    };
  }
}

/** Wrong at some entries that no condition separates from the others. */
export function* scattered({ e }: Case): Iterable<Mistake> {
  const { wrong, right } = groupsOf(e);
  const total = wrong.length + right.length;
  // A few entries of many may be right by chance.
  if (right.length === 0 || 20 * right.length < total) return;
  const [there, bits] = describe(e);
  yield {
    kind: "masked",
    bits: bits + bitsOfChoice(total, wrong.length) + unconditional,
    condition: "some entries",
    words: () =>
      `${wrong.length} of ${total} entries are wrong, the others right: ${there}. No condition that was tried separates them.`,
  };
}

/** The derivative is 0 at every entry, as on a flat branch, but the gradient is not. */
export function* nowhereSloped({ e }: Case): Iterable<Mistake> {
  const { telling } = cellsOf(e);
  if (telling.some((cell) => isNonzero(e, cell)) || !e.numerical.every((_, cell) => isUsable(e, cell))) return;
  const side = e.x.every((x) => x < 0) ? "x < 0" : e.x.every((x) => x > 0) ? "x > 0" : undefined;
  yield {
    kind: "masked",
    bits: real,
    condition: side ?? "the derivative is 0",
    words: () =>
      `The derivative is 0 everywhere${side === undefined ? "" : ` (here ${side} in all entries)`}, but the gradient is not: it passes where the function is flat. ` +
      "A mask is missing (that of a relu, a clip, a comparison), or the function rounds, casts or detaches and the rule does not.",
  };
}

/** The gradient passes exactly where it should not: a mask is the wrong way round. */
export function* maskReversed({ e, values }: Case): Iterable<Mistake> {
  const { telling } = cellsOf(e);
  const [passing, silent] = [new Set<number>(), new Set<number>()];
  for (const cell of telling) {
    const arrives = Math.abs(e.analytic[cell]) > e.tolerance[cell];
    if (arrives && isNonzero(e, cell)) return;
    (arrives ? passing : silent).add(cell % e.columns.length);
  }
  if (passing.size === 0 || silent.size === 0 || [...passing].some((c) => silent.has(c))) return;
  const [found] = conditionsFor(e, { wrong: [...passing], right: [...silent] }, values);
  yield {
    kind: "masked",
    bits: 2 + (found?.bits ?? unconditional),
    condition: found?.words ?? "the derivative is 0",
    words: () =>
      `The gradient passes exactly where the derivative is 0${found === undefined ? "" : ` (${found.words})`}, and none arrives where it is not: the mask is the wrong way round.`,
  };
}

/** Some gradients are lost and others gained. No mask does that within an entry, so they are misplaced. */
const misplaced = "they get the gradient of other results";
const otherMask = "at some no gradient arrives, at others it passes although the derivative is 0";

/** The values of the wrong entries, in words, and the bits of that. */
function describe(e: Evidence): readonly [words: string, bits: number] {
  const { wrong: cells } = cellsOf(e);
  const solid = cells.filter((cell) => isNonzero(e, cell));
  const each = real * distinct(cells.map((cell) => e.analytic[cell]));
  if (solid.length === 0) return ["the gradient passes there although the derivative is 0", each];
  if (cells.every((cell) => Math.abs(e.analytic[cell]) <= e.tolerance[cell])) return ["no gradient arrives there", 0];
  const column = (cell: number): number => cell % e.columns.length;
  const lost = new Set(solid.filter((cell) => Math.abs(e.analytic[cell]) <= e.tolerance[cell]).map(column));
  const gained = cells.filter((cell) => !isNonzero(e, cell)).map(column);
  if (lost.size > 0 && gained.length > 0) return [gained.some((c) => lost.has(c)) ? misplaced : otherMask, each];
  const ratio = e.analytic[solid[0]] / e.numerical[solid[0]];
  const constant = solid.every(
    (cell) => Math.abs(e.analytic[cell] - ratio * e.numerical[cell]) <= 10 * e.tolerance[cell],
  );
  if (constant && Math.abs(ratio + 1) < 1e-6) return ["the sign is flipped there", 0];
  if (cells.length === 1)
    return [`it is ${apart(e.analytic[cells[0]], e.numerical[cells[0]]).join(" instead of ")} there`, real];
  if (constant && solid.length > 1) return [`there it is ${short(ratio)} times the derivative`, real];
  return ["the gradient differs there", each];
}

/** Wrong everywhere, by one factor for x > 0 and by another for x < 0: the branches of a rule are exchanged. */
export function* branchesExchanged({ e }: Case): Iterable<Mistake> {
  const { telling } = cellsOf(e);
  const isAbove = (cell: number): boolean => e.x[cell % e.columns.length] > 0;
  const factors = [true, false].map((above) => {
    const cell = telling.find((one) => isAbove(one) === above);
    return cell === undefined ? Number.NaN : e.analytic[cell] / e.numerical[cell];
  });
  const [above, below] = factors;
  if (!factors.every(Number.isFinite) || Math.abs(above - below) < 1e-5) return;
  yield {
    kind: "masked",
    bits: real,
    condition: "x > 0 and x < 0",
    repair: (cell) => e.analytic[cell] / (isAbove(cell) ? above : below),
    words: () =>
      `The gradient is ${short(above)} times the derivative for x > 0 and ${short(below)} times for x < 0: the branches of the rule are exchanged (the mask is the wrong way round).`,
  };
}
