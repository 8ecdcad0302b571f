/**
 * A network for digits, each of its training steps run by ONNX Runtime: forward, backward and update as one session. Without
 * the package onnxruntime-node the example says so, and trains by WebAssembly.
 */
import { AdjointError, build, compile, layers, loadDigits, model, Trainer } from "adjoint";

const spec = model({
  input: [1, 8, 8],
  layers: [
    layers.convolution({ filters: 16, size: 3, pad: 1 }),
    layers.relu(),
    layers.pooling({ size: 2 }),
    layers.affine(64),
    layers.relu(),
    layers.dropout({ ratio: 0.2 }),
    layers.affine(10),
  ],
  loss: "crossEntropy",
});

/** The engine onnxruntime, where its package is installed. */
function engineHere(): "onnxruntime" | "wasm" {
  if (process.argv.includes("--wasm")) return "wasm";
  try {
    compile(() => build(spec).parameters()[0].mul(2), { engine: "onnxruntime" })();
    return "onnxruntime";
  } catch (error) {
    if (!(error instanceof AdjointError)) throw error;
    console.log(`Without ONNX Runtime: ${error.message}\n`);
    return "wasm";
  }
}

const engine = engineHere();
const net = build(spec, { seed: 1 });
const { train, test } = loadDigits({ flatten: false });
const options = {
  epochs: 10,
  miniBatchSize: 50,
  optimizer: "adam",
  optimizerParam: { lr: 0.003 },
  seed: 1,
  engine,
} as const;
const trainer = new Trainer(net, { train, test }, options);
await trainer.train();
console.log(`Trained by ${engine}: ${(100 * net.accuracy(test.x, test.t)).toFixed(1)} % of the test digits are read.`);
