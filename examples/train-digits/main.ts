/**
 * The whole way on real handwritten digits: declare a network, prove its gradients, train it, look at what happened.
 */
import { build, checkModule, loadDigits, rng, summary, tensor } from "adjoint";
import { describeResult, saveTraining, showLayers, showProgress, trainModel } from "adjoint/training";
import { outputFolder, shownPath } from "../output.ts";
import spec from "./model.ts";

const recipe = { epochs: 30, batchSize: 50, optimizer: "adam" as const, lr: 0.001, seed: 1 };

console.log("1. The network\n");
console.log(summary(build(spec, { seed: recipe.seed })));

console.log("\n2. Its gradients: the graph's against numerical derivatives, layer by layer, every entry, in float64\n");
const check = showLayers(process.stderr);
const net = build(spec, { seed: recipe.seed, dtype: "float64" });
const report = checkModule(net, rng(recipe.seed).normal([1, ...net.inputs[0].shape], { dtype: "float64" }), {
  t: tensor([3], { dtype: "int32" }),
  mode: "full",
  onProgress: check.onProgress,
});
check.stop();
console.log(String(report));
if (!report.ok) process.exitCode = 1;

const data = loadDigits({ flatten: false });
const [trainCount, testCount] = [data.train.x.shape[0], data.test.x.shape[0]];
console.log(`\n3. Training on ${trainCount} digits, testing on ${testCount} others\n`);
const progress = showProgress(process.stdout);
const result = await trainModel({ spec, data, ...recipe, onProgress: progress.onProgress }).finally(progress.stop);
console.log(describeResult(result));

console.log("\n4. What to look at\n");
const title = `digits: ${recipe.epochs} epochs of ${recipe.optimizer}, learning rate ${recipe.lr}`;
for (const path of await saveTraining(result, outputFolder(import.meta.url), title)) console.log(shownPath(path));
