/** The way from an op on windows to the view of them, with the sizes of the op and, where they are few, its pixels. */
import type { WindowsSpec } from "../../engine/windows.ts";
import { graph, readers, summaries } from "../../state/document.ts";
import { text } from "../../state/settings.ts";
import { countedPixels, windows } from "../../state/windows.ts";
import { Button } from "../parts.tsx";

type Attributes = Record<"filterH" | "filterW" | "stride" | "pad" | "dilation", number | readonly number[]> & {
  readonly inputShape?: readonly number[];
};

const one = (value: number | readonly number[]): number => (typeof value === "number" ? value : value[0]);

/** What the view shows for an op; null for ops without windows. */
function specOf(id: number): WindowsSpec | null {
  const { nodes } = graph.value;
  const { op, attributes, inputs } = nodes[id];
  if (op !== "im2col" && op !== "col2im") return null;
  const { filterH, filterW, stride, pad, dilation, inputShape } = attributes as Attributes;
  const [n, c, h, w] = inputShape ?? nodes[inputs[0]].shape;
  // As much of the image as can be read at once: the first images and channels, and their first pixels.
  const shape = [n * c <= 4 ? n : 1, n * c <= 4 ? c : 1, Math.min(h, 7), Math.min(w, 7)] as const;
  const elements = op === "im2col" ? summaries.value[inputs[0]]?.elements : null;
  const isWhole = elements != null && shape.join() === [n, c, h, w].join();
  const isPooling = readers.value[id].some((reader) =>
    [reader, ...readers.value[reader]].some((next) => nodes[next].op === "max" || nodes[next].op === "argmax"),
  );
  return {
    shape,
    filter: [Math.min(one(filterH), 5), Math.min(one(filterW), 5)],
    stride: one(stride),
    pad: Math.min(one(pad), 3),
    dilation: one(dilation),
    pixels: isWhole ? elements : countedPixels(shape),
    mode: isPooling ? "max" : "product",
    upstream: "ones",
    weights: "ones",
  };
}

/** The button; nothing for ops without windows. */
export function ShowWindows({ id }: { readonly id: number }) {
  const spec = specOf(id);
  if (spec === null) return null;
  return (
    <section>
      <Button class="primary show-windows" onClick={() => (windows.value = spec)}>
        {text.value.showWindows}
      </Button>
    </section>
  );
}
