/** The models learn what they are made for, at a size that a test has time for. */
import {
  Adam,
  build,
  kernels,
  loadDigits,
  type Model,
  noGrad,
  pad,
  repeat,
  reshape,
  rng,
  type Tensor,
  Trainer,
  type TrainingData,
  tensor,
} from "adjoint";
import { expect, it } from "vitest";
import { readSpec, reduced } from "./read-spec.ts";

/** William Blake, The Tyger, 1794. */
const poem = `Tyger Tyger, burning bright,
In the forests of the night;
What immortal hand or eye,
Could frame thy fearful symmetry?

In what distant deeps or skies.
Burnt the fire of thine eyes?
On what wings dare he aspire?
What the hand, dare seize the fire?
`;

it("has an LSTM that learns a poem by heart, and goes on where one begins to say it", () => {
  const steps = 30;
  const net = build(reduced(readSpec("character-lstm"), { input: [steps], divide: 2 }), { seed: 1 });
  const alphabet = [...new Set(poem)];
  const codes = [...poem].map((character) => alphabet.indexOf(character));
  const count = Math.floor((codes.length - 1) / steps);
  /** The poem in parts, from a character on. */
  const parts = (from: number): Tensor =>
    tensor(
      Array.from({ length: count }, (_, n) => codes.slice(from + n * steps, from + (n + 1) * steps)),
      { dtype: "int32" },
    );
  const [x, t] = [parts(0), parts(1)];
  const before = net.evaluate(x, t).perplexity;
  // Nothing learned yet: every character of the vocabulary of 48 is about as likely.
  expect(Math.abs(Math.log(before / 48))).toBeLessThan(0.2);

  const optimizer = new Adam(net.params, { lr: 0.01 });
  for (let k = 0; k < 60; k++) {
    for (const p of net.parameters()) p.zeroGrad();
    net.loss(x, t, { train: true }).backward();
    optimizer.step();
  }
  expect(net.evaluate(x, t).perplexity).toBeLessThan(1.5);

  const given = 4;
  expect(textOf(recited(net, x, given))).toBe(textOf(x));

  function textOf(labels: Tensor): string {
    return Array.from(kernels.copy(labels).data, (code) => alphabet[code]).join("");
  }
});

/** Each row as the model writes it from its first labels on, always the likeliest next. */
function recited(net: Model, x: Tensor, given: number): Tensor {
  const [count, steps] = x.shape;
  const written = kernels.copy(x);
  for (let n = 0; n < count; n++) written.data.fill(0, n * steps + given, (n + 1) * steps);
  for (let at = given; at < steps; at++) {
    const likeliest = kernels.copy(noGrad(() => net.predict(written).argmax({ axis: 2 })).value).data;
    for (let n = 0; n < count; n++) written.data[n * steps + at] = likeliest[n * steps + at - 1];
  }
  return written;
}

/** Sequences of labels below 8; 1 for those that end as they begin, half of them. */
function sequences(count: number, steps: number, seed: number): { readonly x: Tensor; readonly t: Tensor } {
  const generator = rng(seed);
  const x = generator.integers(0, 8, [count, steps]);
  const others = generator.integers(1, 8, [count]).data;
  const t = Int32Array.from({ length: count }, (_, n) => n % 2);
  for (let n = 0; n < count; n++) {
    const first = x.data[n * steps];
    x.data[(n + 1) * steps - 1] = t[n] === 1 ? first : (first + others[n]) % 8;
  }
  return { x, t: tensor(t) };
}

function accuracyAfter(net: Model, data: TrainingData, epochs: number, lr: number): number | null {
  const trainer = new Trainer(net, data, {
    epochs,
    miniBatchSize: 50,
    optimizer: "adam",
    optimizerParam: { lr },
    replacement: false,
    recomputeLoss: false,
    evaluateSampleNumPerEpoch: 1,
  });
  return trainer.train().finalTestAccuracy;
}

it("has a transformer that learns whether a sequence ends as it begins", () => {
  // Every label by itself says nothing: where it stands counts, and what stands elsewhere.
  const data = { train: sequences(2000, 6, 1), test: sequences(400, 6, 2) };
  const net = build(reduced(readSpec("transformer-encoder"), { input: [6], divide: 4 }), { seed: 1 });
  expect(net.accuracy(data.test.x, data.test.t)).toBeLessThan(0.6);
  expect(accuracyAfter(net, data, 10, 0.005)).toBeGreaterThan(0.95);
});

/** Digits of 8 × 8 in the middle of 28 × 28, three by three pixels for each. */
function enlarged({ x, t }: { readonly x: Tensor; readonly t: Tensor }) {
  const count = x.shape[0];
  const pixels = repeat(reshape(x, [count, 1, 8, 1, 8, 1]), [count, 1, 8, 3, 8, 3]).reshape([count, 1, 24, 24]);
  const border = [2, 2] as const;
  return { x: pad(pixels, [[0, 0], [0, 0], border, border]).value, t };
}

it("has a LeNet-5 that learns to read digits", () => {
  const { train, test } = loadDigits({ flatten: false });
  const net = build(readSpec("lenet-5"), { seed: 1 });
  expect(accuracyAfter(net, { train: enlarged(train), test: enlarged(test) }, 3, 0.002)).toBeGreaterThan(0.9);
});
