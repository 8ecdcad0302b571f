import { arange, kernels, rng, Tensor, tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { classWeights, DataLoader, type DataLoaderOptions, type LoaderState } from "./data-loader.ts";
import { channelStatistics, normalize, randomCrop, randomFlip, randomShift } from "./transforms.ts";

const samplesOf = (count: number) => {
  const t = arange(count, { dtype: "int32" });
  return { x: kernels.reshape(kernels.cast(t, "float32"), [count, 1, 1, 1]), t };
};
/** What the next epochs give, as JSON. */
const epochs = (loader: DataLoader, count: number) =>
  Array.from({ length: count }, () =>
    [...loader].map(({ x, t, epoch, batch }) => ({ x: x.toArray(), t: t.toArray(), epoch, batch })),
  );

describe("DataLoader", () => {
  it("gives every sample once an epoch, with its target, in another order each time", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.nat(1000),
        (count, batchSize, seed) => {
          const loader = new DataLoader(samplesOf(count), { batchSize, seed });
          const [first, second] = [[...loader], [...loader]];
          expect(first.length).toBe(loader.length);
          for (const epoch of [first, second]) {
            expect(epoch.flatMap(({ t }) => t.toArray() as number[]).sort((a, b) => a - b)).toEqual([
              ...Array(count).keys(),
            ]);
            for (const { x, t, rows } of epoch) {
              expect([...x.data]).toEqual(t.toArray());
              expect([...rows]).toEqual(t.toArray());
            }
          }
          if (count > 15) expect(first.map(({ rows }) => [...rows])).not.toEqual(second.map(({ rows }) => [...rows]));
        },
      ),
    );
  });

  it("goes on from any state with what it would have given, transforms and weights included", () => {
    const count = 11;
    const x = kernels.reshape(rng(3).normal([count * 2 * 5 * 4]), [count, 2, 5, 4]);
    const samples = { x, t: arange(count, { dtype: "int32" }) };
    const choices = fc.record({
      batchSize: fc.integer({ min: 1, max: 12 }),
      seed: fc.nat(100),
      shuffle: fc.boolean(),
      weights: fc.option(fc.constant(Array.from({ length: count }, (_, i) => i)), { nil: undefined }),
    });
    fc.assert(
      fc.property(choices, fc.nat(40), ({ weights, ...rest }, steps) => {
        const transforms = [randomFlip(), randomShift({ by: 1 }), randomCrop({ size: 4, padding: 1 })];
        const options = { ...rest, transforms, ...(weights === undefined ? {} : { weights }) };
        const through = new DataLoader(samples, options);
        const states: LoaderState[] = [];
        const batches: unknown[] = [];
        for (let epoch = 0; epoch < 4; epoch++) {
          states.push(through.state);
          for (const batch of through) {
            batches.push(JSON.stringify(batch));
            states.push(through.state);
          }
          states.pop();
        }
        const at = steps % batches.length;
        const again = new DataLoader(samples, { ...options, from: JSON.parse(JSON.stringify(states[at])) });
        const rest2 = [...again].map((batch) => JSON.stringify(batch));
        expect(rest2).toEqual(batches.slice(at, at + rest2.length));
        expect(again.state.batch).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it("changes samples by their place in the epoch, whatever the size of batches", () => {
    const samples = { x: kernels.reshape(rng(1).normal([9 * 16]), [9, 1, 4, 4]), t: arange(9, { dtype: "int32" }) };
    const all = (batchSize: number) => {
      const transforms = [randomShift({ by: 2 }), randomFlip({ direction: "vertical" })];
      return [...new DataLoader(samples, { batchSize, transforms })].flatMap(({ x }) => x.toArray() as unknown[]);
    };
    expect(all(1)).toEqual(all(9));
    expect(all(2)).toEqual(all(9));
  });

  it("leaves out a small last batch, and keeps the order, when it is asked to", () => {
    const loader = new DataLoader(samplesOf(7), { batchSize: 3, dropLast: true, shuffle: false });
    expect([loader.length, epochs(loader, 2)]).toEqual([
      2,
      [0, 1].map((epoch) =>
        [0, 1].map((batch) => ({
          x: [0, 1, 2].map((i) => [[[3 * batch + i]]]),
          t: [0, 1, 2].map((i) => 3 * batch + i),
          epoch,
          batch,
        })),
      ),
    ]);
  });

  it("goes on in the middle of an epoch after a loop that was left", () => {
    const loader = new DataLoader(samplesOf(6), { batchSize: 2 });
    for (const { batch } of loader) if (batch === 0) break;
    expect(loader.state).toEqual({ seed: 0, epoch: 0, batch: 1 });
    expect([...loader].map(({ batch }) => batch)).toEqual([1, 2]);
    expect(loader.state).toEqual({ seed: 0, epoch: 1, batch: 0 });
  });

  it("draws by weights as often as they say", () => {
    const weights = [0, 1, 2, 3, 4];
    const loader = new DataLoader(samplesOf(5), { batchSize: 5, weights, seed: 7 });
    const counts = [0, 0, 0, 0, 0];
    const n = 4000;
    for (let epoch = 0; epoch < n / 5; epoch++) for (const { rows } of loader) for (const row of rows) counts[row]++;
    counts.forEach((count, i) => {
      const p = weights[i] / 10;
      // Five standard deviations of a binomial count: wrong once in two million.
      if (Math.abs(count - n * p) > 5 * Math.sqrt(n * p * (1 - p))) throw new Error(`${i}: ${count} of ${n * p}`);
    });
    expect(classWeights(tensor([0, 1, 1, 1], { dtype: "int32" }))).toEqual(Float64Array.of(1, 1 / 3, 1 / 3, 1 / 3));
  });

  it("can be looped over with await, and lets timers run", async () => {
    const loader = new DataLoader(samplesOf(30), { batchSize: 1 });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const seen: number[] = [];
    for await (const { rows } of loader) {
      seen.push(rows[0]);
      const end = performance.now() + 2;
      while (performance.now() < end);
    }
    clearInterval(timer);
    expect(seen).toEqual([...new DataLoader(samplesOf(30), { batchSize: 1 }).rowsOf(0)]);
    expect(ticks).toBeGreaterThan(0);
  });

  it("says what is wrong with options, states and transforms", () => {
    const says = (options: object, samples: object = samplesOf(6)) =>
      messageOf(() => [...new DataLoader(samples as never, { batchSize: 2, ...options } as DataLoaderOptions)]);
    expect([
      says({ batchSize: 0 }),
      says({ batchSize: 10, dropLast: true }),
      says({ shuffle: 1 }),
      says({ batchsize: 3 }),
      says({ weights: [1, 2] }),
      says({ weights: [1, 2, 3, 4, 5, -1] }),
      says({ weights: new Array(6).fill(0) }),
      says({ transforms: [3] }),
      says({ transforms: [() => undefined] }),
      says({ from: { seed: 1, epoch: 0, batch: 0 } }),
      says({ from: { seed: 0, epoch: 0, batch: 3 } }),
      says({ from: 3 }),
      says({}, { x: tensor([1, 2]), t: tensor([1]) }),
      says({}, { x: [1], t: [2] } as never),
      says({ transforms: [randomFlip()] }, { x: tensor([1, 2]), t: tensor([1, 2]) }),
      messageOf(() => classWeights(tensor([[1]]))),
    ]).toMatchInlineSnapshot(`
      [
        "DataLoader: batchSize is 0; expected an integer ≥ 1.",
        "DataLoader: an epoch has no batch: 6 samples, batchSize 10, dropLast true; expected at most 6, the number of samples.",
        "DataLoader: shuffle is 1; expected true or false.",
        "DataLoader: unknown option "batchsize". Did you mean "batchSize"?",
        "DataLoader: weights is "2 weights"; expected 6, one for each sample.",
        "DataLoader: weights[5] is -1; expected a number ≥ 0.",
        "DataLoader: the weights add up to 0; expected weights with a sum above 0 that a number holds.",
        "DataLoader: transforms is an array; expected a list of functions such as randomFlip().",
        "DataLoader: transforms[0] is missing; expected a Tensor. A transform returns the samples, changed.",
        "DataLoader: from.seed is 1; expected 0, the seed of this loader. Give the loader the options that the other had.",
        "DataLoader: from.batch is 3; expected less than 3, the batches of an epoch. Give the loader the samples and the options that the other had.",
        "DataLoader: from is a number; expected the state of a loader.",
        "DataLoader: inputs of shape [2] and targets of shape [1] do not pair up; expected one row for each sample along the first axes of both.",
        "DataLoader: x is an array; expected a Tensor. Wrap arrays with tensor(…).",
        "randomFlip: x has shape [2]; expected [N, channels, height, width]. Load images as such: flatten: false.",
        "classWeights: labels is a Tensor; expected a vector of labels, [N]. Take them before one-hot encoding.",
      ]
    `);
  });
});

describe("transforms", () => {
  const image = new Tensor(
    Float32Array.from({ length: 12 }, (_, i) => i + 1),
    [1, 1, 3, 4],
  );
  const draws =
    (...values: number[]) =>
    () =>
      Float64Array.from(values);

  it("normalize by channel", () => {
    const x = rng(2).normal([20, 3, 4, 5], { mean: 5, std: 2 });
    const { mean, std } = channelStatistics(x);
    const after = channelStatistics(normalize({ mean, std })(x, draws()));
    // Sums of 400 numbers that were rounded to float32: each off by 2^-24 of at most 6 deviations.
    for (const value of after.mean) expect(Math.abs(value)).toBeLessThan(6 * 2 ** -24);
    for (const value of after.std) expect(Math.abs(value - 1)).toBeLessThan(12 * 2 ** -24);
    expect(normalize({ mean: 1, std: 2 })(tensor([[1, 5]]), draws()).toArray()).toEqual([[0, 2]]);
    expect(channelStatistics(tensor([[3], [3]]))).toEqual({ mean: [3], std: [1] });
  });

  it("flip, shift and crop as the numbers drawn say", () => {
    expect(randomFlip()(image, draws(0.4)).toArray()).toEqual([
      [
        [
          [4, 3, 2, 1],
          [8, 7, 6, 5],
          [12, 11, 10, 9],
        ],
      ],
    ]);
    expect(randomFlip()(image, draws(0.6)).toArray()).toEqual(image.toArray());
    expect(randomFlip({ direction: "vertical", p: 1 })(image, draws(0.9)).toArray()).toEqual([
      [
        [
          [9, 10, 11, 12],
          [5, 6, 7, 8],
          [1, 2, 3, 4],
        ],
      ],
    ]);
    // Of −1, 0, 1: the first down, which takes rows from above, the last to the left.
    expect(randomShift({ by: 1, fill: 0 })(image, draws(0.1, 0.9)).toArray()).toEqual([
      [
        [
          [0, 0, 0, 0],
          [2, 3, 4, 0],
          [6, 7, 8, 0],
        ],
      ],
    ]);
    expect(randomShift({ by: 0 })(image, draws(0.9, 0.9)).toArray()).toEqual(image.toArray());
    expect(randomCrop({ size: 2 })(image, draws(0.99, 0)).toArray()).toEqual([
      [
        [
          [5, 6],
          [9, 10],
        ],
      ],
    ]);
    expect(randomCrop({ size: [1, 3], padding: 1, fill: -1 })(image, draws(0, 0.99)).toArray()).toEqual([
      [[[-1, -1, -1]]],
    ]);
  });

  it("move each pixel to its place, and put the fill where none comes to", () => {
    const lengths = fc.tuple(...[2, 2, 6, 6].map((max) => fc.integer({ min: 1, max })));
    const check = fc.property(lengths, fc.nat(7), fc.infiniteStream(fc.nat(99)), (shape, by, stream) => {
      const [count, channels, height, width] = shape;
      const x = rng(5).normal(shape);
      const numbers = Float64Array.from({ length: 2 * count }, () => stream.next().value / 100);
      const [shifted, cut, flipped] = [
        randomShift({ by, fill: 9 })(x, () => numbers),
        // As wide as the images: what is cut off is rows.
        randomCrop({ size: [1, width], padding: 1, fill: 9 })(x, () => numbers),
        randomFlip({ p: 1, direction: "vertical" })(x, () => numbers),
      ];
      const pixel = (i: number, c: number, p: number, q: number): number =>
        p < 0 || p >= height || q < 0 || q >= width ? 9 : Number(x.at(i, c, p, q));
      for (let i = 0; i < count; i++) {
        const [down, right] = [0, 1].map((k) => Math.floor(numbers[2 * i + k] * (2 * by + 1)) - by);
        const [top, left] = [height + 2, 3].map((places, k) => Math.floor(numbers[2 * i + k] * places) - 1);
        for (let c = 0; c < channels; c++) {
          for (let q = 0; q < width; q++) {
            expect(cut.at(i, c, 0, q)).toBe(pixel(i, c, top, left + q));
            for (let p = 0; p < height; p++) {
              expect(shifted.at(i, c, p, q)).toBe(pixel(i, c, p + down, q + right));
              expect(flipped.at(i, c, p, q)).toBe(pixel(i, c, height - 1 - p, q));
            }
          }
        }
      }
    });
    fc.assert(check, { numRuns: 60 });
  });

  it("shift by every distance equally often", () => {
    const counts = new Map<string, number>();
    const n = 1800;
    const x = new Tensor(
      new Float32Array(n * 25).map((_, i) => (i % 25 === 12 ? 1 : 0)),
      [n, 1, 5, 5],
    );
    const y = randomShift({ by: 1 })(x, (k) => rng(4).uniform([n * k], { dtype: "float64" }).data);
    for (let i = 0; i < n; i++) {
      const at = y.data.subarray(25 * i, 25 * i + 25).indexOf(1);
      counts.set(String(at), (counts.get(String(at)) ?? 0) + 1);
    }
    expect(counts.size).toBe(9);
    // 200 of each are expected; five deviations of a binomial count are 67.
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(67);
  });

  it("refuse what makes no sense", () => {
    expect([
      messageOf(() => normalize({ mean: [0], std: 0 })),
      messageOf(() => normalize({ mean: [0, 1], std: 1 })(image, draws())),
      messageOf(() => randomFlip({ p: 2 })),
      messageOf(() => randomShift({ by: -1 })),
      messageOf(() => randomCrop({ size: 5 })(image, draws(0, 0))),
      messageOf(() => channelStatistics(tensor([1]))),
    ]).toMatchInlineSnapshot(`
      [
        "normalize: std is 0; expected a number above 0.",
        "normalize: mean is [0, 1]; expected one number, or 1, one for each channel.",
        "randomFlip: p is 2; expected a probability from 0 to 1.",
        "randomShift: by is -1; expected an integer ≥ 0.",
        "randomCrop: cannot cut 5 × 5 pixels of images of shape [1, 3, 4]; expected images of 5 × 5 or more, with a padding of 0.",
        "channelStatistics: x has shape [1]; expected [N, channels, …], not empty.",
      ]
    `);
  });
});
