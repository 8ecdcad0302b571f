import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DType } from "../dtype.ts";
import { Tensor } from "../tensor.ts";
import { anyShape, expected, indicesOf, laidOut, layout, valuesOf } from "../testing/layouts.ts";
import { reshape, transpose } from "../views.ts";
import { cast, copy, copyInto } from "./copy.ts";
import { argsort, cumsum, sort } from "./cumsum-sort.ts";
import { gather, indexAdd, indexSelect, oneHot, scatterAdd } from "./gather-scatter.ts";
import { concat, padSlice, slice, tril, triu } from "./slice-pad.ts";

const anyTensor = fc
  .tuple(anyShape, fc.constantFrom<DType>("float32", "float64", "int32", "bool"), layout)
  .map(([shape, dtype, how]) => laidOut(shape, dtype, how));

/** A tensor with an axis, and indices along it. */
const indexed = fc
  .record({
    shape: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
    pick: fc.nat(),
    count: fc.nat(4),
    how: layout,
    seeds: fc.array(fc.nat(1000), { minLength: 125, maxLength: 125 }),
  })
  .map(({ shape, pick, count, how, seeds }) => {
    const axis = pick % shape.length;
    const length = shape[axis];
    const index = (size: number) => Int32Array.from({ length: size }, (_, k) => seeds[k] % length);
    const places = shape.with(axis, count);
    const each = index(places.reduce((a, b) => a * b, 1));
    return {
      x: laidOut(shape, "float64", how),
      axis,
      length,
      places: new Tensor(each, places),
      rows: index(count),
      how,
    };
  });

