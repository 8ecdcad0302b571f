/**
 * The training steps of benchmarks/steps.ts in jax-js on its WebAssembly backend, compiled by jit.
 *
 * `npm install` in this folder; compare.ts runs it.
 */
import { readFileSync } from "node:fs";
import { defaultDevice, init, jit, lax, nn, numpy as np, random, tree, valueAndGrad } from "@jax-js/jax";
import { answer } from "./answer.mjs";

await init("wasm");
defaultDevice("wasm");

const { version } = JSON.parse(readFileSync(new URL("node_modules/@jax-js/jax/package.json", import.meta.url), "utf8"));

// Layers are [parameters by a key, function of parameters, input and key]. What takes an array lets go of it; `ref` keeps it.
/** The value, and nothing of the key. */
const without = (key, value) => {
  key.dispose();
  return value;
};
const withoutParameters = (apply) => [(key) => without(key, {}), (_, x, key) => apply(x, key)];
const plain = (apply) => withoutParameters((x, key) => without(key, apply(x)));
const relu = plain((x) => nn.relu(x));
const affine = (n, m) => [
  (key) => ({ w: random.normal(key, [n, m]).mul(0.01), b: np.zeros([m]) }),
  ({ w, b }, x, key) => without(key, np.matmul(x.reshape([x.shape[0], -1]), w).add(b)),
];
const conv = (channels, filters, size, pad) => [
  (key) => ({ w: random.normal(key, [filters, channels, size, size]).mul(0.1), b: np.zeros([filters, 1, 1]) }),
  ({ w, b }, x, key) => {
    const pads = [
      [pad, pad],
      [pad, pad],
    ];
    return without(key, lax.convGeneralDilated(x, w, [1, 1], pads).add(b));
  },
];
const pool = plain((x) => {
  const [n, c, h, w] = x.shape;
  return np.max(x.reshape([n, c, h / 2, 2, w / 2, 2]), [3, 5]);
});
const batchNorm = (n) => [
  (key) => without(key, { gamma: np.ones([n]), beta: np.zeros([n]) }),
  ({ gamma, beta }, x, key) => {
    key.dispose();
    const centered = x.ref.sub(np.mean(x, 0));
    const variance = np.mean(np.square(centered.ref), 0);
    return gamma
      .mul(centered)
      .div(np.sqrt(variance.add(1e-5)))
      .add(beta);
  },
];
const dropout = (ratio) =>
  withoutParameters((x, key) => {
    const { shape } = x;
    return np.where(random.bernoulli(key, 1 - ratio, shape), x.div(1 - ratio), 0);
  });
const hidden = (n) => [batchNorm(n), relu, dropout(0.2)];

const sgd = (p, g, slots) => [tree.map((a, b) => a.sub(b.mul(0.1)), p, g), slots];
const adam = (p, g, [m0, v0], count) => {
  const m = tree.map((a, b) => a.mul(0.9).add(b.ref.mul(0.1)), m0, g);
  const v = tree.map((a, b) => a.mul(0.999).add(np.square(b).mul(0.001)), v0, g);
  const power = (base) => np.exp(count.ref.mul(Math.log(base)));
  const rate = np
    .sqrt(np.subtract(1, power(0.999)))
    .mul(0.001)
    .div(np.subtract(1, power(0.9)));
  const next = tree.map((a, b, c) => a.sub(rate.ref.mul(b.ref).div(np.sqrt(c.ref).add(1e-7))), p, m, v);
  rate.dispose();
  count.dispose();
  return [next, [m, v]];
};

/** Steps by name: the shape of a sample, the layers, the optimizer. */
const steps = {
  two: [[784], [affine(784, 50), relu, affine(50, 10)], "sgd"],
  five: [
    [784],
    [...[784, 100, 100, 100, 100].flatMap((n) => [affine(n, 100), ...hidden(100)]), affine(100, 10)],
    "adam",
  ],
  simple: [[1, 28, 28], [conv(1, 30, 5, 0), relu, pool, affine(4320, 100), relu, affine(100, 10)], "adam"],
  deep: [
    [1, 28, 28],
    [
      ...[conv(1, 16, 3, 1), relu, conv(16, 16, 3, 1), relu, pool],
      ...[conv(16, 32, 3, 1), relu, conv(32, 32, 3, 2), relu, pool],
      ...[conv(32, 64, 3, 1), relu, conv(64, 64, 3, 1), relu, pool],
      ...[affine(1024, 50), relu, dropout(0.5), affine(50, 10), dropout(0.5)],
    ],
    "adam",
  ],
};

const keysOf = (seed, count) => Array.from({ length: count }, (_, i) => random.key(1000 * seed + i));

function stepOf([shape, layers, rule]) {
  const x = random.uniform(random.key(1), [100, ...shape]);
  const t = nn.oneHot(np.array(Int32Array.from({ length: 100 }, (_, i) => i % 10)), 10);
  const loss = (params, x, t, keys) => {
    const y = layers.reduce((y, [, apply], i) => apply(params[i], y, keys[i]), x);
    return np.negative(np.mean(np.sum(nn.logSoftmax(y).mul(t), 1)));
  };
  const update = jit((params, slots, count, x, t, keys) => {
    const [value, g] = valueAndGrad(loss)(tree.ref(params), x, t, keys);
    if (rule === "sgd") count.dispose();
    const [next, nextSlots] = rule === "sgd" ? sgd(params, g, slots) : adam(params, g, slots, count);
    return [next, nextSlots, value];
  });
  let params = layers.map(([parametersOf], i) => parametersOf(random.key(i)));
  const zeros = () => tree.map((a) => np.zerosLike(a), tree.ref(params));
  let slots = rule === "sgd" ? [] : [zeros(), zeros()];
  let count = 0;
  return () => {
    count += 1;
    const result = update(params, slots, np.array(count), x.ref, t.ref, keysOf(count, layers.length));
    [params, slots] = result;
    return result[2].js();
  };
}

await answer(`jax-js ${version} (wasm)`, (name) => stepOf(steps[name]));
