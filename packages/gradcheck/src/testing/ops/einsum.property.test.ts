import { einsum, matmul } from "@adjoint/autograd";
import { rng, type Tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gradcheck } from "../../gradcheck.ts";

/** Every assignment of numbers to names. */
function* assignments(names: readonly string[], lengths: ReadonlyMap<string, number>): Generator<Map<string, number>> {
  if (names.length === 0) {
    yield new Map();
    return;
  }
  const [first, ...rest] = names;
  for (const others of assignments(rest, lengths)) {
    for (let i = 0; i < (lengths.get(first) as number); i++) yield new Map([...others, [first, i]]);
  }
}

/** The definition: for every result index the sum of products over all other names. */
function byDefinition(
  terms: readonly string[],
  output: string,
  xs: readonly Tensor[],
): { sums: number[]; sizes: number[] } {
  const lengths = new Map<string, number>();
  terms.forEach((term, k) => {
    for (const [i, name] of [...term].entries()) {
      const n = xs[k].shape[i];
      if ((lengths.get(name) ?? 1) === 1) lengths.set(name, n);
    }
  });
  const size = [...output].reduce((product, name) => product * (lengths.get(name) as number), 1);
  const sums = new Array<number>(size).fill(0);
  const sizes = new Array<number>(size).fill(0);
  for (const index of assignments([...lengths.keys()], lengths)) {
    let product = 1;
    terms.forEach((term, k) => {
      product *= Number(
        xs[k].at(...[...term].map((name, i) => (xs[k].shape[i] === 1 ? 0 : (index.get(name) as number)))),
      );
    });
    const place = [...output].reduce((at, name) => at * (lengths.get(name) as number) + (index.get(name) as number), 0);
    sums[place] += product;
    sizes[place] += Math.abs(product);
  }
  return { sums, sizes };
}

const equation = fc
  .record({
    terms: fc.array(
      fc.array(fc.constantFrom("i", "j", "k", "l"), { maxLength: 3 }).map((names) => names.join("")),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
    lengths: fc.record({
      i: fc.nat(3),
      j: fc.integer({ min: 1, max: 3 }),
      k: fc.integer({ min: 1, max: 3 }),
      l: fc.constant(1),
    }),
    order: fc.shuffledSubarray(["i", "j", "k", "l"]),
    ones: fc.array(fc.subarray(["i", "j", "k"]), { minLength: 3, maxLength: 3 }),
    seed: fc.nat(),
  })
  .map(({ terms, lengths, order, ones, seed }) => {
    const output = order.filter((name) => terms.some((term) => term.includes(name))).join("");
    const random = rng(seed);
    // Some axes have length 1 in one operand, to be repeated to the length that another has.
    const xs = terms.map((term, k) =>
      random.uniform(
        [...term].map((name) => (ones[k].includes(name) ? 1 : lengths[name as keyof typeof lengths])),
        { low: -1, high: 1, dtype: "float64" },
      ),
    );
    return { terms, output, xs };
  });

describe("einsum", () => {
  it("is the sum of products by its definition, diagonals, empty axes and axes of length 1 included", () => {
    fc.assert(
      fc.property(equation, ({ terms, output, xs }) => {
        const y = einsum(`${terms.join(",")}->${output}`, ...xs);
        const { sums, sizes } = byDefinition(terms, output, xs);
        const { data } = y.value.toJSON();
        expect(data).toHaveLength(sums.length);
        // At most 81 products of three numbers, added up in another order: each rounds by n·u of the magnitudes.
        data.forEach((value, k) => {
          expect(Math.abs(Number(value) - sums[k])).toBeLessThanOrEqual(200 * 2 ** -53 * sizes[k]);
        });
      }),
    );
  });

  it("has the gradient of its definition", () => {
    fc.assert(
      fc.property(equation, ({ terms, output, xs }) => {
        const text = `${terms.join(",")}->${output}`;
        expect(gradcheck((...operands) => einsum(text, ...operands), xs).ok).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("broadcasts the axes of an ellipsis, and knows the result without an arrow", () => {
    const random = rng(1);
    const [a, b] = [random.normal([2, 1, 3, 4], { dtype: "float64" }), random.normal([5, 4, 2], { dtype: "float64" })];
    const product = matmul(a, b);
    expect(einsum("...ij,...jk->...ik", a, b).toArray()).toEqual(product.toArray());
    expect(einsum("...ij,...jk", a, b).shape).toEqual([2, 5, 3, 2]);
    expect(einsum("ba", random.normal([2, 3])).shape).toEqual([3, 2]);
    expect(einsum("ii", random.normal([3, 3])).shape).toEqual([]);
    expect(einsum("...i->...", random.normal([2, 3])).shape).toEqual([2]);
  });

  it("says what does not fit", () => {
    const [a, b] = [rng(0).normal([2, 3]), rng(0).normal([4, 5])];
    expect(() => einsum("ij,jk->ik", a, b)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: einsum: "ij,jk->ik": axis "j" has lengths 3 and 4 (operands [2, 3], [4, 5]). Axes of one name have one length, or length 1, which is repeated.]`,
    );
    expect(() => einsum("ij->ik", a)).toThrow(/the result's axis "k" is in no operand/);
    expect(() => einsum("ij->ii", a)).toThrow(/names an axis twice/);
    expect(() => einsum("ijk", a)).toThrow(/"ijk" names 3 axes, operand 0 has 2/);
    expect(() => einsum("ij,jk", a)).toThrow(/2 terms and 1 operands/);
    expect(() => einsum("ii->i", a)).toThrow(/lengths 2 and 3 in one operand/);
    expect(() => einsum("i?->i", a)).toThrow(/"i\?" is no term/);
    expect(() => einsum("ij->ji->ij", a)).toThrow(/two arrows/);
  });
});