describe("copies", () => {
  it("copy, cast and copyInto give the elements in row-major order", () => {
    fc.assert(
      fc.property(anyTensor, (x) => {
        const y = copy(x);
        expect(y.isContiguous).toBe(true);
        expect(y.data).not.toBe(x.data);
        expect(Array.from(y.data)).toEqual(valuesOf(x));
        const z = cast(x, "float64");
        expect(valuesOf(z)).toEqual(valuesOf(x));
        const target = new Float64Array(x.size);
        copyInto(target, x);
        expect(Array.from(target)).toEqual(valuesOf(x));
      }),
    );
  });

  it("copies large transposed matrices block by block, edges included", () => {
    const x = laidOut([70, 45, 3], "float32", { steps: [1, 1, 1, 1], order: [0, 2, 1, 3], before: 2, seed: 5 });
    expect(Array.from(copy(x).data)).toEqual(valuesOf(x));
  });

  it("refuses what int32 cannot hold", () => {
    const x = new Tensor(Float64Array.of(1.9, -1.9, 2 ** 31 - 0.5), [3]);
    expect(valuesOf(cast(x, "int32"))).toEqual([1, -1, 2147483647]);
    expect(() => cast(new Tensor(Float64Array.of(0, Number.NaN), [2]), "int32")).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: cast: NaN cannot be stored as int32; expected integers from -2147483648 to 2147483647. Look for NaN, infinities and values beyond ±2³¹.]`,
    );
    expect(() => cast(new Tensor(Float64Array.of(2 ** 31), [1]), "int32")).toThrow(/cannot be stored/);
  });

  it("reshapes and transposes any view", () => {
    fc.assert(
      fc.property(anyTensor, (x) => {
        expect(valuesOf(reshape(x, [x.size]))).toEqual(valuesOf(x));
        expect(valuesOf(transpose(transpose(x)))).toEqual(valuesOf(x));
      }),
    );
  });
});

describe("reading and adding at indices", () => {
  it("gather takes one element for each index", () => {
    fc.assert(
      fc.property(indexed, ({ x, axis, places }) => {
        const y = gather(x, places, axis);
        const at = (index: readonly number[]) => index.with(axis, Number(places.at(...index)));
        expect(valuesOf(y)).toEqual(expected(places.shape, "float64", (index) => Number(x.at(...at(index)))));
      }),
    );
  });

  it("scatterAdd adds each update where gather would read", () => {
    fc.assert(
      fc.property(indexed, ({ x, axis, places, how }) => {
        const updates = laidOut(places.shape, "float64", { ...how, seed: how.seed + 1 });
        const sums = copy(x);
        for (const index of indicesOf(places.shape)) {
          const to = index.with(axis, Number(places.at(...index)));
          const flat = to.reduce((position, i, k) => position * x.shape[k] + i, 0);
          sums.data[flat] += Number(updates.at(...index));
        }
        expect(valuesOf(scatterAdd(x, places, updates, axis))).toEqual(valuesOf(sums));
      }),
    );
  });

  it("indexSelect takes whole slices, indexAdd adds them", () => {
    fc.assert(
      fc.property(indexed, ({ x, axis, rows, how }) => {
        const y = indexSelect(x, new Tensor(rows, [rows.length]), axis);
        const at = (index: readonly number[]) => index.with(axis, rows[index[axis]]);
        expect(valuesOf(y)).toEqual(expected(y.shape, "float64", (index) => Number(x.at(...at(index)))));
        const updates = laidOut(y.shape, "float64", { ...how, seed: how.seed + 1 });
        const sums = copy(x);
        for (const index of indicesOf(y.shape)) {
          const flat = at(index).reduce((position, i, k) => position * x.shape[k] + i, 0);
          sums.data[flat] += Number(updates.at(...index));
        }
        const added = indexAdd(x, new Tensor(rows, [rows.length]), updates, axis);
        // Slices are added in another order than here, so sums of up to five terms of size ≤ 2 may round otherwise.
        const values = valuesOf(sums);
        valuesOf(added).forEach((v, k) => {
          expect(Math.abs(v - values[k])).toBeLessThanOrEqual(5 * 2 ** -50);
        });
      }),
    );
  });

  it("adds bools up to true where one is true, and never to another number", () => {
    fc.assert(
      fc.property(indexed, ({ x, axis, places, rows, how }) => {
        const held = cast(x, "bool");
        const indices = new Tensor(rows, [rows.length]);
        const sums = [
          [scatterAdd, places, laidOut(places.shape, "bool", how)],
          [indexAdd, indices, laidOut(x.shape.with(axis, rows.length), "bool", how)],
        ] as const;
        for (const [add, at, updates] of sums) {
          const counted = add(cast(held, "int32"), at, cast(updates, "int32"), axis);
          expect(valuesOf(add(held, at, updates, axis))).toEqual(valuesOf(cast(counted, "bool")));
        }
      }),
    );
    const many = new Tensor(new Uint8Array(256).fill(1), [256]);
    const none = new Tensor(new Uint8Array(1), [1]);
    // The sum is 0 modulo 256.
    expect(Array.from(indexAdd(none, new Tensor(new Int32Array(256), [256]), many, 0).data)).toEqual([1]);
  });

  it("refuses indices out of range, and changes nothing", () => {
    const x = new Tensor(Float64Array.of(1, 2, 3), [3]);
    const bad = new Tensor(Int32Array.of(0, 3), [2]);
    const updates = new Tensor(Float64Array.of(5, 5), [2]);
    expect(() => gather(x, bad, 0)).toThrowErrorMatchingInlineSnapshot(
      `[IndexError: gather: index 3 is out of range for axis 0 of length 3; expected 0 … 2. Indices of gather count from 0.]`,
    );
    expect(() => scatterAdd(x, bad, updates, 0)).toThrow(/index 3 is out of range/);
    expect(() => indexSelect(x, bad, 0)).toThrow(/index 3 is out of range/);
    const negative = new Tensor(Int32Array.of(-1, 0), [2]);
    expect(() => indexAdd(x, negative, updates, 0)).toThrowErrorMatchingInlineSnapshot(
      `[IndexError: indexAdd: index -1 is out of range for axis 0 of length 3; expected 0 … 2. Indices of indexAdd count from 0; add the length of the axis to those that count from the end.]`,
    );
    for (const refused of [
      () => gather(x, negative, 0),
      () => scatterAdd(x, negative, updates, 0),
      () => indexSelect(x, negative, 0),
    ]) {
      expect(refused).toThrow(/index -1 is out of range/);
    }
    expect(Array.from(x.data)).toEqual([1, 2, 3]);
  });

  it("oneHot marks the label, and refuses others", () => {
    const labels = new Tensor(Int32Array.of(2, 0), [2]);
    expect(oneHot(labels, 3, "float32").toArray()).toEqual([
      [0, 0, 1],
      [1, 0, 0],
    ]);
    expect(() => oneHot(labels, 2, "float32")).toThrowErrorMatchingInlineSnapshot(
      `[IndexError: oneHot: label 2 is out of range for 2 classes; expected integers 0 … 1. Labels count from 0; raise depth if there are more classes.]`,
    );
  });
});

describe("parts", () => {
  it("padSlice writes where slice reads", () => {
    const part = fc.record({
      shape: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }),
      how: layout,
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(part, ({ shape, how, seed }) => {
        const slices = shape.map((length, i) => {
          const step = [1, 2, -1, -2][(seed + i) % 4];
          const start = step > 0 ? (seed >> i) % length : length - 1 - ((seed >> i) % length);
          return { start, step, length: Math.ceil((step > 0 ? length - start : start + 1) / Math.abs(step)) };
        });
        const x = laidOut(shape, "float64", how);
        const y = slice(x, slices);
        const at = (index: readonly number[]) => index.map((v, i) => slices[i].start + v * slices[i].step);
        expect(valuesOf(y)).toEqual(expected(y.shape, "float64", (index) => Number(x.at(...at(index)))));
        const back = padSlice(y, shape, slices);
        const read = new Set(indicesOf(y.shape).map((index) => at(index).join()));
        expect(valuesOf(back)).toEqual(
          expected(shape, "float64", (index) => (read.has(index.join()) ? Number(x.at(...index)) : 0)),
        );
      }),
    );
  });

  it("concat joins views", () => {
    fc.assert(
      fc.property(layout, layout, fc.nat(3), fc.nat(3), (p, q, m, n) => {
        const [a, b] = [laidOut([2, m, 3], "float32", p), laidOut([2, n, 3], "float32", q)];
        const y = concat([a, b], 1);
        expect(valuesOf(y)).toEqual(
          expected([2, m + n, 3], "float32", ([i, j, k]) => Number(j < m ? a.at(i, j, k) : b.at(i, j - m, k))),
        );
      }),
    );
  });

  it("tril and triu keep their side of a diagonal", () => {
    fc.assert(
      fc.property(layout, fc.integer({ min: -6, max: 6 }), fc.nat(4), fc.nat(4), (how, k, m, n) => {
        const x = laidOut([2, m, n], "float64", how);
        const at = (index: readonly number[]) => Number(x.at(...index));
        expect(valuesOf(tril(x, k))).toEqual(expected(x.shape, "float64", (i) => (i[2] - i[1] <= k ? at(i) : 0)));
        expect(valuesOf(triu(x, k))).toEqual(expected(x.shape, "float64", (i) => (i[2] - i[1] >= k ? at(i) : 0)));
      }),
    );
  });
});

describe("order", () => {
  it("cumsum runs along an axis from either end", () => {
    fc.assert(
      fc.property(indexed, fc.boolean(), ({ x, axis, length }, reverse) => {
        const y = cumsum(x, axis, { reverse });
        const values = expected(x.shape, "float64", (index) => {
          let total = 0;
          const [from, to] = reverse ? [length - 1, -1] : [0, length];
          for (let k = from; k !== to; k += reverse ? -1 : 1) {
            total += Number(x.at(...index.with(axis, k)));
            if (k === index[axis]) break;
          }
          return total;
        });
        expect(valuesOf(y)).toEqual(values);
      }),
    );
  });

  it("sort orders each lane, argsort says from where; equal elements keep their order, NaN comes last", () => {
    fc.assert(
      fc.property(indexed, fc.boolean(), ({ x, axis }, descending) => {
        const order = argsort(x, axis, { descending });
        const sorted = sort(x, axis, { descending });
        expect(valuesOf(gather(x, order, axis))).toEqual(valuesOf(sorted));
        for (const index of indicesOf(x.shape)) {
          if (index[axis] === 0) continue;
          const before = index.with(axis, index[axis] - 1);
          const [a, b] = [Number(sorted.at(...before)), Number(sorted.at(...index))];
          expect(descending ? a >= b : a <= b).toBe(true);
          if (a === b) expect(Number(order.at(...before))).toBeLessThan(Number(order.at(...index)));
        }
      }),
    );
    const x = new Tensor(Float64Array.of(2, Number.NaN, 1, Number.NaN), [4]);
    expect(Array.from(argsort(x, 0).data)).toEqual([2, 0, 1, 3]);
    expect(Array.from(argsort(x, 0, { descending: true }).data)).toEqual([0, 2, 1, 3]);
  });
});
