/** Errors name the other copy of the library, wherever one of its values is passed. */
import { expect, it, vi } from "vitest";
import * as here from "./index.ts";

vi.resetModules();
const there: typeof here = await import("./index.ts");

const spec = here.model({ input: [2], layers: [here.layers.affine(1)], loss: "meanSquaredError" });
const net = here.build(spec, { seed: 1 });
const [x, v] = [there.tensor([[1, 2]]) as unknown as here.Tensor, there.variable([[1, 2]]) as unknown as here.Variable];
const netThere = there.build(spec, { seed: 1 }) as unknown as here.Model;

const calls: Readonly<Record<string, () => unknown>> = {
  add: () => here.add(v, 1),
  "kernels.add": () => here.kernels.add(x, 1),
  index: () => here.index(here.variable([1, 2]), [x]),
  grad: () => here.grad((y: here.Variable) => y)(v),
  gradcheck: () => here.gradcheck(() => v, [here.tensor([1, 2], { dtype: "float64" })]),
  compile: () => here.compile((y: here.Variable) => y)(v),
  Adam: () => new here.Adam([v]),
  "Adam of a network": () => new here.Adam(netThere.params),
  predict: () => net.predict(x),
  "loss, x": () => net.loss(v, here.tensor([[1]])),
  "loss, t": () => net.loss(here.tensor([[1, 2]]), x),
  encodeSafetensors: () => here.encodeSafetensors({ a: x }),
  encodeModel: () => here.encodeModel(netThere),
  summary: () => here.summary(netThere),
};

it.each(Object.entries(calls))("%s", (_, call) => {
  expect(call).toThrow(/of another copy of adjoint.*Install one copy and import it everywhere/s);
});

it("loadWeights, among all that does not fit", () => {
  const weights = { "affine1.weight": x, "affine1.bias": here.tensor([0]) };
  expect(() => here.loadWeights(net, weights)).toThrow("is a Tensor of another copy of adjoint");
});

it("has no say in what a graph is: it is data", () => {
  const graph = there.graphOf(there.tanh(there.variable(0.5, { name: "x" })));
  expect(here.toHtml(graph as unknown as here.Graph)).toContain('"x"');
});
