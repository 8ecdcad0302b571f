/**
 * Names constant factors: the length of an axis, the size of a window, a number common in formulas.
 */
import { formatShape, type Shape, sizeOf } from "@adjoint/tensor";
import type { Evidence } from "../../comparison/evidence.ts";

/** A factor, and its possible cause. */
export interface NamedFactor {
  readonly words: string;
  readonly cause: string;
  readonly value: number;
  /** The binary logarithm of how many such numbers there are. */
  readonly bits: number;
}

/** A number, its notation, and the cause it suggests as a superfluous factor. */
type Known = readonly [number, string, string];

const simple: readonly Known[] = [
  [2, "2", "a factor 2 is superfluous (a square's, or both halves counted?)"],
  [0.5, "1/2", "a factor 2 is missing (that of a square?)"],
  [3, "3", "a 3 is one too many"],
  [1 / 3, "1/3", "a 3 is missing"],
  [2 / 3, "2/3", "an exponent is off by one (2 where 3 belongs)"],
  [3 / 2, "3/2", "an exponent is off by one (3 where 2 belongs)"],
  [4, "4", "a 2 is squared, or counted twice"],
  [0.25, "1/4", "a 2 is missing twice"],
];

const irrational: readonly Known[] = [
  [Math.PI, "π", "a π is one too many"],
  [1 / Math.PI, "1/π", "a π is missing"],
  [2 * Math.PI, "2π", "a 2π is one too many"],
  [1 / (2 * Math.PI), "1/(2π)", "a 2π is missing"],
  [Math.PI / 180, "π/180", "degrees are used where radians belong"],
  [180 / Math.PI, "180/π", "the π/180 of degrees is missing"],
  [2 / Math.sqrt(Math.PI), "2/√π", "the 2/√π of the error function is superfluous"],
  [Math.sqrt(Math.PI) / 2, "√π/2", "the 2/√π of the error function is missing"],
  [Math.sqrt(2 * Math.PI), "√(2π)", "the 1/√(2π) of the normal density is missing"],
  [1 / Math.sqrt(2 * Math.PI), "1/√(2π)", "the 1/√(2π) of the normal density is superfluous"],
  [Math.SQRT2, "√2", "a √2 is one too many"],
  [Math.SQRT1_2, "1/√2", "a √2 is missing"],
  [Math.LN2, "ln 2", "the base of a logarithm or power is wrong"],
  [Math.LOG2E, "1/ln 2", "the base of a logarithm or power is wrong"],
  [Math.LN10, "ln 10", "the base of a logarithm or power is wrong"],
  [Math.LOG10E, "1/ln 10", "the base of a logarithm or power is wrong"],
];

/** The counts that means divide by, each with its meaning. */
function countsOf(e: Evidence, outputShape: Shape | null): Map<number, string> {
  const whose = new Map<number, string>();
  const note = (n: number, words: string): void => {
    if (n > 1 && Number.isInteger(n) && !whose.has(n)) whose.set(n, words);
  };
  const total = sizeOf(e.shape);
  note(total, "the number of elements");
  e.shape.forEach((n, axis) => {
    note(n, `the length of axis ${axis} of ${formatShape(e.shape)}`);
  });
  outputShape?.forEach((n, axis) => {
    note(n, `the length of axis ${axis} of the result ${formatShape(outputShape ?? [])}`);
  });
  const results = outputShape ? sizeOf(outputShape) : 0;
  if (results > 0 && total > 0) {
    note(total / results, "the number of elements for each result");
    note(results / total, "the number of results for each element");
  }
  return whose;
}

/**
 * Names a factor; null for a number without a known cause.
 *
 * @param outputShape shape of the result, if there is one
 */
export function nameFactor(e: Evidence, outputShape: Shape | null, factor: number): NamedFactor | null {
  const magnitude = Math.abs(factor);
  const near = (value: number): boolean => Math.abs(magnitude - value) <= 1e-5 * value;
  const [sign, flipped] = factor < 0 ? ["−", ", and the sign is flipped"] : ["", ""];
  const named = (value: number, words: string, cause: string, bits: number): NamedFactor => ({
    words: `${sign}${words}`,
    cause: `${cause}${flipped}.`,
    value: Math.sign(factor) * value,
    bits,
  });
  const plain = simple.find(([value]) => near(value));
  const counts = countsOf(e, outputShape);
  for (const [n, words] of counts) {
    const inverse = near(1 / n);
    if (!inverse && !near(n)) continue;
    const mean = inverse
      ? `a mean's 1/${n} is applied twice, or a mean is used where a sum belongs`
      : `the 1/${n} of a mean is missing, or a sum over it is superfluous`;
    const [value, written] = inverse ? [1 / n, `1/${n}`] : [n, `${n}`];
    // 2 and 3 are exponents and halves more often than lengths, 4 and 9 windows of 2 × 2 and 3 × 3.
    if (plain !== undefined && n <= 3) {
      return named(value, written, `${plain[2]}; or, as ${n} is ${words}, ${mean}`, 3);
    }
    const side = Math.sqrt(n);
    const planar = Math.max(e.shape.length, outputShape?.length ?? 0) >= 4 && (n === 4 || n === 9);
    if (planar) {
      const also = `${n} is ${words}, and the size of a window of ${side} × ${side}`;
      return named(value, written, `${also}: ${mean}`, 3);
    }
    if (plain !== undefined) return named(value, written, `${n} is ${words}: ${mean}; or ${plain[2]}`, 3);
    return named(value, written, `${n} is ${words}: ${mean}`, 3);
  }
  if (plain !== undefined) return named(plain[0], plain[1], plain[2], 3);
  const known = irrational.find(([value]) => near(value));
  const root = [...counts].find(([n]) => n !== 4 && (near(Math.sqrt(n)) || near(1 / Math.sqrt(n))));
  if (root !== undefined) {
    const [n, words] = root;
    const inverse = near(1 / Math.sqrt(n));
    const cause = `${n} is ${words}: the scaling by ${inverse ? "√" : "1/√"}${n} is missing, or ${inverse ? "1/√" : "√"}${n} is superfluous`;
    const both = known === undefined ? cause : `${known[2]}; or, as ${cause}`;
    const value = inverse ? 1 / Math.sqrt(n) : Math.sqrt(n);
    return named(value, inverse ? `1/√${n}` : `√${n}`, both, 5);
  }
  return known === undefined ? ratio(counts, named, near) : named(known[0], known[1], known[2], 5);
}

/** Factors that dropout has, or a count that is off by one. */
function ratio(
  counts: ReadonlyMap<number, string>,
  named: (value: number, words: string, cause: string, bits: number) => NamedFactor,
  near: (value: number) => boolean,
): NamedFactor | null {
  for (const [n, words] of counts) {
    for (const [p, q] of [
      [n, n - 1],
      [n - 1, n],
    ]) {
      const cause = `${n} is ${words}: N is used where N − 1 belongs, or the other way round (a variance's correction)`;
      if (n > 2 && near(p / q)) return named(p / q, `${p}/${q}`, cause, 6);
    }
  }
  for (let percent = 5; percent < 100; percent += 5) {
    const dropped = percent / 100;
    const kept = 1 - dropped;
    const cause = `what dropout with p = ${dropped} scales by`;
    if (near(kept)) return named(kept, `${Number(kept.toPrecision(3))}`, `1/(1 − p) is missing, ${cause}`, 6);
    if (near(1 / kept)) return named(1 / kept, `1/(1 − ${dropped})`, `1/(1 − p) is superfluous, ${cause}`, 6);
  }
  return null;
}
