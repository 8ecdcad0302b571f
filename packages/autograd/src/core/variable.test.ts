import { inspect } from "node:util";
import { DTypeError, eye, GraphError, ShapeError, SpecError, Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { backward, onGrad } from "../backward/backward.ts";
import "../methods.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { detach } from "../ops/cast-detach.ts";
import { exp, square } from "../ops/elementary.ts";
import { sum } from "../ops/repeat-sum.ts";
import { permute, transpose } from "../ops/reshape-transpose.ts";
import { noGrad, scope } from "../transforms/record.ts";
import { asVariable, constant, variable } from "./leaf.ts";
import { Variable } from "./variable.ts";

describe("making Variables", () => {
  it("takes nested arrays, typed arrays, tensors, numbers and Variables", () => {
    expect(variable([[1, 2]]).shape).toEqual([1, 2]);
    expect(variable([1]).dtype).toBe("float32");
    expect(variable(Float64Array.of(1, 2)).dtype).toBe("float64");
    expect(variable(tensor([3])).toArray()).toEqual([3]);
    expect(variable(5).shape).toEqual([]);
    expect(variable(variable([7])).toArray()).toEqual([7]);
  });

  it("gives floats a gradient and integers none", () => {
    expect(variable([1.5]).requiresGrad).toBe(true);
    expect(variable([1], { dtype: "int32" }).requiresGrad).toBe(false);
    expect(variable([true]).requiresGrad).toBe(false);
    expect(variable([1.5], { requiresGrad: false }).requiresGrad).toBe(false);
    expect(constant([1.5]).requiresGrad).toBe(false);
  });

  it("converts to the dtype asked for", () => {
    expect(variable(tensor([1, 2]), { dtype: "float64" }).dtype).toBe("float64");
  });

  it("refuses a gradient of integers", () => {
    const make = () => variable([1], { dtype: "int32", requiresGrad: true });
    expect(make).toThrow(DTypeError);
    expect(messageOf(make)).toMatchInlineSnapshot(
      `"variable: a Variable of dtype int32 cannot require a gradient; expected float32 or float64. Pass dtype: "float32", or requiresGrad: false."`,
    );
  });

  it("refuses unknown options and names the one that was probably meant", () => {
    const make = () => variable([1], { requireGrad: false } as object);
    expect(make).toThrow(SpecError);
    expect(messageOf(make)).toMatchInlineSnapshot(
      `"variable: unknown option "requireGrad". Did you mean "requiresGrad"?"`,
    );
    expect(() => constant([1], { nam: "x" } as object)).toThrow(SpecError);
  });

  it("refuses what is no dtype", () => {
    expect(() => variable([1], { dtype: "float16" as "float32" })).toThrow(DTypeError);
  });

  it("refuses arrays where an op wants Variables, and says what to do", () => {
    expect(messageOf(() => asVariable("tanh", [1, 2]))).toMatchInlineSnapshot(
      `"tanh: x is an array; expected a Variable, a Tensor or a number. Wrap arrays with variable(…) or tensor(…)."`,
    );
    expect(messageOf(() => asVariable("tanh", null))).toMatchInlineSnapshot(
      `"tanh: x is null; expected a Variable, a Tensor or a number. Wrap arrays with variable(…) or tensor(…)."`,
    );
    expect(messageOf(() => asVariable("tanh", undefined))).toMatchInlineSnapshot(
      `"tanh: x is missing; expected a Variable, a Tensor or a number. Wrap arrays with variable(…) or tensor(…)."`,
    );
    expect(messageOf(() => asVariable("tanh", new Date(0)))).toMatchInlineSnapshot(
      `"tanh: x is a Date; expected a Variable, a Tensor or a number. Wrap arrays with variable(…) or tensor(…)."`,
    );
  });
});

describe("what a Variable says of itself", () => {
  const x = variable([[1, 2, 3]], { name: "x" });

  it("has a shape, a dtype and a size", () => {
    expect([x.shape, x.ndim, x.size, x.dtype]).toEqual([[1, 3], 2, 3, "float32"]);
    expect(x.toArray()).toEqual([[1, 2, 3]]);
    expect(sum(x).item()).toBe(6);
    expect(() => x.item()).toThrow(ShapeError);
  });

  it("knows whether an op made it", () => {
    expect([x.isLeaf, x.creator]).toEqual([true, null]);
    const y = exp(x);
    expect([y.isLeaf, y.creator?.op?.name]).toEqual([false, "exp"]);
    expect(noGrad(() => exp(x)).creator).toBeNull();
  });

  it("can be named later", () => {
    const y = exp(x);
    expect(y.name).toBeUndefined();
    y.name = "powers";
    expect([y.name, y.node.name]).toEqual(["powers", "powers"]);
    const leaf = variable([1]);
    leaf.name = "b";
    expect(leaf.node.name).toBe("b");
  });

  it("shows name, dtype, shape and origin when it is logged", () => {
    const y = exp(variable([[0, 0]]));
    y.name = "y";
    expect(inspect(y).split("\n")[0]).toBe('Variable "y" float32 [1, 2] from exp');
  });

  it("has the ops as methods", () => {
    const w = variable(eye(3));
    const y = x.matmul(w).add(1).mul(2).relu().sum({ axis: 1 });
    expect(y.toArray()).toEqual([18]);
    expect(x.gt(1.5).where(x, 0).toArray()).toEqual([[0, 2, 3]]);
    expect(x.reshape([3, 1]).max({ axis: 0 }).toArray()).toEqual([3]);
  });
});

describe("errors name the place", () => {
  it("names the Variables and the scope", () => {
    const a = variable([[1, 2]], { name: "images" });
    const b = variable([1, 2, 3], { name: "b" });
    expect(messageOf(() => scope("affine1", () => a.add(b)))).toMatchInlineSnapshot(
      `"add: shapes [1, 2] and [3] cannot be broadcast together (axis -1: 2 ≠ 3); expected lengths that are equal or 1, aligned from the last axis. In layer "affine1", Variables "images", "b". Use reshape or unsqueeze on one of them."`,
    );
  });
});

describe("assign", () => {
  it("overwrites the value and returns the Variable", () => {
    const w = variable([1, 2]);
    expect(w.assign([3, 4])).toBe(w);
    expect(w.toArray()).toEqual([3, 4]);
    w.assign(variable([5, 6]));
    expect(w.toArray()).toEqual([5, 6]);
  });

  it("leaves the tensor that the Variable was made from as it was", () => {
    const start = tensor([1, 2]);
    const w = variable(start);
    w.assign([3, 4]).assign([5, 6]);
    expect(start.toArray()).toEqual([1, 2]);
  });

  it("leaves Variables as they were that were made from its value", () => {
    const w = variable([1, 2]).assign([3, 4]);
    const snapshots = [variable(w), constant(w.value), asVariable("test", w.value)];
    w.assign([5, 6]);
    for (const snapshot of snapshots) expect(snapshot.toArray()).toEqual([3, 4]);
  });

  it("copes with a value that is a view of its own", () => {
    const w = variable([
      [1, 2],
      [3, 4],
    ]).assign([
      [1, 2],
      [3, 4],
    ]);
    w.assign(noGrad(() => transpose(w)));
    expect(w.toArray()).toEqual([
      [1, 3],
      [2, 4],
    ]);
    w.assign(noGrad(() => transpose(detach(w))));
    expect(w.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it("keeps its own dtype", () => {
    const w = variable([1, 2], { dtype: "float64" });
    expect(w.assign(tensor([0.5, 0.25])).dtype).toBe("float64");
    expect(w.toArray()).toEqual([0.5, 0.25]);
  });

  it("refuses another shape, and changes nothing", () => {
    const w = variable([1, 2], { name: "W1" });
    expect(() => w.assign([1, 2, 3])).toThrow(ShapeError);
    expect(messageOf(() => w.assign([[1, 2]]))).toMatchInlineSnapshot(
      `"assign: the new value of "W1" has shape [1, 2]; expected [2]. A Variable keeps its shape; make a new one with variable(value)."`,
    );
    expect(w.toArray()).toEqual([1, 2]);
  });

  it("refuses the result of an op", () => {
    const y = exp(variable([1]));
    y.name = "hidden";
    expect(() => y.assign([1])).toThrow(GraphError);
    expect(messageOf(() => y.assign([1]))).toMatchInlineSnapshot(
      `"assign: "hidden" was computed by "exp"; expected a leaf: a parameter, an input or a running statistic. Assign to what it was computed from."`,
    );
  });

  it("makes a graph that needs the old value refuse, naming both places", () => {
    const w = variable([1, 2], { name: "W1" });
    const other = variable([3, 4], { name: "W2" }).assign([5, 6]);
    const hidden = scope("affine1", () => mul(w, other));
    hidden.name = "hidden";
    const loss = sum(hidden);
    w.assign([7, 8]);
    expect(() => loss.backward()).toThrow(GraphError);
    expect(messageOf(() => loss.backward())).toMatchInlineSnapshot(
      `"backward: "W1" was changed by assign after "hidden" was computed from it, and the rule of mul needs the old value. In layer "affine1". Compute the result again after the update, and call backward before the next one."`,
    );
    expect([w.grad, other.grad]).toEqual([null, null]);
  });

  it("names the leaf when the rule reads a view of it", () => {
    const w = variable([[1, 2]], { name: "W" });
    const loss = sum(square(transpose(w)));
    w.assign([[3, 4]]);
    expect(messageOf(() => loss.backward())).toMatchInlineSnapshot(
      `"backward: "W" was changed by assign after the result of square was computed from it, and the rule of square needs the old value. Compute the result again after the update, and call backward before the next one."`,
    );
  });

  it("notices the second change in place as well", () => {
    const w = variable([1, 2]).assign([3, 4]);
    const loss = sum(square(w));
    w.assign([5, 6]);
    expect(() => loss.backward()).toThrow(GraphError);
  });

  it("does not disturb a graph that does not need the old value", () => {
    const w = variable([1, 2]);
    const loss = sum(add(w, 1));
    w.assign([5, 6]);
    loss.backward();
    expect(w.grad?.toArray()).toEqual([1, 1]);
  });

  it("does not disturb a graph that was computed from another Variable of the same tensor", () => {
    const shared = tensor([1, 2]);
    const a = variable(shared);
    const b = variable(shared);
    const loss = sum(square(b));
    a.assign([0, 0]);
    loss.backward();
    expect(b.grad?.toArray()).toEqual([2, 4]);
  });
});

describe("gradients of a Variable", () => {
  it("are forgotten by zeroGrad", () => {
    const x = variable([1, 2]);
    sum(square(x)).backward();
    expect(x.grad?.toArray()).toEqual([2, 4]);
    x.zeroGrad();
    expect(x.grad).toBeNull();
  });

  it("are kept for results of ops that retain them", () => {
    const x = variable([1, 2]);
    const y = square(x).retainGrad();
    const z = mul(y, 3);
    sum(z).backward();
    expect(y.grad?.toArray()).toEqual([3, 3]);
    expect(z.grad).toBeNull();
  });

  it("pass through hooks, complete and once, in the order of the hooks", () => {
    const x = variable([1, 2]);
    const y = square(x);
    const seen: unknown[] = [];
    y.onGrad((grad) => {
      seen.push(grad.toArray());
      return undefined;
    });
    const remove = y.onGrad((grad) => mul(grad, 10));
    const loss = () => sum(add(mul(y, 2), y));
    loss().backward();
    expect(seen).toEqual([[3, 3]]);
    expect(x.grad?.toArray()).toEqual([60, 120]);
    remove();
    x.zeroGrad();
    loss().backward();
    expect(x.grad?.toArray()).toEqual([6, 12]);
  });

  it("can be clipped by a hook on a leaf", () => {
    const x = variable([1, -2]);
    x.onGrad((grad) => grad.clip({ min: -1, max: 1 }));
    sum(square(x)).backward();
    expect(x.grad?.toArray()).toEqual([1, -1]);
  });

  it("have the dtype of what they are of, whatever a hook answers", () => {
    const x = variable([1, 2], { dtype: "float64" });
    const y = square(x);
    x.onGrad(() => variable([0.5, 3]));
    y.onGrad(() => variable([7, 7]));
    sum(y).backward();
    expect(x.grad?.dtype).toBe("float64");
    expect(x.grad?.toArray()).toEqual([0.5, 3]);
  });

  it("refuse a hook's answer of another shape", () => {
    const x = variable([1, 2], { name: "x" });
    x.onGrad(() => variable([1, 2, 3]));
    expect(messageOf(() => sum(x).backward())).toMatchInlineSnapshot(
      `"onGrad: a hook on "x" returned a gradient of shape [3]; expected a Variable of shape [2], or nothing."`,
    );
    expect(x.grad).toBeNull();
  });
});

it("is one class for instanceof", () => {
  expect(variable([1])).toBeInstanceOf(Variable);
  expect(variable([1]).value).toBeInstanceOf(Tensor);
});

describe("JSON", () => {
  it("has the value alone, of leaves as of results with a graph behind them and gradients", () => {
    const x = variable([3, 1], { dtype: "float64", name: "x" });
    const y = x.mul(2);
    y.sum().backward({ createGraph: true });
    const expected = (...data: number[]) => ({ dtype: "float64", shape: [2], data });
    expect(JSON.parse(JSON.stringify({ x, y, grads: [x.grad] }))).toEqual({
      x: expected(3, 1),
      y: expected(6, 2),
      grads: [expected(2, 2)],
    });
    expect(JSON.stringify(x)).toBe(JSON.stringify(x.value));
  });
});

describe("operators of JavaScript", () => {
  it("do not compute with the text of a Variable, and say which op does", () => {
    const x = variable(2) as never as number;
    for (const use of [() => x * 2, () => x + 1, () => x < 3, () => -x, () => Number(x), () => x + x]) {
      expect(use).toThrow(GraphError);
    }
    expect(messageOf(() => x * 2)).toMatchInlineSnapshot(
      `"Variable: JavaScript's operators and Math do not compute with a Variable. Write x.mul(2) for x * 2, x.add(1) for x + 1, x.neg() for -x, x.lt(y) for x < y, x.eq(y) for x == y and x.log() for Math.log(x); x.item() is the number, and String(x) prints it."`,
    );
  });

  it("leave String, templates, lists and console.log as they are", () => {
    const x = variable([1, 2]);
    expect([String(x), `${x}`, [x, 3].join()]).toEqual(["[1. 2.]", "[1. 2.]", "[1. 2.],3"]);
    expect(inspect(x)).toBe("Variable float32 [2]\n[1. 2.]");
  });
});

describe("errors of leaves", () => {
  it("name the function that was called", () => {
    const calls = {
      variable: () => variable([1, [2]] as never),
      constant: () => constant(undefined as never),
      assign: () => variable(1).assign("one" as never),
      backward: () => backward(undefined as never),
      onGrad: () => onGrad(3 as never, 3 as never),
    };
    for (const [name, call] of Object.entries(calls)) expect(messageOf(call)).toMatch(new RegExp(`^${name}: `));
    expect(messageOf(() => constant(1, { requiresGrad: true } as object))).toMatch(/^constant: unknown option/);
    expect(messageOf(() => permute(variable([1]), [1, 2]))).toMatch(/^permute: /);
    expect(messageOf(() => asVariable("f", "x", Object.create(null)))).toMatch(/^asVariable: argument is/);
    for (const axes of [undefined, {}] as never[]) {
      expect(messageOf(() => permute(variable([1]), axes))).toMatch(/^permute: there are no axes/);
    }
  });
});

describe("methods that tensors do not have", () => {
  it("say which function there is instead", () => {
    const x = tensor([[1, 2]]) as unknown as Variable;
    for (const call of [() => x.sum(), () => x.mul(2), () => x.argmax({ axis: 1 }), () => x.where(1, 2)]) {
      expect(call).toThrow(GraphError);
    }
    expect(messageOf(() => x.sum())).toMatchInlineSnapshot(
      `"sum: a Tensor has no method sum; expected a Variable. Write sum(x, …), which gives a Variable; constant(x) has all ops as methods. The functions of kernels give Tensors."`,
    );
    expect(messageOf(() => x.argmax())).toMatchInlineSnapshot(
      `"argmax: a Tensor has no method argmax; expected a Variable. Write argmax(x, …), which gives a Variable; constant(x) has all ops as methods. The functions of kernels give Tensors."`,
    );
    expect(Object.keys(tensor(1))).not.toContain("sum");
  });

  it("slice alike, as arrays do, along the first axis", () => {
    const x = tensor([[1, 2], [3, 4], [5, 6]]); // biome-ignore format: a matrix
    const ranges: [number?, number?][] = [[], [0, 1], [1], [-1], [0, -1], [1, 1], [2, 1], [0, 99], [-99, 1]];
    for (const range of ranges) {
      expect(x.slice(...range).toArray()).toEqual((x.toArray() as number[][]).slice(...range));
      expect(
        variable(x)
          .slice(...range)
          .toArray(),
      ).toEqual(x.slice(...range).toArray());
    }
    for (const wrong of [0.5, Number.NaN, "1", {}] as number[]) {
      expect(() => x.slice(wrong)).toThrow(/slice/);
      expect(() => variable(x).slice(0, wrong)).toThrow(/slice/);
    }
    expect(() => variable(x).slice({ start: [0] }, 1)).toThrow(SpecError);
    expect(() => tensor(1).slice(0)).toThrow(ShapeError);
    const w = variable(x);
    w.slice(1, 2).sum().backward();
    expect(w.grad?.toArray()).toEqual([
      [0, 0],
      [1, 1],
      [0, 0],
    ]);
  });
});
