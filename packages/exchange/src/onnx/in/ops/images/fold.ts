/** Windows over any number of axes, added up into images. */
import { constant, type Variable } from "@adjoint/autograd";
import { sizeOf, unravel } from "@adjoint/tensor";
import type { NodeCall } from "../../nodes/call.ts";
import type { Lowerings } from "../lowering.ts";
import { windowsOf } from "./windows.ts";

/** Images [N, C, …] of windows [N, C · area, count]. Source: the ONNX operators, Col2Im. */
function col2im(node: NodeCall): Variable {
  const x = node.x(0);
  const [lengths, sizes] = [node.numbers(1), node.numbers(2)];
  if ([...lengths, ...sizes].some((n) => !(n >= 1))) {
    throw node.refuse(`folds windows of [${sizes.join(", ")}] into images of [${lengths.join(", ")}]`);
  }
  const windows = windowsOf(node, lengths, sizes);
  const counts = windows.map(({ count }) => count);
  const [size, area, count] = [lengths, sizes, counts].map(sizeOf);
  const [n, depth] = x.shape;
  const channels = depth / area;
  node.checkShape(0, [n, area * Math.ceil(channels), count]);
  node.checkMade([size + 1, n, channels]);
  node.checkMade([area, count]);
  const places = new Int32Array(area * count);
  const starts = Array.from({ length: count }, (_, k) => unravel(k, counts));
  for (let b = 0; b < area; b++) {
    const offsets = unravel(b, sizes);
    for (const [k, start] of starts.entries()) {
      let place = 0;
      for (const [axis, { stride, dilation, pads }] of windows.entries()) {
        const at = start[axis] * stride + offsets[axis] * dilation - pads[0];
        // What lies outside is added to one element more, which is left out.
        place = at < 0 || at >= lengths[axis] ? Number.POSITIVE_INFINITY : place * lengths[axis] + at;
      }
      places[b * count + k] = Number.isFinite(place) ? place : size;
    }
  }
  const parts = x.reshape([n, channels, area, count]).transpose([2, 3, 0, 1]);
  const rows = parts.reshape([area * count, n * channels]);
  const base = constant(0, { dtype: x.dtype }).broadcastTo([size + 1, n * channels]);
  const sum = base.indexAdd(node.made(places, [area * count]), rows);
  const images = sum.slice({ start: [0, 0], stop: [size, n * channels] });
  return images.transpose().reshape([n, channels, ...lengths]);
}

export const folds: Lowerings = { Col2Im: col2im };
