/** Flatten: a sample as one row. */
import { reshape } from "@adjoint/autograd";
import { sizeOf } from "@adjoint/tensor";
import { layerKind } from "./kind/layer-kind.ts";

/** [...] → [product]. An affine layer does this by itself. */
export const flatten = layerKind({
  kind: "flatten",
  isTransparent: true,
  takes: "any",
  layer:
    (_, { inputs: [{ shape }] }) =>
    ([x]) =>
      reshape(x, [x.shape[0], sizeOf(shape)]),
});
