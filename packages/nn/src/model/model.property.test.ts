import { rng, SpecError, sizeOf } from "@adjoint/tensor";
import fc from "fast-check";
import { expect, it } from "vitest";
import { build } from "./build.ts";
import { layers } from "./builders.ts";
import { model, parseModel } from "./parse/parse.ts";
import type { LayerSpec } from "./spec/model.ts";
import { layerRows } from "./summary.ts";

const activation = fc.constantFrom<LayerSpec>(
  layers.relu(),
  layers.sigmoid(),
  layers.tanh(),
  layers.batchNormalization(),
);

/** Convolutions and poolings that always fit: the pad leaves room for the window. */
const onImages: fc.Arbitrary<LayerSpec> = fc.oneof(
  fc
    .record({ filters: fc.integer({ min: 1, max: 3 }), half: fc.nat(1), stride: fc.integer({ min: 1, max: 2 }) })
    .map(({ filters, half, stride }) => layers.convolution({ filters, size: 2 * half + 1, pad: half, stride })),
  fc.constant(layers.pooling({ size: 2, stride: 1, pad: 1 })),
  activation,
);

const onRows: fc.Arbitrary<LayerSpec> = fc.oneof(
  fc.integer({ min: 1, max: 6 }).map((units) => layers.affine(units)),
  fc.constant(layers.dropout(0.25)),
  activation,
);

const spec = fc
  .record({
    input: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
    images: fc.array(onImages, { maxLength: 4 }),
    rows: fc.array(onRows, { maxLength: 4 }),
    classes: fc.integer({ min: 2, max: 4 }),
  })
  .map(({ input, images, rows, classes }) =>
    model({ input, layers: [...images, layers.flatten(), ...rows, layers.affine(classes)], loss: "softmaxWithLoss" }),
  );

it("infers the shapes, counts and names that the built model has", () => {
  fc.assert(
    fc.property(spec, fc.nat(), (data, seed) => {
      const net = build(JSON.parse(JSON.stringify(data)), { seed });
      let y = net.layers[0].forward(rng(seed).normal([2, ...(data.input as number[])]), { train: false });
      expect(y.shape).toEqual([2, ...net.layers[0].outputShape]);
      for (const layer of net.layers.slice(1)) {
        expect(y.shape).toEqual([2, ...layer.inputShape]);
        y = layer.forward(y, { train: false });
        expect(y.shape).toEqual([2, ...layer.outputShape]);
      }
      for (const { kind, parameters, inputShape } of net.layers) {
        const [first] = Object.values(parameters);
        if (kind === "affine") expect(first.shape[0]).toBe(sizeOf(inputShape));
        if (kind === "convolution") expect(first.shape[1]).toBe(inputShape[0]);
        if (kind === "batchNormalization") expect(first.shape).toEqual([sizeOf(inputShape)]);
      }
      const counted = layerRows(net).reduce((sum, row) => sum + row.parameters, 0);
      expect(counted).toBe(net.parameters().reduce((sum, p) => sum + sizeOf(p.shape), 0));
      for (const [name, p] of Object.entries(net.params)) expect(p.name).toBe(name);
      expect(net.toSpec()).toEqual(data);
    }),
  );
});

it("makes the same network of the same spec and seed, and carries it over by its state", () => {
  fc.assert(
    fc.property(spec, fc.nat(), (data, seed) => {
      const [first, second] = [build(data, { seed }), build(JSON.parse(JSON.stringify(data)), { seed })];
      expect(second.state()).toEqual(first.state());
      const other = build(data, { seed: seed + 1 });
      expect(other.state()).not.toEqual(first.state());
      other.loadState(first.state());
      expect(other.state()).toEqual(first.state());
    }),
    { numRuns: 30 },
  );
});

it("names every unknown key, wherever it stands, and how many mistakes there are", () => {
  const strange = fc.constantFrom("__proto__", "constructor", "toString", "activation", "x");
  fc.assert(
    fc.property(spec, fc.uniqueArray(fc.nat(8), { minLength: 2 }), strange, (data, places, key) => {
      const copy = JSON.parse(JSON.stringify(data));
      const indices = [...new Set(places.map((place) => place % copy.layers.length))];
      for (const i of indices) {
        Object.defineProperty(copy.layers[i], key, { value: { polluted: true }, enumerable: true });
      }
      let text = "";
      try {
        parseModel(copy);
      } catch (error) {
        expect(error).toBeInstanceOf(SpecError);
        text = (error as SpecError).message;
      }
      for (const i of indices) {
        expect(text).toContain(`layers[${i}] (${copy.layers[i].kind}): unknown name "${key}"`);
      }
      expect(text.match(/unknown name/g)).toHaveLength(indices.length);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    }),
  );
});

it("names the place of whatever was corrupted, and never builds it", () => {
  const corruption = fc.record({
    layer: fc.nat(),
    field: fc.nat(),
    value: fc.constantFrom<unknown>(-1, 0.5, "x", null, [], {}, true),
  });
  fc.assert(
    fc.property(spec, corruption, (data, { layer, field, value }) => {
      const copy = JSON.parse(JSON.stringify(data));
      const index = layer % copy.layers.length;
      const keys = Object.keys(copy.layers[index]);
      const key = keys[field % keys.length];
      if (key === "ratio" && value === 0.5) return;
      copy.layers[index][key] = value;
      expect(() => parseModel(copy)).toThrow(new RegExp(`layers\\[${index}\\]`));
    }),
  );
});
