/**
 * Gradients that are a multiple of the derivative, by −1, a constant or something that depends on the values, or that
 * differ from it by a constant.
 */
import type { Finding } from "../../numerical/judge.ts";
import { short } from "../../report/numbers.ts";
import { cellsOf, distinct, isElementwise, isNonzero } from "../pattern.ts";
import { type Candidate, type Case, type Explanation, type Mistake, real } from "../score.ts";
import { nameFactor } from "./factor-names.ts";

/** Sign and scale. */
export function* constantFactor({ e, setting: { places } }: Case): Iterable<Mistake> {
  yield {
    kind: "sign",
    factor: -1,
    repair: (cell) => -e.analytic[cell],
    words: () => "The sign is flipped: every entry is −1 times the derivative. A minus is missing or superfluous.",
  };
  const solid = cellsOf(e).telling.filter((cell) => isNonzero(e, cell));
  if (solid.length === 0) return;
  const strongest = solid.reduce((a, b) => (Math.abs(e.numerical[b]) > Math.abs(e.numerical[a]) ? b : a));
  const factor = e.analytic[strongest] / e.numerical[strongest];
  if (
    !Number.isFinite(factor) ||
    Math.abs(factor) < 1e-9 ||
    Math.min(Math.abs(factor - 1), Math.abs(factor + 1)) < 1e-6
  )
    return;
  const named = nameFactor(e, places.length === 1 ? places[0].shape : null, factor);
  yield {
    kind: "scale",
    // A factor that has a name is hardly chance; any other needs several numbers to be credible.
    bits: named?.bits ?? real,
    factor: named?.value ?? Number(factor.toPrecision(8)),
    repair: (cell) => e.analytic[cell] / factor,
    words: () =>
      `Every entry is ${named?.words ?? short(factor)} times the derivative: ${named?.cause ?? "a constant factor is missing or superfluous."}`,
  };
}

/** A factor that differs from 1 by so little that a gradient counts as right for every other hypothesis. */
export function hairFactor(findings: readonly Finding[]): Explanation[] {
  const wrong = findings.filter(({ verdict }) => verdict === "wrong");
  if (wrong.length === 0) return [];
  const apart = ({ analytic, numerical }: Finding): number => analytic - numerical;
  const strongest = wrong.reduce((a, b) =>
    Math.abs(apart(b)) * a.tolerance > Math.abs(apart(a)) * b.tolerance ? b : a,
  );
  const excess = apart(strongest) / strongest.numerical;
  if (!Number.isFinite(excess) || Math.abs(excess) > 1e-3) return [];
  const steady = findings.every(
    (f) =>
      (f.verdict !== "ok" && f.verdict !== "wrong") || Math.abs(apart(f) - excess * f.numerical) <= 2 * f.tolerance,
  );
  if (!steady) return [];
  const written = `1 ${excess < 0 ? "−" : "+"} ${Number(Math.abs(excess).toPrecision(2)).toExponential()}`;
  return [
    {
      kind: "scale",
      bits: real,
      factor: 1 + excess,
      text: `Every entry is ${written} times the derivative: almost right. A constant has too few digits or was rounded to float32, or the rule has an ε that the function does not have.`,
    },
  ];
}

/** Whether the gradient is wrong everywhere, and the derivative not the same everywhere. */
function varies({ e }: Case): boolean {
  const { telling, right } = cellsOf(e);
  return right.length === 0 && distinct(telling.map((cell) => Math.abs(e.numerical[cell]))) > 1;
}

/** The local derivative is left out, or divided by. */
export function* withoutDerivative(of: Case): Iterable<Mistake> {
  const { e } = of;
  const { telling } = cellsOf(e);
  if (!varies(of) || !e.unit) return;
  if (telling.every((cell) => isNonzero(e, cell) && Math.abs(e.analytic[cell] - 1) <= e.tolerance[cell] + 1e-9)) {
    yield {
      kind: "factor",
      words: () =>
        "The gradient is passed on unchanged: the local derivative f′(x) is missing (chain rule: x̄ = ȳ · f′(x)).",
    };
  }
  if (isElementwise(e) && telling.every((cell) => Math.abs(e.analytic[cell] * e.numerical[cell] - 1) <= 1e-5)) {
    yield {
      kind: "reciprocal",
      words: () =>
        "Every entry is 1 over the derivative: the rule multiplies where it should divide, or the other way round.",
    };
  }
}

