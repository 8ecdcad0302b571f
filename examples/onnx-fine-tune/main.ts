/**
 * A network that PyTorch has trained to tell the slope of strokes learns to read digits: its file is read, drawn, checked,
 * trained further, and written again.
 */
import { readFileSync } from "node:fs";
import { checkModule, loadDigits, onnxModel, rng, Trainer, toHtml, toOnnx, toSvg, type VariableLike } from "adjoint";
import { outputFolder, save } from "../output.ts";

const folder = outputFolder(import.meta.url);
const bytes = readFileSync(new URL("./strokes.onnx", import.meta.url));

console.log("1. What is in the file\n");
const net = onnxModel(bytes, { file: "strokes.onnx", loss: "crossEntropy" });
for (const { scope, op } of net.nodes) console.log(`${op.padEnd(8)} ${scope}`);
for (const [name, { shape }] of Object.entries(net.params)) console.log(`${name}: [${shape.join(", ")}]`);

console.log("\n2. Its graph, with the backward pass\n");
const graph = net.graph({ dims: { batch: 2 }, backward: true });
save(folder, "strokes.svg", await toSvg(graph, { title: "strokes.onnx" }));
save(folder, "strokes.html", await toHtml(graph, { title: "strokes.onnx" }));

console.log("\n3. Its gradients, against numerical derivatives in float64\n");
const precise = onnxModel(bytes, { dtype: "float64" });
const layer = { name: "strokes", parameters: precise.params, forward: (x: VariableLike) => precise.predict(x) };
const report = checkModule(layer, rng(1).normal([2, 1, 8, 8], { dtype: "float64" }));
console.log(String(report));
if (!report.ok) process.exitCode = 1;

console.log("\n4. Trained further, on digits\n");
const { train, test } = loadDigits({ flatten: false });
const accuracy = (): string => `${(100 * net.accuracy(test.x, test.t)).toFixed(1)} %`;
console.log(`before: ${accuracy()} of the digits are read`);
const recipe = { epochs: 10, miniBatchSize: 50, optimizer: "adam", optimizerParam: { lr: 0.01 }, seed: 1 } as const;
new Trainer(net, { train, test }, recipe).train();
console.log(`after:  ${accuracy()}`);

console.log("\n5. Written again, for any program that runs ONNX\n");
save(folder, "digits.onnx", toOnnx(net.graph({ dims: { batch: 100 } }), { outputs: ["scores"] }));
