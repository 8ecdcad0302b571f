/**
 * The two-layer training step and matrix products in TensorFlow.js on its WebAssembly backend.
 *
 * Run by hand, in this folder: `npm install`, then `node tfjs.mjs`.
 */

import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

setWasmPaths(fileURLToPath(new URL("node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url)));
await tf.setBackend("wasm");
await tf.ready();

/** Median time of a run in milliseconds, over half a second and three runs at least. */
function median(run) {
  run();
  const times = [];
  const end = performance.now() + 500;
  while (times.length < 3 || performance.now() < end) {
    const start = performance.now();
    run();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

function twoLayerStep() {
  const x = tf.randomUniform([100, 784], 0, 1, "float32", 1);
  const t = tf.oneHot(
    tf.tensor1d(
      Array.from({ length: 100 }, (_, i) => i % 10),
      "int32",
    ),
    10,
  );
  const w1 = tf.variable(tf.randomNormal([784, 50], 0, 0.01, "float32", 2));
  const b1 = tf.variable(tf.zeros([50]));
  const w2 = tf.variable(tf.randomNormal([50, 10], 0, 0.01, "float32", 3));
  const b2 = tf.variable(tf.zeros([10]));
  const optimizer = tf.train.sgd(0.1);
  return () => {
    const loss = optimizer.minimize(
      () => tf.losses.softmaxCrossEntropy(t, x.matMul(w1).add(b1).relu().matMul(w2).add(b2)),
      true,
    );
    loss.dataSync();
    loss.dispose();
  };
}

function matmul(m, k, n) {
  const a = tf.randomNormal([m, k], 0, 1, "float32", 1);
  const b = tf.randomNormal([k, n], 0, 1, "float32", 2);
  return () => {
    const c = a.matMul(b);
    c.dataSync();
    c.dispose();
  };
}

console.log(`TensorFlow.js ${tf.version.tfjs}, backend ${tf.getBackend()}, float32`);
const step = median(twoLayerStep());
console.log(`two-layer 784-50-10, SGD, batch 100: ${step.toFixed(3)} ms, ${(1000 / step).toFixed(1)} steps/s`);
for (const [m, k, n] of [
  [128, 128, 128],
  [512, 512, 512],
  [100, 784, 50],
  [100, 4320, 100],
  [57600, 25, 30],
]) {
  const ms = median(matmul(m, k, n));
  console.log(
    `matmul [${m}, ${k}] × [${k}, ${n}]: ${ms.toFixed(3)} ms, ${((2 * m * k * n) / ms / 1e6).toFixed(2)} GFLOP/s`,
  );
}
