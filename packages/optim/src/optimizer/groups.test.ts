import { variable } from "@adjoint/autograd";
import { tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { Adam } from "../rules/adam.ts";
import { SGD } from "../rules/sgd.ts";
import { belongsTo, type ParameterSelection } from "./groups.ts";

const w = (value: number) => variable(tensor(value, { dtype: "float64" }));
const one = tensor(1, { dtype: "float64" });

describe("groups of parameters", () => {
  it("have hyper-parameters of their own; the others are the optimizer's", () => {
    const params = { W1: w(1), b1: w(1), W2: w(1), b2: w(1) };
    const optimizer = new SGD(params, {
      lr: 0.5,
      weightDecay: 0.5,
      groups: [
        { parameters: "b*", weightDecay: 0 },
        { parameters: ["W2"], lr: 0.25 },
      ],
    });
    for (const x of Object.values(params)) x.grad = variable(one);
    optimizer.step();
    expect(Object.values(params).map((x) => x.item())).toEqual([1 - 0.5 * 1.5, 0.5, 1 - 0.25 * 1.5, 0.5]);
  });

  it("work by names alone in update(params, grads)", () => {
    const params = { W: w(1), b: w(1) };
    new SGD({ lr: 0.5, groups: [{ parameters: /^b/g, lr: 0 }] }).update(params, { W: one, b: one });
    expect([params.W.item(), params.b.item()]).toEqual([0.5, 1]);
  });

  it("follow the optimizer's rate where they have none, and the schedule all of them", () => {
    const [x, y, z] = [w(0), w(0), w(0)];
    const groups = [{ parameters: [y], lr: 0.25 }, { parameters: [z] }];
    const optimizer = new SGD([x, y, z], { lr: 0.5, groups });
    const steps = (): number[] => {
      for (const p of [x, y, z]) {
        p.assign(0);
        p.grad = variable(one);
      }
      optimizer.step();
      return [x, y, z].map((p) => -p.item());
    };
    expect(steps()).toEqual([0.5, 0.25, 0.5]);
    optimizer.lr = 1;
    expect(steps()).toEqual([1, 0.25, 1]);
    optimizer.lrFactor = 0.5;
    expect([optimizer.lr, optimizer.lrFactor, ...steps()]).toEqual([1, 0.5, 0.5, 0.125, 0.5]);
    optimizer.lr = 2;
    expect(steps()).toEqual([1, 0.125, 1]);
  });

  it("may remember other things than the rest", () => {
    const [x, y] = [w(1), w(1)];
    const optimizer = new SGD({ x, y }, { groups: [{ parameters: "y", momentum: 0.9 }] });
    x.grad = y.grad = variable(one);
    optimizer.step();
    const state = optimizer.state();
    expect(Object.keys(state.tensors)).toEqual(["y.velocity"]);
    expect(state.groups).toEqual([{ momentum: 0.9 }]);
    const resumed = new SGD({ x, y }, { groups: [{ parameters: "y", momentum: 0 }] });
    resumed.loadState(state);
    expect(resumed.state()).toEqual(state);
  });

  it("are restored with the schedule's factor and clipping", () => {
    const make = (lr: number) => new SGD([w(1)], { lr, groups: [{ parameters: "0", lr: 2 * lr }], clip: { norm: lr } });
    const optimizer = make(0.25);
    optimizer.lrFactor = 0.5;
    const state = optimizer.state();
    expect(state).toMatchObject({ lrFactor: 0.5, groups: [{ lr: 0.5 }], clip: { norm: 0.25 } });
    const resumed = make(1);
    resumed.loadState(JSON.parse(JSON.stringify({ ...state, tensors: {} })));
    expect(resumed.state()).toEqual(state);
  });

  it("take names with stars for any characters", () => {
    const belongs = (selection: ParameterSelection, name: string) => belongsTo("t", "p", selection)(name, undefined);
    const cases: [ParameterSelection, string, boolean][] = [
      ["b*", "b1", true],
      ["b*", "ab1", false],
      ["*.bias", "conv1.bias", true],
      ["*.bias", "conv1.bias2", false],
      ["conv*.*.bias", "conv1.norm.bias", true],
      ["conv*.*.bias", "conv1.bias", false],
      ["a*a", "a", false],
      ["*", "", true],
      ["a.c", "abc", false],
      [/norm/, "conv1.norm.bias", true],
      [["W1", "b*"], "b7", true],
      [["W1", "b*"], "W2", false],
    ];
    for (const [selection, name, expected] of cases)
      expect([selection, name, belongs(selection, name)]).toEqual([selection, name, expected]);
  });

  it("refuse names that are none's, parameters that are in two of them, and what is no group", () => {
    const params = { W1: w(1), b1: w(1) };
    const make =
      (...groups: unknown[]) =>
      () =>
        new Adam(params, { groups: groups as never });
    expect(make({ parameters: "c*", lr: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Adam: no parameter belongs to groups[0]; expected "W1", "b1". The parameters are "W1", "b1".]`,
    );
    expect(make({ parameters: "b*" }, { parameters: ["b1"] })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Adam: "b1" belongs to groups[0] and to groups[1]; expected each parameter in one group at most. Name the parameters of one of them more narrowly.]`,
    );
    expect(make({ parameters: 3 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Adam: groups[0].parameters is 3; expected a name such as "b*", a regular expression, or a list of names and Variables. For example { parameters: "b*", weightDecay: 0 }.]`,
    );
    expect(make({ lr: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Adam: groups[0] is an object; expected an object with parameters. For example groups: [{ parameters: "b*", weightDecay: 0 }].]`,
    );
    expect(make({ parameters: "b*", lr: -1 })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: Adam: lr is -1; expected a finite number ≥ 0. The default is 0.001.]`,
    );
    expect(make({ parameters: "b*", momentum: 1 })).toThrow('unknown option "momentum"');
    expect(() => new Adam(params, { groups: {} as never })).toThrow("groups is an object");
    const optimizer = new SGD(params, { groups: [{ parameters: "b1", lr: 1 }] });
    expect(() => optimizer.loadState(new SGD(params).state())).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: loadState: the state has no groups. Make the optimizer with the groups that the state was saved with.]`,
    );
  });
});