/** Factors that depend on x, y or another input. */
export function* varyingFactor({ e, values }: Case): Iterable<Mistake> {
  const { telling } = cellsOf(e);
  const { length } = e.columns;
  if (telling.some((cell) => !isNonzero(e, cell))) return;
  const plain: Candidate[] = [{ name: "x", values: e.x }];
  if (isElementwise(e) && e.y !== null) plain.push({ name: "y", values: e.y });
  plain.push(...values);
  const candidates = [...plain, ...plain.flatMap(derived)].filter(({ values }) => values.length === length);
  for (const exact of [true, false]) {
    for (const { name, values } of candidates) {
      if (!exact && distinct(Array.from(values)) < 2) continue;
      for (const [words, power] of [
        [name, 1],
        [`1/${name}`, -1],
        [`${name}²`, 2],
      ] as const) {
        const ratio = (cell: number): number => values[cell % length] ** power;
        if (telling.some((cell) => Math.abs(ratio(cell)) <= 1e-9)) continue;
        const constant = exact ? 1 : e.analytic[telling[0]] / (e.numerical[telling[0]] * ratio(telling[0]));
        if (!Number.isFinite(constant) || Math.abs(constant) < 1e-9) continue;
        yield {
          kind: "factor",
          // Rarer than a constant, by this many bits.
          bits: exact ? 2 : 2 + real,
          repair: (cell) => e.analytic[cell] / (constant * ratio(cell)),
          words: () =>
            `Every entry is the derivative times ${exact ? "" : `${short(constant)} · `}${words}: ` +
            `${power === -1 ? `a factor ${name} is missing, or a division by it is superfluous` : `a factor ${words} is superfluous, or a division by it is missing`}.`,
        };
      }
    }
  }
}

/** The functions that formulas are made of, beside x and y themselves. */
function derived({ name, values }: Candidate): Candidate[] {
  const list = Array.from(values);
  const from = (words: string, f: (v: number) => number): Candidate[] => {
    const result = list.map(f);
    return result.every(Number.isFinite) ? [{ name: words, values: result }] : [];
  };
  return [
    ...from(`(1 − ${name})`, (v) => 1 - v),
    ...from(`(1 + ${name})`, (v) => 1 + v),
    ...from(`(1 − ${name}²)`, (v) => 1 - v * v),
    ...from(`(1 + ${name}²)`, (v) => 1 + v * v),
    ...from(`ln ${name}`, Math.log),
    ...from(`exp ${name}`, Math.exp),
  ];
}

/** Gradient and derivative that differ by a constant, or add up to one: a term is missing, or its sign flipped. */
export function* constantTerm({ e }: Case): Iterable<Mistake> {
  const { telling, right } = cellsOf(e);
  if (right.length > 0 || telling.length < 3 || !isElementwise(e)) return;
  if (distinct(telling.map((cell) => e.numerical[cell])) < 3) return;
  const there = new Set(telling);
  const off = (cell: number, value: number): number => (there.has(cell) ? value : e.analytic[cell]);
  const difference = e.analytic[telling[0]] - e.numerical[telling[0]];
  const [less, more] = ["less", "more"].map((word) => `${short(Math.abs(difference))} ${word} than the derivative`);
  yield {
    kind: "missing-term",
    bits: real,
    repair: (cell) => off(cell, e.analytic[cell] - difference),
    words: () =>
      `Every entry is ${difference < 0 ? less : more}: a constant term is ${difference < 0 ? "missing" : "superfluous"} in the local derivative.`,
  };
  const sum = e.analytic[telling[0]] + e.numerical[telling[0]];
  yield {
    kind: "sign",
    bits: real,
    repair: (cell) => off(cell, sum - e.analytic[cell]),
    words: () =>
      `Gradient and derivative add up to ${short(sum)} everywhere: the local derivative is a constant plus a term, and the sign of that term is flipped.`,
  };
}

/** One factor for each index along one axis of the input or of the result: a parameter of its own for each. */
export function* factorByAxis({ e }: Case): Iterable<Mistake> {
  const { telling } = cellsOf(e);
  if (telling.some((cell) => !isNonzero(e, cell)) || !e.complete || e.shape.length < 2) return;
  let stride = e.columns.length;
  for (let axis = 0; axis < e.shape.length; axis++) {
    const n = e.shape[axis];
    stride /= n;
    if (n < 2 || e.columns.length / n < 2) continue;
    const inner = stride;
    const of = (cell: number): number => Math.floor((cell % e.columns.length) / inner) % n;
    const factors = new Map<number, number>();
    for (const cell of telling) {
      if (!factors.has(of(cell))) factors.set(of(cell), e.analytic[cell] / e.numerical[cell]);
    }
    const different = distinct([...factors.values()]);
    if (different < 2) continue;
    const list = [...factors.values()].slice(0, 4).map(short).join(", ");
    yield {
      kind: "factor",
      bits: different * real,
      axis,
      repair: (cell) => e.analytic[cell] / (factors.get(of(cell)) ?? 1),
      words: () =>
        `Every entry is the derivative times a factor for each index along axis ${axis} (${list}${factors.size > 4 ? ", …" : ""}): a factor that belongs to that axis is missing or superfluous.`,
    };
  }
}
