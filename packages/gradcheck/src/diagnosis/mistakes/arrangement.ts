/**
 * Right numbers in the wrong places: axes transposed or permuted, reversed, shifted, elements in another order.
 */
import { inversePermutation, type Shape, sizeOf, unravel } from "@adjoint/tensor";
import { fits, ravel } from "../pattern.ts";
import type { Case, Mistake } from "../score.ts";

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
  return Array.from({ length: sizeOf(shape) }, (_, at) => {
    const index = unravel(at, shape);
    const moved = order.map((a) => index[a]);
    return ravel(moved, stored);
  });
}

/**
 * The orders of the axes of a shape that move something, those that move few axes first, each with where it moves to.
 */
function* ordersOf(shape: Shape, limit: number, cut?: Shape): Iterable<{ order: number[]; from: number[] }> {
  if (shape.length > limit) return;
  for (const order of permutations(shape.length).sort((a, b) => moved(a) - moved(b))) {
    // In an excerpt only axes that were of one length before it was cut.
    if (cut?.some((n, i) => cut[order[i]] !== n)) continue;
    const from = reordered(shape, order);
    if (from.some((p, i) => p !== i)) yield { order, from };
  }
}

const kindOf = (order: readonly number[]) => (moved(order) === 2 ? "transposed" : "permuted");

/** Axes of the gradient in another order. */
export function* axesExchanged({ e }: Case): Iterable<Mistake> {
  const { length } = e.columns;
  if (!e.complete) return;
  for (const { order, from: there } of ordersOf(e.shape, 5, e.cut?.shape)) {
    for (const from of [there, inversePermutation(there)]) {
      yield {
        kind: kindOf(order),
        permutation: order,
        repair: (cell) => e.analytic[cell - (cell % length) + from[cell % length]],
        words: () =>
          moved(order) === 2
            ? "The gradient has its axes exchanged: transposed, it is the derivative. A transpose is missing or superfluous, or a reshape is used where a transpose belongs."
            : `The gradient has its axes permuted: with the axes in the order [${order.join(", ")}] it is the derivative. The rule needs the inverse permutation.`,
      };
    }
  }
}

/** Axes of the upstream gradient in another order. */
export function* upstreamExchanged({ e }: Case): Iterable<Mistake> {
  const { length } = e.columns;
  for (const { order, from } of ordersOf(e.outputShape ?? [], 5, e.cut?.outputShape)) {
    yield {
      kind: kindOf(order),
      permutation: order,
      repair: (cell) => e.analytic[from[Math.floor(cell / length)] * length + (cell % length)],
      words: () =>
        `The rule takes the upstream gradient with its axes exchanged: ${moved(order) === 2 ? "transposed" : `permuted to [${order.join(", ")}]`}, it gives the derivative.`,
    };
  }
}

/** The Jacobian as a tensor [...result, ...input] with axes of equal lengths exchanged between both. */
export function* operandsExchanged({ e }: Case): Iterable<Mistake> {
  const { outputShape, shape, cut } = e;
  if (outputShape === null || !e.complete) return;
  const joint = [...outputShape, ...shape];
  const whole = cut === undefined ? joint : [...cut.outputShape, ...cut.shape];
  for (const { order, from } of ordersOf(joint, 6, whole)) {
    const one = moved(order) === 2;
    const all = outputShape.length === shape.length && order.every((a, i) => a === (i + shape.length) % joint.length);
    yield {
      kind: one || all ? "transposed" : "permuted",
      permutation: order,
      repair: (cell) => e.analytic[from[cell]],
      words: () =>
        all || (one && e.columns.length === e.rows && outputShape.length === 1)
          ? "The rule applies the function itself (its Jacobian) instead of the transpose: a reversed order, or a transposed operand, is missing."
          : "A transpose of an operand is missing or superfluous: with axes of the result and of the input exchanged the gradient is the derivative. A product's rule multiplies by the transpose of the other operand.",
    };
  }
}

/** Reversed along axes, or a few places too far. */
export function* reversedOrShifted({ e }: Case): Iterable<Mistake> {
  const { length } = e.columns;
  if (!e.complete || length < 2) return;
  const axes = e.shape.map((_, axis) => axis);
  const movedBy = (to: (index: number[]) => number[]): Pick<Mistake, "permutation" | "repair"> | null => {
    const from = Array.from({ length }, (_, at) => {
      const index = to(unravel(at, e.shape));
      return index.some((i, axis) => i < 0 || i >= e.shape[axis]) ? -1 : ravel(index, e.shape);
    });
    if (from.every((p, i) => p === i) || from.filter((p) => p >= 0).length < 2) return null;
    const repair = (cell: number): number => {
      const source = from[cell % length];
      return source < 0 ? Number.NaN : e.analytic[cell - (cell % length) + source];
    };
    return { permutation: from, repair };
  };
  for (const set of [...axes.map((a) => [a]), axes]) {
    const found = movedBy((index) => index.map((i, a) => (set.includes(a) ? e.shape[a] - 1 - i : i)));
    const where = set.length === 1 ? `axis ${set[0]}` : "all axes";
    const words = () => `The gradient is reversed along ${where}: a flip is missing or superfluous.`;
    if (found !== null) yield { kind: "permuted", ...found, words };
  }
  const steps = [-2, -1, 1, 2];
  const shifts = axes.flatMap((a) => steps.map((s) => axes.map((b) => (a === b ? s : 0))));
  const [row, column] = axes.slice(-2);
  if (axes.length > 1) {
    for (const s of steps) for (const u of steps) shifts.push(axes.map((a) => (a === row ? s : a === column ? u : 0)));
  }
  for (const wrap of [true, false]) {
    for (const by of shifts) {
      const found = movedBy((index) =>
        index.map((i, a) => (wrap ? (((i + by[a]) % e.shape[a]) + e.shape[a]) % e.shape[a] : i + by[a])),
      );
      const words = (): string => {
        const where = by.flatMap((s, a) => (s === 0 ? [] : [`${Math.abs(s)} along axis ${a}`])).join(" and ");
        return `The gradient is shifted by ${where}: an index, a start or a padding is off${wrap ? " (or the roll goes the wrong way)" : ""}.`;
      };
      if (found !== null) yield { kind: "shifted", ...found, words };
    }
  }
}

/** The right columns of the Jacobian in some other order. */
export function* elementsPermuted({ e }: Case): Iterable<Mistake> {
  const { length } = e.columns;
  if (!e.complete || length > 1024 || length < 3 || e.rows * length * length > 2 ** 24) return;
  const from: number[] = [];
  const rest = new Set(e.columns.keys());
  const same = (c: number, d: number): boolean => {
    for (let r = 0; r < e.rows; r++) if (!fits(e, r * length + c, e.analytic[r * length + d])) return false;
    return true;
  };
  for (let c = 0; c < length; c++) {
    const match = [...rest].find((d) => same(c, d));
    if (match === undefined) return;
    rest.delete(match);
    from.push(match);
  }
  yield {
    kind: "permuted",
    bits: length * Math.log2(length),
    permutation: from,
    words: () =>
      `The numbers are right but in the wrong order: entry i has the derivative of entry [${from.slice(0, 8).join(", ")}${from.length > 8 ? ", …" : ""}][i]. An index or a permutation is used where its inverse belongs.`,
  };
}
