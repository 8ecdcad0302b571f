/**
 * The training steps of benchmarks/steps.ts in TensorFlow.js on its WebAssembly backend.
 *
 * `npm install` in this folder; compare.ts runs it.
 */
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { answer } from "./answer.mjs";

setWasmPaths(fileURLToPath(new URL("node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url)));
await tf.setBackend("wasm");
await tf.ready();

const { conv2d, maxPooling2d, flatten, dense, activation, batchNormalization, dropout } = tf.layers;
const relu = () => activation({ activation: "relu" });
const affine = (units) => dense({ units });
const conv = (filters, kernelSize, padding) => [conv2d({ filters, kernelSize, padding }), relu()];
const pool = () => maxPooling2d({ poolSize: 2 });
const hidden = () => [affine(100), batchNormalization(), relu(), dropout({ rate: 0.2 })];

/** Steps by name: the shape of a sample, the layers, the optimizer. */
const steps = {
  two: [[784], () => [affine(50), relu(), affine(10)], () => tf.train.sgd(0.1)],
  five: [[784], () => [1, 2, 3, 4, 5].flatMap(hidden).concat(affine(10)), () => tf.train.adam(0.001)],
  simple: [
    [28, 28, 1],
    () => [...conv(30, 5, "valid"), pool(), flatten(), affine(100), relu(), affine(10)],
    () => tf.train.adam(0.001),
  ],
  deep: [
    [28, 28, 1],
    () => [
      ...[...conv(16, 3, "same"), ...conv(16, 3, "same"), pool()],
      ...[...conv(32, 3, "same"), tf.layers.zeroPadding2d({ padding: 2 }), ...conv(32, 3, "valid"), pool()],
      ...[...conv(64, 3, "same"), ...conv(64, 3, "same"), pool()],
      ...[flatten(), affine(50), relu(), dropout({ rate: 0.5 }), affine(10), dropout({ rate: 0.5 })],
    ],
    () => tf.train.adam(0.001),
  ],
};

function stepOf([shape, layersOf, optimizerOf]) {
  const [first, ...rest] = layersOf();
  const input = tf.input({ shape });
  const output = rest.reduce((y, layer) => layer.apply(y), first.apply(input));
  const net = tf.model({ inputs: input, outputs: output });
  const optimizer = optimizerOf();
  const x = tf.randomUniform([100, ...shape], 0, 1, "float32", 1);
  const labels = Array.from({ length: 100 }, (_, i) => i % 10);
  const t = tf.oneHot(tf.tensor1d(labels, "int32"), 10);
  return () => {
    const loss = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(t, net.apply(x, { training: true })), true);
    const [value] = loss.dataSync();
    loss.dispose();
    return value;
  };
}

await answer(`TensorFlow.js ${tf.version.tfjs} (${tf.getBackend()})`, (name) => stepOf(steps[name]));
