/**
 * Right numbers in the wrong places: axes transposed or permuted, reversed, shifted, elements in another order.
 */
import type { Shape } from "@adjoint/tensor";
import type { Evidence } from "../../comparison/evidence.ts";
import { unravel } from "../../engine/subject.ts";
import type { Diagnosis } from "../../report/report.ts";
import { cellsOf, distinct, fitsAll, ravel, weighed } from "../pattern.ts";

/** All orders of 0 … n − 1, the identity left out. */
function permutations(n: number): number[][] {
  const build = (rest: readonly number[]): number[][] =>
    rest.length === 0 ? [[]] : rest.flatMap((a) => build(rest.filter((b) => b !== a)).map((tail) => [a, ...tail]));
  return build(Array.from({ length: n }, (_, i) => i)).filter((order) => order.some((a, i) => a !== i));
}

const moved = (order: readonly number[]): number => order.filter((a, i) => a !== i).length;

/** Where each position of `shape` lies when the elements are stored with their axes in another order. */
function reordered(shape: Shape, order: readonly number[]): number[] {
  const stored = order.map((a) => shape[a]);
  const size = shape.reduce((n, m) => n * m, 1);
  return Array.from({ length: size }, (_, at) => {
    const index = unravel(at, shape);
    return ravel(
      order.map((a) => index[a]),
      stored,
    );
  });
}

function inverse(order: readonly number[]): number[] {
  const result = new Array<number>(order.length);
  order.forEach((p, i) => {
    result[p] = i;
  });
  return result;
}

/** Whether axes may be exchanged so: in an excerpt only those that were of one length before it was cut. */
function allowed(order: readonly number[], cut: Shape | undefined): boolean {
  return cut === undefined || order.every((a, i) => cut[a] === cut[i]);
}

function mostAxes(shape: Shape, limit: number): boolean {
  return shape.length <= limit;
}

/** Axes in another order: of the gradient, of the upstream gradient, or of one against the other. */
export function axesExchanged(e: Evidence): Diagnosis[] {
  const { telling } = cellsOf(e);
  const count = distinct(telling.map((cell) => e.numerical[cell]));
  const found: Diagnosis[] = [];
  const { length } = e.columns;
  const add = (order: readonly number[], what: string, certainty: number): void => {
    const kind = moved(order) === 2 ? "transposed" : "permuted";
    found.push({ kind, certainty: weighed(certainty, telling.length), permutation: order, text: what });
  };
  if (e.complete && mostAxes(e.shape, 5)) {
    for (const order of permutations(e.shape.length).sort((a, b) => moved(a) - moved(b))) {
      if (!allowed(order, e.cut?.shape)) continue;
      const there = reordered(e.shape, order);
      if (there.every((p, i) => p === i)) continue;
      const fit = [there, inverse(there)].find((from) =>
        fitsAll(e, (cell) => e.analytic[cell - (cell % length) + from[cell % length]]),
      );
      if (fit === undefined) continue;
      const text =
        moved(order) === 2
          ? "The gradient has its axes exchanged: transposed, it is the derivative. A transpose is missing or one too many, or a reshape stands where a transpose belongs."
          : `The gradient has its axes permuted: with the axes in the order [${order.join(", ")}] it is the derivative. The inverse permutation belongs into the rule.`;
      add(order, text, count > 1 ? 0.92 : 0.75);
      break;
    }
  }
  const { outputShape } = e;
  if (outputShape === null) return found;
  if (mostAxes(outputShape, 5) && found.length === 0) {
    for (const order of permutations(outputShape.length).sort((a, b) => moved(a) - moved(b))) {
      if (!allowed(order, e.cut?.outputShape)) continue;
      const from = reordered(outputShape, order);
      if (from.every((p, i) => p === i)) continue;
      if (!fitsAll(e, (cell) => e.analytic[from[Math.floor(cell / length)] * length + (cell % length)])) continue;
      const how = moved(order) === 2 ? "transposed" : `permuted to [${order.join(", ")}]`;
      add(order, `The rule takes the upstream gradient with its axes exchanged: ${how}, it gives the derivative.`, 0.9);
      break;
    }
  }
  if (found.length === 0 && e.complete) found.push(...acrossJacobian(e, outputShape, count));
  return found;
}

/** The Jacobian as a tensor [...result, ...input] with axes of equal lengths exchanged between both. */
function acrossJacobian(e: Evidence, outputShape: Shape, count: number): Diagnosis[] {
  const joint = [...outputShape, ...e.shape];
  const whole = e.cut === undefined ? joint : [...e.cut.outputShape, ...e.cut.shape];
  if (joint.length > 6) return [];
  const { length } = e.columns;
  const orders = permutations(joint.length).filter((order) => order.every((a, i) => whole[a] === whole[i]));
  for (const order of orders.sort((a, b) => moved(a) - moved(b))) {
    const from = reordered(joint, order);
    if (from.every((p, i) => p === i)) continue;
    if (!fitsAll(e, (cell) => e.analytic[from[cell]])) continue;
    const one = moved(order) === 2;
    const all =
      outputShape.length === e.shape.length && order.every((a, i) => a === (i + e.shape.length) % joint.length);
    const text =
      all || (one && length === e.rows && outputShape.length === 1)
        ? "The rule applies the function itself (its Jacobian) where the transposed one belongs: a reversed order, or a transposed operand, is missing."
        : "An operand is not transposed, or one too many is: with axes of the result and of the input exchanged the gradient is the derivative. A product's rule multiplies by the transpose of the other operand.";
    return [
      {
        kind: one || all ? "transposed" : "permuted",
        certainty: weighed(one || all ? 0.9 : 0.75, count),
        permutation: order,
        text,
      },
    ];
  }
  return [];
}

