import { mul, recordAll, sum, variable } from "@adjoint/autograd";
import { AdjointError, SpecError, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { AdaGrad } from "../rules/adagrad.ts";
import { Adam } from "../rules/adam.ts";
import { Momentum } from "../rules/momentum.ts";
import { RMSprop } from "../rules/rmsprop.ts";
import { SGD } from "../rules/sgd.ts";

const w = (...values: number[]) => variable(tensor(values), { name: "w" });

describe("an optimizer", () => {
  it("walks downhill", () => {
    const x = variable(tensor([3, -2], { dtype: "float64" }));
    const optimizer = new Momentum([x], { lr: 0.1 });
    for (let i = 0; i < 200; i++) {
      optimizer.zeroGrad();
      sum(mul(x, x)).backward();
      optimizer.step();
    }
    // The velocity shrinks by √0.9 a step: 0.9^100 ≈ 3e-5.
    for (const value of x.toArray() as number[]) expect(Math.abs(value)).toBeLessThan(1e-3);
  });

  it("takes parameters as a list or by name", () => {
    const x = w(1);
    const y = variable(tensor([1]), { name: "b" });
    const unnamed = variable(tensor([1]));
    expect([...(new SGD([x, y]).parameters ?? []).keys()]).toEqual(["w", "b"]);
    expect([...(new SGD([x, unnamed]).parameters ?? []).keys()]).toEqual(["0", "1"]);
    expect([...(new SGD([x, w(2)]).parameters ?? []).keys()]).toEqual(["0", "1"]);
    expect([...(new SGD({ first: x, second: y }).parameters ?? []).keys()]).toEqual(["first", "second"]);
    expect(new SGD({ lr: x }).parameters?.get("lr")).toBe(x);
    expect(new SGD({ lr: 0.5 }).parameters).toBeNull();
    expect(new SGD().parameters).toBeNull();
  });

  it("leaves parameters without a gradient as they are, and does not count a step without any", () => {
    const x = w(1);
    const y = w(1);
    const optimizer = new Adam([x, y]);
    optimizer.step();
    expect(optimizer.iteration).toBe(0);
    x.grad = w(1);
    optimizer.step();
    expect(optimizer.iteration).toBe(1);
    expect(x.item()).toBeCloseTo(0.999, 6);
    expect(y.item()).toBe(1);
    expect(Object.keys(optimizer.state().tensors)).toEqual(["0.m", "0.v"]);
    optimizer.zeroGrad();
    expect(x.grad).toBeNull();
  });

  it("reads the learning rate at every step", () => {
    const x = w(1);
    const optimizer = new SGD([x], { lr: 0.25 });
    x.grad = w(1);
    optimizer.step();
    expect(x.item()).toBe(0.75);
    optimizer.lr = 0.5;
    optimizer.step();
    expect(x.item()).toBe(0.25);
    expect(() => {
      optimizer.lr = Number.NaN;
    }).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: SGD: lr is NaN; expected a finite number ≥ 0. The default is 0.01.]`,
    );
    expect(optimizer.lr).toBe(0.5);
  });

  it("uses gradients as they were, also where one is another parameter's value", () => {
    const x = w(1);
    const y = w(10);
    const optimizer = new SGD({ lr: 0.5 });
    optimizer.update({ x, y }, { x: tensor([2]), y: tensor([0]) }); // from here on both own their storage
    expect([x.item(), y.item()]).toEqual([0, 10]);
    x.assign([4]);
    optimizer.update({ x, y }, { x: y, y: x });
    expect([x.item(), y.item()]).toEqual([-1, 8]);
  });

  it("records no graph, and leaves parameters leaves", () => {
    const x = w(1);
    const optimizer = new Adam([x]);
    recordAll(() => {
      x.grad = w(1);
      optimizer.step();
    });
    expect(x.isLeaf).toBe(true);
    expect(x.requiresGrad).toBe(true);
  });

  it("keeps a state that later steps do not change", () => {
    const x = w(1);
    const optimizer = new Momentum([x], { lr: 0.5, momentum: 0.5 });
    x.grad = w(1);
    optimizer.step();
    const state = optimizer.state();
    optimizer.step();
    expect({ ...state, tensors: Object.entries(state.tensors).map(([name, t]) => [name, t.toArray()]) }).toEqual({
      optimizer: "Momentum",
      hyperparameters: { lr: 0.5, momentum: 0.5, weightDecay: 0 },
      iteration: 1,
      tensors: [["w.v", [-0.5]]],
    });
    optimizer.loadState(state);
    expect(optimizer.iteration).toBe(1);
    expect(optimizer.state().tensors["w.v"].toArray()).toEqual([-0.5]);
  });
});

describe("an optimizer refuses", () => {
  it("options that do not exist or are out of range", () => {
    expect(() => new Adam({ learningRate: 0.1 } as never)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Adam: unknown option "learningRate". The options are lr, beta1, beta2, weightDecay, groups, clip.]`,
    );
    expect(() => new Adam([w(1)], { beta1: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Adam: beta1 is 1; expected the share of the past to keep, ≥ 0 and < 1. The default is 0.9.]`,
    );
    expect(() => new SGD({ lr: -0.1 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: SGD: lr is -0.1; expected a finite number ≥ 0. The default is 0.01.]`,
    );
    const bad: (() => unknown)[] = [
      () => new SGD({ lr: Number.NaN }),
      () => new SGD({ lr: Number.POSITIVE_INFINITY }),
      () => new SGD({ lr: "0.1" as never }),
      () => new SGD({ momentum: 1 }),
      () => new SGD({ momentum: -0.1 }),
      () => new SGD({ weightDecay: -1 }),
      () => new SGD({ nesterov: 1 as never, momentum: 0.9 }),
      () => new Momentum({ momentum: Number.NaN }),
      () => new AdaGrad({ lr: null as never }),
      () => new RMSprop({ decayRate: 1 }),
      () => new Adam({ beta2: 1.5 }),
    ];
    for (const make of bad) expect(make).toThrow(SpecError);
  });

  it("parameters that are none", () => {
    expect(() => new SGD([])).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: SGD: there are no parameters; expected one Variable or more. Pass network.params, or a list such as [w, b].]`,
    );
    expect(() => new SGD(null as never)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: SGD: the parameters are null; expected an array of Variables, or a record of them by name. Pass network.params, or a list such as [w, b].]`,
    );
    expect(() => new SGD({ W: tensor([1]) } as never)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: SGD: parameter "W" is a Tensor; expected a Variable. Wrap its value with variable(…).]`,
    );
    expect(() => new SGD([mul(w(1), 2)])).toThrowErrorMatchingInlineSnapshot(
      `[GraphError: SGD: parameter "0" was computed by "mul"; expected a leaf, made with variable(…). Pass the Variables that it was computed from.]`,
    );
    expect(() => new SGD({ n: variable(tensor([1], { dtype: "int32" })) })).toThrowErrorMatchingInlineSnapshot(
      `[GraphError: SGD: parameter "n" is of dtype int32; expected float32 or float64. Make it with variable(value, { dtype: "float32" }).]`,
    );
    const x = w(1);
    expect(() => new SGD(x as never)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: SGD: the parameters are a single Variable; expected an array of Variables, or a record of them by name. Pass a list: new SGD([x]).]`,
    );
    expect(() => new SGD(tensor([1]) as never)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: SGD: the parameters are a single Tensor; expected an array of Variables, or a record of them by name. Pass a list: new SGD([x]).]`,
    );
    expect(() => new SGD({ params: { x } } as never)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: SGD: the parameters are an object that has params itself; expected an array of Variables, or a record of them by name. Pass its params: new SGD(network.params).]`,
    );
    expect(new SGD({ params: x }).parameters?.get("params")).toBe(x);
    expect(() => new SGD({ a: x, b: x })).toThrowErrorMatchingInlineSnapshot(
      `[GraphError: SGD: "a" and "b" are the same Variable. List it once: its gradient already is the sum over all its uses.]`,
    );
  });

  it("to step without parameters", () => {
    expect(() => new Adam({ lr: 0.1 }).step()).toThrowErrorMatchingInlineSnapshot(
      `[GraphError: step: this Adam was made without parameters. Make it with new Adam(network.params), or call update(params, grads).]`,
    );
    expect(() => new Adam().zeroGrad()).toThrow("made without parameters");
  });

  it("gradients that do not belong to the parameters", () => {
    const W = variable(tensor([[1, 2]]));
    const optimizer = new SGD();
    expect(() => optimizer.update({ W }, {})).toThrowErrorMatchingInlineSnapshot(
      `[GraphError: update: there is no gradient for "W"; expected a Tensor or Variable of shape [1, 2]. Pass the gradients of network.gradient(x, t), or leave the parameter out.]`,
    );
    expect(() => optimizer.update({ W }, { W: tensor([1, 2]) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: update: the gradient of "W" has shape [2]; expected [1, 2], the shape of the parameter. Transpose it, or sum it over the axes that were repeated.]`,
    );
    expect(() => optimizer.update({ W }, { W: tensor([[1, 2]]), b: tensor([1]) })).toThrowErrorMatchingInlineSnapshot(
      `[GraphError: update: there is no parameter for the gradient "b". The parameters are "W".]`,
    );
    expect(() => optimizer.update({ W }, { W: [[1, 2]] as never })).toThrowErrorMatchingInlineSnapshot(
      `[GraphError: update: the gradient for "W" is an array; expected a Tensor or Variable of shape [1, 2]. Wrap numbers with tensor(…).]`,
    );
    expect(() => optimizer.update({ W }, { W: tensor([[1, Number.NaN]]) })).toThrowErrorMatchingInlineSnapshot(
      `[GraphError: update: the gradient for "W" is NaN at [0, 1]; expected finite numbers. Nothing was changed. Lower the learning rate, or look for a log or a division of 0 in the loss.]`,
    );
    expect(() => new SGD([w(1)]).update({ W }, { W: tensor([[1, 2]]) })).toThrowErrorMatchingInlineSnapshot(
      `[GraphError: update: "W" is not what this SGD was made with. The parameters are "w".]`,
    );
    expect(W.toArray()).toEqual([[1, 2]]);
    W.grad = variable(tensor([1]));
    expect(() => new SGD([W]).step()).toThrow(AdjointError);
  });

  it("a name whose parameter has changed its shape", () => {
    const optimizer = new Momentum();
    optimizer.update({ W: w(1, 2) }, { W: tensor([1, 2]) });
    expect(() => optimizer.update({ W: w(1) }, { W: tensor([1]) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: update: "W" is float32 [1]; expected float32 [2], as in earlier updates. State belongs to names: use one Momentum for one network.]`,
    );
  });

  it("a state of another kind, and keeps its own", () => {
    const x = w(1, 2);
    const optimizer = new Momentum([x]);
    x.grad = w(1, 1);
    optimizer.step();
    const state = optimizer.state();
    const load = (change: object) => () => optimizer.loadState({ ...state, ...change } as never);
    expect(() => optimizer.loadState(new Adam().state())).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: loadState: this is Momentum, the state is that of "Adam". Make the optimizer that the state was saved from.]`,
    );
    expect(load({ tensors: { "w.v": tensor([1]) } })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: loadState: "w.v" is float32 [1]; expected float32 [2], as "w". The state was saved from other parameters.]`,
    );
    expect(load({ tensors: { "w.m": tensor([1, 2]) } })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: loadState: "w.m" belongs to no parameter of this optimizer. It takes "….v" of "w".]`,
    );
    expect(load({ tensors: { "b.v": tensor([1, 2]) } })).toThrow(SpecError);
    expect(load({ tensors: { "w.v": [1, 2] } })).toThrow(SpecError);
    expect(load({ tensors: null })).toThrow(SpecError);
    expect(load({ iteration: 1.5 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: loadState: iteration is 1.5. Pass what state() returned.]`,
    );
    expect(load({ hyperparameters: { lr: 0.1 } })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: loadState: the hyper-parameter "momentum" is missing; expected lr, momentum, weightDecay. Pass what state() returned.]`,
    );
    expect(load({ hyperparameters: { lr: 0.1, momentum: 2 } })).toThrow(SpecError);
    expect(load({ extra: 1 })).toThrow(SpecError);
    expect(() => optimizer.loadState(null as never)).toThrow(SpecError);
    const half = { ...new Adam([x]).state(), tensors: { "w.m": tensor([1, 2]) } };
    expect(() => new Adam([x]).loadState(half)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: loadState: "w.v" is missing. Pass what state() returned.]`,
    );
    expect(optimizer.state().tensors["w.v"].toArray()).toEqual(state.tensors["w.v"].toArray());
    expect(optimizer.iteration).toBe(1);
  });

  it("gradients that are too large to be added up only if one is not finite", () => {
    const x = w(1, 1);
    new SGD({ lr: 1e-38 }).update({ x }, { x: tensor([3e38, 3e38]) });
    expect((x.toArray() as number[])[0]).toBeLessThan(1);
  });
});
