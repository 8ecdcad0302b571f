/** Compiled functions of a network notice `train()` and `eval()`, and new Variables in `params`. */
import { variable } from "@adjoint/autograd";
import { compile } from "@adjoint/compiler";
import { build, layers, TwoLayerNet } from "@adjoint/nn";
import { rng, zeros } from "@adjoint/tensor";
import { expect, it } from "vitest";

const make = () => build({ version: 1, input: [4], layers: [layers.dropout(), layers.affine(2)] }, { seed: 1 });
const x = rng(1).normal([3, 4]);

it("runs for what the model runs for when it is called", () => {
  const [eager, own] = [make(), make()];
  let traces = 0;
  const predict = compile(
    () => {
      traces += 1;
      return own.predict(x);
    },
    { engine: "reference" },
  );
  for (const mode of ["train", "train", "eval", "train", "eval"] as const) {
    eager[mode]();
    own[mode]();
    expect(predict().toArray()).toEqual(eager.predict(x).toArray());
  }
  expect(traces).toBe(2);
});

it("is traced once where the function itself says what the model runs for", () => {
  const [eager, own] = [make(), make()];
  let traces = 0;
  const both = (net: typeof own) => [net.train().predict(x), net.eval().predict(x)].map((y) => y.toArray());
  const compiled = compile(
    () => {
      traces += 1;
      return [own.train().predict(x), own.eval().predict(x)];
    },
    { engine: "reference" },
  );
  for (const mode of ["train", "eval", "train"] as const) {
    own[mode]();
    expect(compiled().map((y) => y.toArray())).toEqual(both(eager));
  }
  expect(traces).toBe(1);
});

it("runs with other parameters where they took the place of the book's", () => {
  const net = new TwoLayerNet({ inputSize: 4, hiddenSize: 3, outputSize: 2, seed: 1 });
  const predict = compile(() => net.predict(x), { engine: "reference" });
  const { W1 } = net.params;
  for (const w of [W1, variable(zeros([4, 3])), W1]) {
    net.params.W1 = w;
    expect(predict().toArray()).toEqual(net.predict(x).toArray());
  }
});