/** Reversed along axes, or a few places too far. */
export function reversedOrShifted(e: Evidence): Diagnosis[] {
  const { telling } = cellsOf(e);
  const { length } = e.columns;
  if (!e.complete || telling.length < 2) return [];
  // Rows of a Jacobian tell positions apart; in a single row only different numbers do.
  const evidence = e.unit && e.rows > 2 ? telling.length : distinct(telling.map((cell) => e.numerical[cell]));
  const columnMap = (to: (index: number[]) => number[] | null): number[] =>
    Array.from({ length }, (_, at) => {
      const index = to(unravel(at, e.shape));
      return index === null || index.some((i, axis) => i < 0 || i >= e.shape[axis]) ? -1 : ravel(index, e.shape);
    });
  const tryOut = (from: readonly number[]): boolean =>
    from.some((p, i) => p !== i) &&
    fitsAll(e, (cell) => {
      const source = from[cell % length];
      return source < 0 ? Number.NaN : e.analytic[cell - (cell % length) + source];
    });
  const axes = e.shape.map((_, axis) => axis);
  for (const set of [...axes.map((a) => [a]), axes]) {
    const from = columnMap((index) => index.map((i, a) => (set.includes(a) ? e.shape[a] - 1 - i : i)));
    if (!tryOut(from)) continue;
    return [
      {
        kind: "permuted",
        certainty: weighed(0.88, evidence),
        permutation: from,
        text: `The gradient is reversed along ${set.length === 1 ? `axis ${set[0]}` : "all axes"}: a flip is missing or one too many.`,
      },
    ];
  }
  const steps = [-2, -1, 1, 2];
  const lastTwo = axes.slice(-2);
  const shifts: number[][] = [
    ...axes.flatMap((a) => steps.map((s) => axes.map((b) => (a === b ? s : 0)))),
    ...(lastTwo.length < 2
      ? []
      : steps.flatMap((s) => steps.map((u) => axes.map((a) => (a === lastTwo[0] ? s : a === lastTwo[1] ? u : 0))))),
  ];
  for (const wrap of [true, false]) {
    for (const by of shifts) {
      const from = columnMap((index) =>
        index.map((i, a) => (wrap ? (((i + by[a]) % e.shape[a]) + e.shape[a]) % e.shape[a] : i + by[a])),
      );
      if (from.filter((p) => p >= 0).length < 2 || !tryOut(from)) continue;
      const where = by.flatMap((s, a) => (s === 0 ? [] : [`${Math.abs(s)} along axis ${a}`])).join(" and ");
      return [
        {
          kind: "shifted",
          certainty: weighed(0.85, wrap ? evidence : evidence - 1),
          permutation: from,
          text: `The gradient is shifted by ${where}: an index, a start or a padding is off${wrap ? " (or the roll goes the wrong way)" : ""}.`,
        },
      ];
    }
  }
  return [];
}

/** The right columns of the Jacobian in some other order. */
export function elementsPermuted(e: Evidence): Diagnosis[] {
  const { telling, right } = cellsOf(e);
  const { length } = e.columns;
  if (!e.complete || length > 1024 || length < 3 || e.rows * length * length > 2 ** 24) return [];
  const cellsPerColumn = telling.length / length;
  if (cellsPerColumn === 0) return [];
  const from: number[] = [];
  const taken = new Set<number>();
  for (let c = 0; c < length; c++) {
    let match = -1;
    for (let d = 0; d < length && match < 0; d++) {
      if (taken.has(d)) continue;
      let same = true;
      for (let r = 0; r < e.rows && same; r++) {
        same = Math.abs(e.analytic[r * length + d] - e.numerical[r * length + c]) <= e.tolerance[r * length + c];
      }
      if (same) match = d;
    }
    if (match < 0) return [];
    taken.add(match);
    from.push(match);
  }
  if (from.every((d, c) => d === c)) return [];
  // A single row of few different numbers is soon found in another order.
  const sure = e.rows >= 3 || distinct(telling.map((cell) => e.numerical[cell])) >= length - 1;
  return [
    {
      kind: "permuted",
      certainty: weighed(sure ? 0.85 : 0.5, telling.length - right.length),
      permutation: from,
      text: `The right numbers in the wrong order: entry i has the derivative of entry [${from.slice(0, 8).join(", ")}${from.length > 8 ? ", …" : ""}][i]. An index or a permutation is used where its inverse belongs.`,
    },
  ];
}
