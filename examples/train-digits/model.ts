/** The network of the main example: two convolutions of 3×3 and two affine layers, for images of 8×8 pixels. */
import { layers, model } from "adjoint";

export default model({
  input: [1, 8, 8],
  layers: [
    layers.convolution({ filters: 16, size: 3, pad: 1 }),
    layers.relu(),
    layers.pooling({ size: 2, stride: 2 }),
    layers.convolution({ filters: 32, size: 3, pad: 1 }),
    layers.relu(),
    layers.pooling({ size: 2, stride: 2 }),
    layers.affine(64),
    layers.relu(),
    layers.affine(10),
  ],
  loss: "crossEntropy",
});
