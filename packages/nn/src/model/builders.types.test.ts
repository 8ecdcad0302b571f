/** What the compiler refuses in specs. Checked by the type checker; the body only has to run. */
import { mul } from "@adjoint/autograd";
import { expect, it } from "vitest";
import { z } from "zod";
import { layers } from "./builders.ts";
import { defineLayer } from "./kinds/define-layer.ts";
import type { LayerSpec, ModelSpec } from "./spec/model.ts";

const scale = defineLayer({
  kind: "scale",
  options: { start: z.number().default(1), axis: z.enum(["first", "last"]) },
  forward: ([x], { options: { start, axis } }) => mul(x, axis === "first" ? start : 1),
});

it("types options, kinds, losses and layers of one's own", () => {
  const right: LayerSpec[] = [
    { kind: "affine", units: 3 },
    { kind: "block", layers: [{ kind: "relu" }], repeat: 2 },
    layers.convolution({ filters: 3, size: [3, 2], weightInit: "orthogonal" }),
    scale({ start: 2, axis: "last", name: "mine" }),
  ];
  const wrong: unknown[] = [
    // @ts-expect-error an unknown option
    layers.convolution({ filters: 3, size: 3, pads: 1 }),
    // @ts-expect-error a missing one
    layers.convolution({ filters: 3 }),
    // @ts-expect-error a word that is none of those allowed
    layers.lstm({ units: 3, output: "first" }),
    // @ts-expect-error an unknown initialization
    layers.affine({ units: 3, weightInit: "hee" }),
    // @ts-expect-error an option of a layer of one's own
    scale({ axis: "middle" }),
    // @ts-expect-error a layer of one's own that misses an option
    scale({ start: 1 }),
    // @ts-expect-error or all of them
    scale(),
  ];
  // @ts-expect-error an unknown option in plain data
  const data: LayerSpec = { kind: "affine", units: 3, unit: 4 };
  // @ts-expect-error a missing one
  const missing: LayerSpec = { kind: "affine" };
  // @ts-expect-error an unknown kind
  const kind: LayerSpec = { kind: "afine", units: 3 };
  // @ts-expect-error deep inside
  const deep: LayerSpec = { kind: "residual", layers: [{ kind: "block", layers: [{ kind: "dropout", rate: 0.5 }] }] };
  // @ts-expect-error an unknown loss
  const loss: Pick<ModelSpec, "loss"> = { loss: "hinge" };
  expect([right.length, wrong.length, data, missing, kind, deep, loss].length).toBe(7);
});
