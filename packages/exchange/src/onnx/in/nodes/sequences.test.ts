import { kernels, tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import type { Draft } from "../../messages/schema.ts";
import { fromOnnx } from "../from-onnx.ts";
import { onnxModel } from "../onnx-model.ts";
import { input, integers, modelOf, node } from "../testing/small-models.ts";

const rows = kernels.reshape(tensor([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), [5, 2]);
const axis = { name: "axis", i: 0 };
const run = (nodes: readonly Draft<"Node">[], initializer: readonly Draft<"Tensor">[] = []) =>
  onnxModel(modelOf(nodes, { input: [input("x", [5, 2])], initializer }))
    .predict(rows)
    .toArray();

describe("sequences", () => {
  const cut = node("SplitToSequence", ["x", "two"], ["s"], [axis]);
  const two = integers("two", [2], []);

  it("are cut, shortened, filled and joined", () => {
    const nodes = [
      cut,
      node("SequenceErase", ["s", "zero"], ["t"]),
      node("SequenceAt", ["s", "last"], ["part"]),
      node("SequenceInsert", ["t", "part", "zero"], ["u"]),
      node("ConcatFromSequence", ["u"], ["y"], [axis]),
    ];
    expect(run(nodes, [two, integers("zero", [0], []), integers("last", [-1], [])])).toEqual([
      [9, 10],
      [5, 6],
      [7, 8],
      [9, 10],
    ]);
  });

  it("have known lengths, and are stacked along a new axis", () => {
    const nodes = [
      node("SequenceConstruct", ["x", "x"], ["s"]),
      node("SequenceLength", ["s"], ["n"]),
      node(
        "ConcatFromSequence",
        ["s"],
        ["both"],
        [
          { name: "axis", i: -1 },
          { name: "new_axis", i: 1 },
        ],
      ),
      node("Gather", ["both", "one"], ["last"], [{ name: "axis", i: 2 }]),
      node("Reshape", ["last", "shape"], ["flat"]),
      node("Cast", ["n"], ["count"], [{ name: "to", i: 1 }]),
      node("Mul", ["flat", "count"], ["y"]),
    ];
    expect(run(nodes, [integers("one", [1], []), integers("shape", [-1])])).toEqual(
      (kernels.reshape(rows, [10]).toArray() as number[]).map((n) => 2 * n),
    );
  });

  it("without keepdims lose the axis they were cut along", () => {
    const nodes = [
      node("SplitToSequence", ["x"], ["s"], [axis, { name: "keepdims", i: 0 }]),
      node("SequenceAt", ["s", "two"], ["y"]),
    ];
    expect(run(nodes, [two])).toEqual([5, 6]);
  });

  it("are collected by loops, and mapped", () => {
    const body = {
      name: "body",
      input: [input("k", [], 7), input("go", [], 9), { name: "so_far" }],
      node: [
        node("Gather", ["x", "k"], ["row"], [axis]),
        node("SequenceInsert", ["so_far", "row"], ["more"]),
        node("Identity", ["go"], ["on"]),
      ],
      output: [{ name: "on" }, { name: "more" }],
    };
    const half = {
      name: "half",
      input: [{ name: "a" }, { name: "b" }],
      node: [node("Sub", ["a", "b"], ["c"])],
      output: [{ name: "c" }],
    };
    const nodes = [
      node("SequenceEmpty", [], ["empty"]),
      node("Loop", ["three", "", "empty"], ["s"], [{ name: "body", g: body }]),
      node("SequenceAt", ["s", "one"], ["second"]),
      node("SequenceMap", ["s", "second"], ["m"], [{ name: "body", g: half }]),
      node("ConcatFromSequence", ["m"], ["y"], [axis, { name: "new_axis", i: 1 }]),
    ];
    expect(run(nodes, [integers("three", [3], []), integers("one", [1], [])])).toEqual([
      [-2, -2],
      [0, 0],
      [2, 2],
    ]);
  });

  const refusal =
    (nodes: readonly Draft<"Node">[], more: Parameters<typeof modelOf>[1] = {}) =>
    () =>
      fromOnnx(modelOf(nodes, { input: [input("x", [5, 2])], initializer: [two], ...more }));

  it("are refused as outputs, as tensors, and where they have no such place", () => {
    expect(refusal([cut], { output: [{ name: "s" }] })).toThrow(/the output "s", which is no tensor/);
    expect(refusal([cut, node("Relu", ["s"], ["y"])])).toThrow(/a sequence, and Relu needs tensors/);
    expect(refusal([node("SequenceAt", ["x", "two"], ["y"])])).toThrow(/its input 0 "x", and needs a sequence/);
    expect(refusal([cut, node("SequenceInsert", ["s", "s"], ["t"])])).toThrow(/has a sequence as its input 1 "s"/);
    const far = integers("far", [3], []);
    expect(refusal([cut, node("SequenceAt", ["s", "far"], ["y"])], { initializer: [two, far] })).toThrow(
      /names place 3 of 3/,
    );
  });

  it("of very many parts are refused", () => {
    const nodes = [node("SplitToSequence", ["x"], ["s"], [axis]), node("SequenceAt", ["s", "two"], ["y"])];
    expect(refusal(nodes, { input: [input("x", [2 ** 24, 2])] })).toThrow(/unfolds to more than/);
  });
});
