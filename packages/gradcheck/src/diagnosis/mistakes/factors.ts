/**
 * Gradients that are a multiple of the derivative: by −1, by a constant, or by something that depends on the values.
 */
import type { Shape } from "@adjoint/tensor";
import type { Evidence } from "../../comparison/evidence.ts";
import type { Finding } from "../../numerical/judge.ts";
import type { Diagnosis } from "../../report/report.ts";
import { cellsOf, distinct, fitsAll, isElementwise, isNonzero, weighed } from "../pattern.ts";
import { nameFactor } from "./factor-names.ts";

function short(value: number): string {
  return Number(value.toPrecision(6)).toString();
}

/** Sign and scale. */
export function constantFactor(e: Evidence, outputShape: Shape | null): Diagnosis[] {
  const { telling } = cellsOf(e);
  const solid = telling.filter((cell) => isNonzero(e, cell));
  if (solid.length === 0 || solid.length < telling.length) return [];
  const strongest = solid.reduce((a, b) => (Math.abs(e.numerical[b]) > Math.abs(e.numerical[a]) ? b : a));
  const factor = e.analytic[strongest] / e.numerical[strongest];
  if (!Number.isFinite(factor) || Math.abs(factor) < 1e-9 || Math.abs(factor - 1) < 1e-9) return [];
  if (!fitsAll(e, (cell) => e.analytic[cell] / factor)) return [];
  if (Math.abs(factor + 1) < 1e-6) {
    return [
      {
        kind: "sign",
        certainty: weighed(0.95, solid.length),
        factor: -1,
        text: "The sign is flipped: every entry is −1 times the derivative. A minus was forgotten, or is one too many.",
      },
    ];
  }
  const named = nameFactor(e, outputShape, factor);
  return [
    {
      kind: "scale",
      // A factor that has a name is hardly chance; of a crooked one only several numbers can convince.
      certainty: weighed(named?.certainty ?? 0.85, solid.length),
      factor: named?.value ?? Number(factor.toPrecision(8)),
      text: `Every entry is ${named?.words ?? short(factor)} times the derivative: ${named?.cause ?? "a constant factor is missing or one too many."}`,
    },
  ];
}

/** A factor that differs from 1 by so little that a gradient counts as right for every other hypothesis. */
export function hairFactor(findings: readonly Finding[]): Diagnosis[] {
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
      certainty: weighed(0.8, wrong.length),
      factor: 1 + excess,
      text: `Every entry is ${written} times the derivative: right but for a hair. A constant has too few digits, or was rounded to float32, or there is an ε in the rule that the function does not have.`,
    },
  ];
}

/** Values that may stand in a gradient as a factor too many, by name. */
export interface Candidate {
  readonly name: string;
  /** One value for each column. */
  readonly values: ArrayLike<number>;
}

/** Factors that depend on x, y, another input, or on the derivative itself. */
export function varyingFactor(e: Evidence, others: readonly Candidate[]): Diagnosis[] {
  const { telling, wrong, right } = cellsOf(e);
  const { length } = e.columns;
  if (telling.length < 2 || wrong.length === 0) return [];
  const found: Diagnosis[] = [];
  const elementwise = isElementwise(e);
  const varies = right.length === 0 && distinct(telling.map((cell) => Math.abs(e.numerical[cell]))) > 1;
  const passedOn = telling.every((cell) => Math.abs(e.analytic[cell] - 1) <= e.tolerance[cell] + 1e-9);
  if (e.unit && varies && passedOn && telling.every((cell) => isNonzero(e, cell))) {
    found.push({
      kind: "factor",
      certainty: weighed(0.88, telling.length),
      text: "The gradient is passed on unchanged: the local derivative f′(x) is missing (chain rule: x̄ = ȳ · f′(x)).",
    });
  }
  if (elementwise && varies && telling.every((cell) => Math.abs(e.analytic[cell] * e.numerical[cell] - 1) <= 1e-5)) {
    found.push({
      kind: "reciprocal",
      certainty: weighed(0.85, telling.length),
      text: "Every entry is 1 over the derivative: multiplied where the rule should divide, or the other way round.",
    });
  }
  // 1 over the derivative is the derivative times something squared, too: the simpler word is enough.
  if (found.length > 0) return found;
  const own: Candidate[] = [{ name: "x", values: e.x }];
  if (elementwise && e.y !== null) own.push({ name: "y", values: e.y });
  const plain = [...own, ...others];
  for (const { name, values } of [...plain, ...plain.flatMap(derived)]) {
    if (values.length !== length || distinct(Array.from(values)) < 2) continue;
    for (const [words, power] of [
      [name, 1],
      [`1/${name}`, -1],
      [`${name}²`, 2],
    ] as const) {
      const ratio = (cell: number): number => values[cell % length] ** power;
      const sample = telling.filter((cell) => isNonzero(e, cell) && Math.abs(ratio(cell)) > 1e-9);
      if (sample.length < 2 || sample.length < telling.length) continue;
      const constant = e.analytic[sample[0]] / (e.numerical[sample[0]] * ratio(sample[0]));
      if (!Number.isFinite(constant) || Math.abs(constant) < 1e-9) continue;
      if (!fitsAll(e, (cell) => e.analytic[cell] / (constant * ratio(cell)))) continue;
      const exact = Math.abs(constant - 1) < 1e-5;
      found.push({
        kind: "factor",
        certainty: weighed(exact ? 0.86 : 0.7, distinct(sample.map(ratio))),
        text:
          `Every entry is the derivative times ${exact ? "" : `${short(constant)} · `}${words}: ` +
          `${power === -1 ? `a factor ${name} is missing, or a division by it one too many` : `a factor ${words} is one too many, or a division by it is missing`}.`,
      });
    }
  }
  return found;
}

