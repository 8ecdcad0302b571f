/** Pooling in one dimension: the largest value or the mean of windows over time. */
import type { Variable, VariableLike } from "@adjoint/autograd";
import { checkInteger, checkOneOf, checkOptions } from "@adjoint/tensor";
import { meansOf } from "./average-pooling.ts";
import { sequenceAxes } from "./kind/axes.ts";
import { timeFixes } from "./kind/fixes.ts";
import { type Layer, layerKind } from "./kind/layer-kind.ts";
import { count, optional } from "./kind/options.ts";
import { rowImages, rowWindow, sequencesOf, type TimePadding, timeWindow } from "./kind/sequence-windows.ts";
import { countedPad, largestOf } from "./pooling.ts";

/** Options of the pooling layers over time. */
export interface Pooling1dOptions {
  /** Distance between windows, ≥ 1. Default 1. */
  readonly stride?: number;
  /** Steps added before and after, ≥ 0. Default 0. */
  readonly pad?: TimePadding;
  /**
   * Whether the padding counts, as zeros; else windows are reduced over the steps of the sequence alone. Default true, but
   * false where pad is "same" or "causal".
   */
  readonly countPad?: boolean;
}

/** A layer that reduces windows over time by the function for images. */
abstract class WindowsOverTime {
  readonly size: number;
  readonly #reduce: (x: VariableLike) => Variable;

  /** @param size  number of steps in a window  @throws SpecError for wrong numbers or options */
  constructor(op: string, reduce: typeof largestOf, size: number, options: Pooling1dOptions = {}) {
    checkOptions(op, options, ["stride", "pad", "countPad"]);
    checkInteger(op, "size", size, 1);
    const { stride = 1, pad = 0, countPad = typeof pad !== "string" } = options;
    checkOneOf(op, "countPad", countPad, [true, false]);
    this.size = size;
    this.#reduce = (x) => {
      const images = rowImages(op, x);
      const window = rowWindow(op, images, size, { stride, pad });
      return sequencesOf(reduce(op, images, window.size, { ...window.options, countPad }));
    };
  }

  /**
   * @param x  sequences, [N, T, D]
   * @returns  [N, T′, D], T′ = ⌊(T + 2·pad − size)/stride⌋ + 1, or ⌈T / stride⌉ for pad "same"
   * @throws ShapeError when the window is longer than the padded sequence, or outside of it where the padding does not count
   */
  forward(x: VariableLike): Variable {
    return this.#reduce(x);
  }
}

/**
 * Max pooling over time, [N, T, D] → [N, T′, D]: y[n, t, d] is the largest x of window t; the gradient goes to the first
 * largest.
 */
export class Pooling1d extends WindowsOverTime {
  /** @param size  number of steps in a window  @throws SpecError for wrong numbers or options */
  constructor(size: number, options?: Pooling1dOptions) {
    super("Pooling1d", largestOf, size, options);
  }
}

/** Average pooling over time, [N, T, D] → [N, T′, D]: y[n, t, d] is the mean of window t. */
export class AveragePooling1d extends WindowsOverTime {
  /** @param size  number of steps in a window  @throws SpecError for wrong numbers or options */
  constructor(size: number, options?: Pooling1dOptions) {
    super("AveragePooling1d", meansOf, size, options);
  }
}

/** A kind of layer that reduces windows over time. */
function windowed1d<const Kind extends string>(
  kind: Kind,
  names: { readonly prefix: string; readonly synonyms: string },
  Pool: new (size: number, options: Pooling1dOptions) => Layer,
) {
  return layerKind({
    kind,
    options: {
      ...timeWindow,
      /** Distance between windows. Default: the size, so that windows do not overlap. */
      stride: optional(count(1)),
      countPad: countedPad.countPad,
    },
    ...names,
    axes: sequenceAxes,
    isTransparent: true,
    layer: ({ kind: _, name: __, from: ___, size, ...options }) => new Pool(size, { stride: size, ...options }),
    fixes: (spec, [{ shape }]) => [...(spec.size > shape[0] ? [{ size: shape[0] }] : []), ...timeFixes(spec)],
  });
}

/** The largest value of each window over time: [T, D] → [T′, D]. */
export const pooling1d = windowed1d("pooling1d", { prefix: "pool", synonyms: "maxpool1d maxpooling1d" }, Pooling1d);

/** The mean of each window over time: [T, D] → [T′, D]. */
export const averagePooling1d = windowed1d(
  "averagePooling1d",
  { prefix: "averagePool", synonyms: "avgpool1d avgpooling1d averagepool1d" },
  AveragePooling1d,
);
