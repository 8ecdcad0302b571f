/** The places of what comes out of layers, or "unknown". */
import { sizeOf } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { layers } from "../../../layers/builders.ts";
import type { LayerSpec } from "../../../layers/structures.ts";
import { model } from "../../../read/parse.ts";
import { build } from "../../build.ts";
import { kerasOrders, placesOf } from "./keras-order.ts";

function places(input: readonly number[], ...list: LayerSpec[]) {
  const net = build(model({ input, layers: list }));
  const order = kerasOrders(net).at(-1)!;
  return order === "unknown" ? order : placesOf(order, sizeOf(net.outputLayers[0].shape));
}

/** [2, 1, 3] here, [1, 3, 2] in Keras. */
const turned = [0, 2, 4, 1, 3, 5];

describe("the order in Keras", () => {
  it("of images is channels last, until layers give numbers of their own", () => {
    expect(places([2, 1, 3], layers.relu())).toEqual(turned);
    expect(places([2, 1, 3], layers.flatten(), layers.tanh(), layers.dropout(), layers.batchNormalization())).toEqual(
      turned,
    );
    expect(places([1, 1, 3], layers.convolution({ filters: 2, size: 1 }), layers.reshape([6]))).toEqual(turned);
    expect(places([2, 1, 1], layers.upsampling([1, 3]), layers.averagePooling({ size: 1 }))).toEqual(turned);
    expect(
      places(
        [2, 1, 2],
        layers.pad([
          [0, 0],
          [0, 0],
          [0, 1],
        ]),
      ),
    ).toEqual(turned);
    expect(places([2, 1, 3], layers.flatten(), layers.affine(6))).toBe(null);
    expect(places([2, 1, 3], layers.globalAveragePooling())).toBe(null);
    expect(places([2, 1, 3], layers.mean([1, 2]))).toBe(null);
    expect(places([2, 1, 3], layers.mean([0]))).toBe(null);
  });

  it("is the same for images of one channel or one pixel, for rows and for sequences", () => {
    expect(places([1, 2, 3], layers.flatten())).toBe(null);
    expect(places([3, 1, 1], layers.flatten())).toBe(null);
    expect(places([4], layers.relu(), layers.pad([[1, 1]]))).toBe(null);
    expect(places([2, 3], layers.transpose([1, 0]), layers.flatten())).toBe(null);
  });

  it("follows channels that are moved to where Keras has them, and back", () => {
    expect(places([2, 1, 3], layers.transpose([1, 2, 0]), layers.flatten())).toBe(null);
    expect(places([2, 1, 3], layers.reshape([2, 3]), layers.transpose([1, 0]))).toBe(null);
    expect(places([6], layers.reshape([1, 3, 2]), layers.transpose([2, 0, 1]))).toEqual(turned);
  });

  it("joins images by channels and rows one behind the other", () => {
    const halves = [1, 1].map((filters, i) =>
      layers.convolution({ filters, size: 1, name: `half${i}`, from: "input" }),
    );
    expect(places([1, 1, 3], ...halves, layers.concat({ from: ["half0", "half1"] }))).toEqual(turned);
    const row = layers.flatten({ name: "row" });
    const other = layers.affine({ units: 2, name: "other", from: "row" });
    const joined = layers.concat({ from: ["other", "row", "other"] });
    expect(places([2, 1, 3], row, other, joined)).toEqual([0, 1, ...turned.map((place) => 2 + place), 8, 9]);
    expect(places([2, 1, 3], layers.residual([layers.relu()]))).toEqual(turned);
  });

  it("is unknown where that cannot be told", () => {
    const row = layers.flatten({ name: "row" });
    const other = layers.affine({ units: 6, name: "other" });
    expect(places([2, 1, 3], row, other, layers.add(["row", "other"]))).toBe("unknown");
    expect(places([2, 1, 3], layers.transpose([0, 2, 1]))).toBe("unknown");
    expect(places([2, 2, 3], layers.mean([2]))).toBe("unknown");
    expect(places([2, 1, 3], layers.affine({ units: 3, flatten: false }))).toBe("unknown");
    expect(places([6], layers.reshape([2, 1, 3]), layers.pooling({ size: 1 }))).toBe("unknown");
    const [a, b] = ["a", "b"].map((name) => layers.transpose({ axes: [0, 2, 1], name, from: "input" }));
    expect(places([2, 1, 3], a, b, layers.concat({ from: ["a", "b"], axis: 1 }))).toBe("unknown");
  });
});
