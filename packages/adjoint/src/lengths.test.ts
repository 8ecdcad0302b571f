/** Training on batches of several lengths: eager, and compiled with a program for each. */
import { Adam, build, compile, layers, model, rng, type Tensor, tensor, type Variable } from "adjoint";
import { expect, it } from "vitest";

const spec = model({
  input: { shape: [-1], type: "labels" },
  layers: [
    layers.embedding({ vocabulary: 6, units: 4 }),
    layers.convolution1d({ filters: 4, size: 3, pad: "same" }),
    layers.gru({ units: 3, bidirectional: true, mask: "input" }),
    layers.mean({ axes: [0], mask: "input" }),
    layers.dropout({ ratio: 0.25, inverted: true }),
    layers.affine(2),
  ],
  loss: "crossEntropy",
});

/** The state after steps on batches of those lengths. */
function trained(lengths: readonly number[], engine: "eager" | "reference" | "wasm") {
  const net = build(spec, { seed: 1 });
  const optimizer = new Adam(net.params, { lr: 0.01 });
  const step = (x: Variable | Tensor, t: Variable | Tensor): Variable => {
    optimizer.zeroGrad();
    const loss = net.loss(x, t, { train: true });
    loss.backward();
    optimizer.step();
    return loss;
  };
  const run = engine === "eager" ? step : compile(step, { engine });
  const losses = lengths.map((n, i) => {
    const x = rng(i).integers(0, 6, [3, n]);
    return run(x, tensor([0, 1, i % 2], { dtype: "int32" })).item();
  });
  return { losses, state: Object.entries(net.state()).map(([name, x]) => [name, x.toArray()]) };
}

it("a compiled step moves parameters as the eager one does, whatever the length", () => {
  const lengths = [4, 2, 7, 4, 1, 7];
  const eager = trained(lengths, "eager");
  expect(trained(lengths, "reference")).toEqual(eager);
  // Six steps of Adam in single precision: each rounds a few dozen numbers near 1.
  trained(lengths, "wasm").losses.forEach((loss, i) => {
    expect(Math.abs(loss - eager.losses[i])).toBeLessThan(1e-5);
  });
});
