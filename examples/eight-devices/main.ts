/**
 * DeepConvNet's training step on eight devices: the step as a Python file in JAX, with its states and data, and what to type
 * to run it. The network is the book's (8.1); its digits are those of the package here, with layers as small as they need.
 */
import { readFileSync } from "node:fs";
import { Adam, build, constant, encodeSafetensors, kernels, loadDigits, statesMetadata, toJax, trace } from "adjoint";
import { outputFolder, save, shownPath } from "../output.ts";

const folder = outputFolder(import.meta.url);
const batchSize = 96;

const spec = JSON.parse(readFileSync(new URL("../models/deep-conv-net.json", import.meta.url), "utf8"));
const net = build({ ...spec, input: [1, 8, 8] }, { seed: 1 });
const { x, t } = loadDigits({ flatten: false }).train;

/** The first batch: the program is for batches of its shape. */
const first = (all: typeof x | typeof t) => kernels.slice(all, [{ start: 0, step: 1, length: batchSize }]);

const optimizer = new Adam(net.params, { lr: 0.003 });
const program = trace(
  (images, labels) => {
    optimizer.zeroGrad();
    const loss = net.loss(images, labels, { train: true });
    loss.backward();
    optimizer.step();
    return loss;
  },
  constant(first(x), { name: "x" }),
  constant(first(t), { name: "t" }),
);

const { source, weights } = toJax(program, {
  name: "DeepConvNet",
  file: "deep_conv_net.py",
  metadata: statesMetadata(net),
});
save(folder, "deep_conv_net.py", source);
save(folder, "deep_conv_net.safetensors", weights);
save(folder, "digits.safetensors", encodeSafetensors({ x, t }));

const lines = source.slice(source.indexOf("def step("), source.indexOf("INPUTS = ")).trimEnd().split("\n");
console.log(`\n${program.graph.nodes.length} nodes became a function of ${lines.length} lines. It begins:\n`);
console.log(lines.slice(0, 9).join("\n"));
console.log(`\nOn eight devices, which a processor pretends to be:

  cd ${shownPath(folder)}
  export XLA_FLAGS=--xla_force_host_platform_device_count=8
  python deep_conv_net.py --data digits --mesh data=8 --steps 60 --checkpoint trained.safetensors`);
