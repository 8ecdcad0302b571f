/** What the compiler refuses in specs. Checked by the type checker; the body only has to run. */
import { mul } from "@adjoint/autograd";
import { expect, it } from "vitest";
import { z } from "zod";
import type { ModelSpec } from "../read/model-spec.ts";
import { layers } from "./builders.ts";
import { defineLayer } from "./define-layer.ts";
import type { LayerSpec, LayerSpecOf } from "./structures.ts";

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
    layers.affine(3, { weightDecay: 0.1 }),
    layers.dropout(),
    layers.pad([[0, 1] as const]),
    layers.add(["a", "b"]),
    layers.relu() satisfies LayerSpecOf<"relu">,
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
    // @ts-expect-error an option that is undefined in plain data
    { kind: "pooling", size: 2, stride: undefined } satisfies LayerSpec,
    // @ts-expect-error the option that matters, of another type
    layers.upsampling({ factor: "2" }),
    // @ts-expect-error or twice
    layers.block([], { layers: [] }),
    // @ts-expect-error a function of no kind
    layers.afine?.(3),
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
  // @ts-expect-error an unknown option of a loss
  const option: Pick<ModelSpec, "loss"> = { loss: { kind: "huber", alpha: 1 } };
  // @ts-expect-error an unknown field of a model
  const field: ModelSpec = { version: 1, input: [1], layers: [], criterion: "mse" };
  // @ts-expect-error an unknown metric
  const metric: Pick<ModelSpec, "metrics"> = { metrics: ["precision"] };
  // @ts-expect-error an unknown loss
  const loss: Pick<ModelSpec, "loss"> = { loss: "hinge" };
  expect([right.length, wrong.length, data, missing, kind, deep, option, field, metric, loss].length).toBe(10);
});
