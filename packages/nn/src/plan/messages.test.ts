/** What is said of layers that do not fit: in the numbers that the spec has, with what to do about it. */
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { layers } from "../layers/builders.ts";
import { model } from "../read/parse.ts";

const after = (input: readonly number[], ...list: readonly object[]): string =>
  messageOf(() => model({ input, layers: list as never }));

describe("a layer that does not fit", () => {
  it("is told in axes without the batch", () => {
    expect([
      after([2, 3, 4], layers.transpose([1, 2])),
      after([2, 3, 4], layers.transpose([0, 1, 3])),
      after([2, 3, 4], layers.mean([3])),
      after([2, 3, 4], layers.mean([1, 1])),
      after(
        [2, 3, 4],
        layers.relu({ name: "a" }),
        layers.pooling({ size: 2, name: "b" }),
        layers.concat({ from: ["a", "b"] }),
      ),
      after(
        [2, 3],
        layers.relu({ name: "a" }),
        layers.tanh({ name: "b" }),
        layers.concat({ from: ["a", "b"], axis: 2 }),
      ),
    ]).toMatchInlineSnapshot(`
      [
        "transpose1: axes are [1, 2]; expected an order of the axes 0, 1, 2. Did you mean axes: [2, 1, 0]? Its input is [2, 3, 4]. See layers[0] (transpose).",
        "transpose1: axes are [0, 1, 3]; expected an order of the axes 0, 1, 2. Did you mean axes: [2, 1, 0]? Its input is [2, 3, 4]. See layers[0] (transpose).",
        "mean1: axes are [3]; expected some of the axes 0, 1, 2. Did you mean axes: [2]? Its input is [2, 3, 4]. See layers[0] (mean).",
        "mean1: axes are [1, 1]; expected some of the axes 0, 1, 2. Did you mean axes: [1]? Its input is [2, 3, 4]. See layers[0] (mean).",
        "concat1: samples of shapes [2, 3, 4] and [2, 1, 2] do not fit each other along axis 0; expected shapes that differ along that axis only. Did you mean size: 1 in "b"? Its inputs are [2, 3, 4] and [2, 1, 2]. See layers[2] (concat).",
        "concat1: axes are [2]; expected some of the axes 0, 1. Did you mean axis: 0? Its inputs are [2, 3] and [2, 3]. See layers[2] (concat).",
      ]
    `);
  });

  it("is told with its own options, and mended near to what was written", () => {
    expect([
      after([1, 8, 8], layers.convolution({ filters: 10, size: 3, groups: 4 })),
      after([6, 8, 8], layers.convolution({ filters: 10, size: 3, groups: 4 })),
      after([360], layers.reshape([7, -1])),
      after([360], layers.reshape([7, 50])),
      after([4, 8, 8], layers.pooling({ size: 3 }), layers.pooling({ size: 3 })),
      after([64], layers.convolution({ filters: 3, size: 3 })),
      after([1, 8, 8], layers.affine(4), layers.pooling({ size: 2 })),
      after([1, 8, 8], layers.lstm(4)),
      after([8], layers.lstm(4)),
    ]).toMatchInlineSnapshot(`
      [
        "conv1: groups is 4; expected a divisor of the 1 channels. Did you mean groups: 1? Its input is [1, 8, 8]. See layers[0] (convolution).",
        "conv1: groups is 4; expected a divisor of the 6 channels. Did you mean groups: 2? Its input is [6, 8, 8]. See layers[0] (convolution).",
        "reshape1: cannot turn [360] (360 elements) into [7, -1]; expected lengths whose product is 360. Did you mean shape: [6, -1]? Its input is [360]. See layers[0] (reshape).",
        "reshape1: cannot turn [360] (360 elements) into [7, 50]; expected lengths whose product is 360. One length may be -1: it follows from the others. Its input is [360]. See layers[0] (reshape).",
        "pool2: a window of 3 × 3 is larger than the padded image; expected at most 2 × 2. Did you mean size: 2? Its input is [4, 2, 2]. See layers[1] (pooling).",
        "conv1: convolution got an input of shape [64]; it needs [channels, height, width]. Declare the input as an image, for a square image [1, 8, 8], or move this layer before those that flatten. See layers[0] (convolution).",
        "pool1: pooling got an input of shape [4]; it needs [channels, height, width]. Declare the input as an image, for a square image [1, 2, 2], or move this layer before those that flatten. See layers[1] (pooling).",
        "lstm1: lstm got an input of shape [1, 8, 8]; it needs [time, features]. To read the rows as a sequence, put { "kind": "reshape", "shape": [8, 8] } before it. See layers[0] (lstm).",
        "lstm1: lstm got an input of shape [8]; it needs [time, features]. Embed labels first, or declare input: [time, features]. See layers[0] (lstm).",
      ]
    `);
  });

  it("is told of images with their channels last", () => {
    const conv = (size: number) => layers.convolution({ filters: 8, size });
    expect([
      after([28, 28, 1], conv(3)),
      after([48, 64, 3], conv(5)),
      after([28, 28, 1], layers.relu(), layers.pooling({ size: 2 })),
      after([28, 28, 1], layers.averagePooling({ size: 2 })),
      // An image of one column, whose convolution fits with a pad; channels come first already.
      after([1, 28, 1], conv(3)),
    ]).toMatchInlineSnapshot(`
      [
        "conv1: a window of 3 × 3 is larger than the padded image; expected at most 28 × 1. Did you mean input: [1, 28, 28]? Images are [channels, height, width]. Its input is [28, 28, 1]. See layers[0] (convolution).",
        "conv1: a window of 5 × 5 is larger than the padded image; expected at most 64 × 3. Did you mean input: [3, 48, 64]? Images are [channels, height, width]. Its input is [48, 64, 3]. See layers[0] (convolution).",
        "pool1: a window of 2 × 2 is larger than the padded image; expected at most 28 × 1. Did you mean input: [1, 28, 28]? Images are [channels, height, width]. Its input is [28, 28, 1]. See layers[1] (pooling).",
        "averagePool1: a window of 2 × 2 is larger than the padded image; expected at most 28 × 1. Did you mean input: [1, 28, 28]? Images are [channels, height, width]. Its input is [28, 28, 1]. See layers[0] (averagePooling).",
        "conv1: a window of 3 × 3 is larger than the padded image; expected at most 28 × 1. Did you mean pad: 1? Its input is [1, 28, 1]. See layers[0] (convolution).",
      ]
    `);
    const named = messageOf(() =>
      model({ inputs: { left: [28, 28, 1], right: [3] }, layers: [{ ...conv(3), from: "left" }], loss: "mse" }),
    );
    expect(named).toContain("Did you mean inputs.left: [1, 28, 28]?");
    // The layer at fault comes later, where the first takes images of one column for what they are.
    expect(
      after([28, 28, 1], layers.convolution({ filters: 8, size: 3, pad: 1 }), layers.pooling({ size: 2 })),
    ).toContain("Did you mean input: [1, 28, 28]?");
    // Where the images would not fit either, something else is wrong.
    expect(after([28, 28, 1], conv(99))).not.toContain("[1, 28, 28]");
  });

  it("is told what ops can stand in a spec", () => {
    expect([
      after([4], layers.op("sum")),
      after([4], layers.op("cast")),
      after([4], layers.op("sinn")),
      after([4], layers.op("wobble")),
    ]).toMatchInlineSnapshot(`
      [
        "op1: the op "sum" cannot be a layer: it takes several inputs or attributes, or changes the shape; expected an op of one input that keeps the shape, or one that is passed in { use: [...] }. Look for a layer that does it, or write one by defineLayer, whose forward calls the op. Its input is [4]. See layers[0] (op).",
        "op1: the op "cast" cannot be a layer: it takes several inputs or attributes, or changes the shape; expected an op of one input that keeps the shape, or one that is passed in { use: [...] }. Look for a layer that does it, or write one by defineLayer, whose forward calls the op. Its input is [4]. See layers[0] (op).",
        "op1: unknown op "sinn"; expected an op of one input that keeps the shape, or one that is passed in { use: [...] }. Did you mean "sin"? Pass custom ops as { use: [sinn] }. Its input is [4]. See layers[0] (op).",
        "op1: unknown op "wobble"; expected an op of one input that keeps the shape, or one that is passed in { use: [...] }. Pass custom ops as { use: [wobble] }. Its input is [4]. See layers[0] (op).",
      ]
    `);
  });

  it("is told what a loss needs, and which layers there are", () => {
    const spec = (loss: string, ...list: readonly object[]) =>
      messageOf(() => model({ input: [1, 8, 8], layers: list as never, loss: loss as never }));
    expect([
      spec("softmaxWithLoss", layers.relu()),
      spec("klDivergence", layers.relu()),
      messageOf(() => model({ input: [4], layers: [layers.relu()], outputs: ["nothing"] })),
    ]).toMatchInlineSnapshot(`
      [
        "softmaxWithLoss: the last layer, relu1, gives samples of shape [1, 8, 8]; the loss needs one row of scores, [classes]. End with an affine layer, one unit for each class; for classes of steps or pixels, use crossEntropy.",
        "klDivergence: the last layer, relu1, gives samples of shape [1, 8, 8]; the loss needs one row of log-probabilities, [classes]. End with an affine layer, one unit for each class.",
        "model: unknown layer "nothing" in outputs[0]. The layers are "input", "relu1".",
      ]
    `);
  });
});
