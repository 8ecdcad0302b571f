/** Layers that rearrange a sample, and those that join several, as data. */
import type { LayerBase } from "./layer.ts";

/** [...] → [product]. An affine layer does so by itself. */
export interface FlattenSpec extends LayerBase {
  readonly kind: "flatten";
}

/** The same numbers in another shape, batch aside. */
export interface ReshapeSpec extends LayerBase {
  readonly kind: "reshape";
  /** The shape of one sample; one length may be −1, which follows from the others. */
  readonly shape: readonly number[];
}

/** The axes of a sample in another order. */
export interface TransposeSpec extends LayerBase {
  readonly kind: "transpose";
  /** For each axis of the output the axis of the input, counted from 0 without the batch. */
  readonly axes: readonly number[];
}

/** Zeros before and after along each axis of a sample. */
export interface PadSpec extends LayerBase {
  readonly kind: "pad";
  /** For each axis (without the batch) how many zeros before and after. */
  readonly widths: readonly (readonly [number, number])[];
}

/** The mean over axes of a sample, which are dropped. */
export interface MeanSpec extends LayerBase {
  readonly kind: "mean";
  /** The axes, counted from 0 without the batch. */
  readonly axes: readonly number[];
}

/** The sum of several outputs of one shape, those that `from` names. */
export interface AddSpec extends LayerBase {
  readonly kind: "add";
}

/** The product, element by element, of the outputs of one shape that `from` names. */
export interface MultiplySpec extends LayerBase {
  readonly kind: "multiply";
}

/** The outputs that `from` names, side by side along an axis. */
export interface ConcatSpec extends LayerBase {
  readonly kind: "concat";
  /** The axis, counted from 0 without the batch: 0 joins channels. Default 0. */
  readonly axis?: number;
}

/** An op by its name: a built-in one of one input that keeps the shape, such as exp or square, or one made by defineOp. */
export interface OpSpec extends LayerBase {
  readonly kind: "op";
  /** The name of the op. */
  readonly op: string;
  /** The attributes of an op made by defineOp, if it has any. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** The layers that rearrange and join. */
export type ShapeLayerSpec =
  | FlattenSpec
  | ReshapeSpec
  | TransposeSpec
  | PadSpec
  | MeanSpec
  | AddSpec
  | MultiplySpec
  | ConcatSpec
  | OpSpec;
