/** The length of blocks of channels by which ONNX Runtime computes convolutions on this processor: see ../onnx/out/blocks.ts. */
import { type Shape, sizeOf } from "@adjoint/tensor";
import { convolved } from "../onnx/out/blocks.ts";
import { Emitter, type OnnxValue } from "../onnx/out/emitter.ts";
import { encodeFile, type Opset } from "../onnx/out/file.ts";
import { infoOf } from "../onnx/out/write-graph.ts";
import { runtime, sessionOf } from "./binding.ts";

/** The lengths that versions of ONNX Runtime have: vectors of 512 bits, or shorter ones. */
const lengths = [16, 8] as const;

/** Channels of which every length makes whole blocks. */
const channels = 32;

/** Two convolutions of small integers, of one channel and of many. Null as a length is without blocks. */
function computed(op: string, opset: Opset, block: number | null): Float32Array {
  const { Tensor } = runtime(op);
  const out = new Emitter({ opset, batch: null, block });
  const given = new Map<string, Shape>();
  const input = (name: string, shape: Shape): OnnxValue => {
    given.set(out.unique(name), shape);
    return { name, shape, type: "float32" };
  };
  const attributes = { kernel_shape: [2, 2], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 1 };
  const [x, first, second] = [
    input("x", [1, 1, 3, 4]),
    input("first", [channels, 1, 2, 2]),
    input("second", [channels, channels, 2, 2]),
  ];
  const hidden = convolved(out, [x, first], [1, channels, 2, 3], attributes);
  const value = convolved(out, [hidden, second], [1, channels, 1, 2], attributes);
  out.unique("y");
  const { node, initializer } = out.drafts([{ value, name: "y" }]);
  const graph = {
    name: "graph",
    node,
    initializer,
    input: [...given].map(([name, shape]) => infoOf(name, "float32", shape, out)),
    output: [infoOf("y", "float32", value.shape, out)],
  };
  const session = sessionOf(op, encodeFile(graph, opset), { logSeverityLevel: 4, intraOpNumThreads: 1 });
  const y = new Float32Array(sizeOf(value.shape));
  // No two filters and no two of their places are alike: 7 and 11 have no divisor in common.
  const feeds = Object.fromEntries(
    [...given].map(([name, shape]) => {
      const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * i) % 7) - (i % 11));
      return [name, new Tensor("float32", data, [...shape])] as const;
    }),
  );
  session.run(feeds, { y: new Tensor("float32", y, [...value.shape]) }, {});
  session.dispose();
  return y;
}

let found: number | null | undefined;

/** The length of blocks; null where the package, as it is installed, has none, or others than are known. */
export function blockOf(op: string, opset: Opset): number | null {
  if (found !== undefined) return found;
  const right = computed(op, opset, null);
  found =
    lengths.find((length) => {
      try {
        // Sums of small integers: there is nothing to round.
        return computed(op, opset, length).every((value, i) => value === right[i]);
      } catch {
        return false;
      }
    }) ?? null;
  return found;
}
