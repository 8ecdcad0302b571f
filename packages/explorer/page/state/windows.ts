/** The view of windows: what it shows, and how an address says it: `windows=1,1,3,3;2,2;1,0,1;product;count;count`. */
import { sizeOf } from "@adjoint/tensor";
import { signal } from "@preact/signals";
import type { WindowsSpec } from "../engine/windows.ts";

/** What is shown; null while the view is closed. */
export const windows = signal<WindowsSpec | null>(null);

/** Pixels 1, 2, 3, … */
export function countedPixels(shape: readonly number[]): number[] {
  return Array.from({ length: sizeOf(shape) }, (_, i) => i + 1);
}

/** What presets have in common, unless they say otherwise. */
const plain = {
  stride: 1,
  pad: 0,
  dilation: 1,
  mode: "product",
  upstream: "count",
  weights: "count",
} as const satisfies Partial<WindowsSpec>;

export const presets = {
  /** A 3×3 image and a 2×2 filter: the gradient of the image is nine sums. */
  nineSums: { ...plain, shape: [1, 1, 3, 3], filter: [2, 2], pixels: countedPixels([9]) },
  /** Two images of two channels, with the pixels 1 … 36. */
  batch: {
    ...plain,
    shape: [2, 2, 3, 3],
    filter: [2, 2],
    pixels: countedPixels([36]),
    upstream: "ones",
    weights: "ones",
  },
  /** Everything 1: what is added up is how often windows overlap. */
  ones: {
    ...plain,
    shape: [1, 1, 5, 5],
    filter: [3, 3],
    pixels: new Array(25).fill(1),
    upstream: "ones",
    weights: "ones",
  },
  /** The largest of each 2×2 window, as in the book's 7.3. */
  pooling: {
    ...plain,
    shape: [1, 1, 4, 4],
    filter: [2, 2],
    stride: 2,
    pixels: [1, 2, 1, 0, 0, 1, 2, 3, 3, 0, 1, 2, 2, 4, 0, 1],
    mode: "max",
    weights: "ones",
  },
} as const satisfies Record<string, WindowsSpec>;

export type PresetName = keyof typeof presets;

/** What is shown, for an address. */
export function windowsText(spec: WindowsSpec): string {
  const { shape, filter, stride, pad, dilation, mode, upstream, weights, pixels } = spec;
  const isCounted = pixels.every((value, i) => value === i + 1);
  const parts = [shape, filter, [stride, pad, dilation], [mode], [upstream], [weights]].map((part) => part.join(","));
  return [...parts, ...(isCounted ? [] : [pixels.join(",")])].join(";");
}

const within = (x: number | undefined, low: number, high: number): x is number =>
  x !== undefined && Number.isInteger(x) && x >= low && x <= high;

/** What an address says is to be shown; null where it says nothing that can be. */
export function windowsOf(text: string): WindowsSpec | null {
  if (Object.hasOwn(presets, text)) return presets[text as PresetName];
  const parts = text.split(";").map((part) => part.split(","));
  const [shape, filter, steps] = parts.slice(0, 3).map((part) => part.map(Number));
  const [[mode] = [], [upstream] = [], [weights] = [], pixels] = parts.slice(3);
  if (shape?.length !== 4 || filter?.length !== 2 || steps?.length !== 3) return null;
  const isSmall =
    shape.every((n) => within(n, 1, 12)) && shape[0] * shape[1] <= 8 && filter.every((n) => within(n, 1, 7));
  if (!isSmall || !within(steps[0], 1, 6) || !within(steps[1], 0, 3) || !within(steps[2], 1, 3)) return null;
  if (
    (mode !== "product" && mode !== "max") ||
    ![upstream, weights].every((kind) => kind === "ones" || kind === "count")
  )
    return null;
  const counted = countedPixels(shape);
  const given = (pixels ?? []).map(Number);
  return {
    shape: shape as unknown as WindowsSpec["shape"],
    filter: filter as unknown as WindowsSpec["filter"],
    stride: steps[0],
    pad: steps[1],
    dilation: steps[2],
    mode,
    upstream: upstream as "ones" | "count",
    weights: weights as "ones" | "count",
    pixels: given.length === counted.length && given.every(Number.isFinite) ? given : counted,
  };
}