/** What formulas are made of, beside x and y themselves. */
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
export function constantTerm(e: Evidence): Diagnosis[] {
  const { telling, right } = cellsOf(e);
  const used = telling.filter((cell) => isNonzero(e, cell));
  if (right.length > 0 || used.length < 3 || !isElementwise(e)) return [];
  if (distinct(used.map((cell) => e.numerical[cell])) < 3) return [];
  const steady = (of: (cell: number) => number): number | null => {
    const first = of(telling[0]);
    return telling.every((cell) => Math.abs(of(cell) - first) <= 2 * e.tolerance[cell] + 1e-6 * Math.abs(first))
      ? first
      : null;
  };
  const difference = steady((cell) => e.analytic[cell] - e.numerical[cell]);
  const sum = steady((cell) => e.analytic[cell] + e.numerical[cell]);
  if (difference !== null) {
    const [less, more] = ["less", "more"].map((word) => `${short(Math.abs(difference))} ${word} than the derivative`);
    return [
      {
        kind: "missing-term",
        certainty: weighed(0.85, used.length),
        text: `Every entry is ${difference < 0 ? less : more}: a constant term is ${difference < 0 ? "missing" : "one too many"} in the local derivative.`,
      },
    ];
  }
  if (sum === null) return [];
  return [
    {
      kind: "sign",
      certainty: weighed(0.75, used.length),
      text: `Gradient and derivative add up to ${short(sum)} everywhere: the local derivative is a constant plus a term, and the sign of that term is flipped.`,
    },
  ];
}

/** One factor for each index along one axis of the input or of the result: a parameter of its own for each. */
export function factorByAxis(e: Evidence): Diagnosis[] {
  const { telling, wrong } = cellsOf(e);
  if (wrong.length === 0 || telling.some((cell) => !isNonzero(e, cell)) || !e.complete || e.shape.length < 2) return [];
  let stride = e.columns.length;
  for (let axis = 0; axis < e.shape.length; axis++) {
    const n = e.shape[axis];
    stride /= n;
    if (n < 2 || e.columns.length / n < 2) continue;
    const of = (cell: number): number => Math.floor((cell % e.columns.length) / stride) % n;
    const factors = new Map<number, number>();
    for (const cell of telling) {
      if (!factors.has(of(cell))) factors.set(of(cell), e.analytic[cell] / e.numerical[cell]);
    }
    if (distinct([...factors.values()]) < 2) continue;
    if (!fitsAll(e, (cell) => e.analytic[cell] / (factors.get(of(cell)) ?? 1))) continue;
    const list = [...factors.values()].slice(0, 4).map(short).join(", ");
    return [
      {
        kind: "factor",
        certainty: weighed(0.7, telling.length / n),
        axis,
        text: `Every entry is the derivative times a factor for each index along axis ${axis} (${list}${factors.size > 4 ? ", …" : ""}): a factor that belongs to that axis is missing or one too many.`,
      },
    ];
  }
  return [];
}
