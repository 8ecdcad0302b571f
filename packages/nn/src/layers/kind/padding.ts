/** What is added around images before windows slide over them. */
import { pad, type Variable } from "@adjoint/autograd";
import { bothOf, ShapeError, shown, type WindowOptions, windowOf } from "@adjoint/tensor";
import * as z from "zod/mini";
import { count, type Pair, two } from "./options.ts";

/** What is added before and after an axis. */
export type Sides = readonly [before: number, after: number];

/**
 * The padding of images: one number for every side, [vertical, horizontal], [[top, bottom], [left, right]], or `"same"`:
 * as much as gives ⌈length / stride⌉ windows, what is odd of it below and to the right.
 */
export type Padding = Pair | readonly [Sides, Sides] | "same";

const rule = { error: 'must be an integer ≥ 0, two of them, [[top, bottom], [left, right]], or "same"' };
const sides = z.array(two(0)).check(z.minLength(2), z.maxLength(2)) as z.ZodMiniType as z.ZodMiniType<
  readonly [Sides, Sides]
>;

/** The form of a padding. */
export const padding: z.ZodMiniType<Padding> = z.union([count(0), two(0), sides, z.literal("same")], rule);

/**
 * How much "same" adds around `length` pixels: in all (⌈length / stride⌉ − 1) · stride + span − length where that is
 * positive, the larger half behind. As in TensorFlow, and ONNX's SAME_UPPER.
 */
export function sameSides(length: number, span: number, stride: number): Sides {
  const all = Math.max(0, (Math.ceil(length / stride) - 1) * stride + span - length);
  return [Math.floor(all / 2), Math.ceil(all / 2)];
}

/** The numbers for each side of a padding that is not "same". @throws ShapeError for other values */
export function sidesOf(op: string, padding: Exclude<Padding, "same">): readonly [Sides, Sides] {
  const isNumber = (n: unknown): boolean => Number.isInteger(n) && (n as number) >= 0;
  const pair: unknown = typeof padding === "number" ? bothOf(padding) : padding;
  const all = Array.isArray(pair) ? pair.map((n): unknown => (Array.isArray(n) ? n : [n, n])) : [];
  if (all.length === 2 && all.every((of) => Array.isArray(of) && of.length === 2 && of.every(isNumber))) {
    return all as unknown as readonly [Sides, Sides];
  }
  throw ShapeError.of(op, "pad", padding, 'an integer ≥ 0, two of them, [[top, bottom], [left, right]], or "same"');
}

/** Whether a padding is the same on opposite sides, in numbers. */
export const isPair = (pad: Padding): pad is Pair =>
  typeof pad === "number" || (Array.isArray(pad) && pad.every((n) => typeof n === "number"));

/** A window over images. */
export interface PaddedWindow extends Omit<WindowOptions, "pad"> {
  readonly pad?: Padding;
}

/** Images with what could not be left to im2col added, and the windows over them. */
export interface Padded {
  readonly x: Variable;
  /** For im2col of x. */
  readonly options: Required<WindowOptions>;
  /** All that was added to the images, on each side. */
  readonly sides: readonly [Sides, Sides];
  readonly outputH: number;
  readonly outputW: number;
}

/**
 * Images padded for windows. im2col adds zeros, both sides alike; anything else is added before.
 *
 * @param x        images, [N, C, H, W]
 * @param size     height and width of a window
 * @param outside  what is added: 0, or −∞ that no maximum takes
 * @throws ShapeError unless x is 4-D and the window fits; for −∞ also where a window may lie outside of the image
 */
export function padded(
  op: string,
  x: Variable,
  size: readonly [number, number],
  { stride = 1, pad: given = 0, dilation = 1 }: PaddedWindow,
  outside: 0 | typeof Number.NEGATIVE_INFINITY = 0,
): Padded {
  const whole = { stride, pad: 0, dilation };
  if (isPair(given) && outside === 0) {
    const options = { stride, pad: given, dilation };
    const { outputH, outputW, padH, padW } = windowOf(op, x.shape, ...size, options);
    const sides = [[padH, padH] as const, [padW, padW] as const] as const;
    return { x, options, sides, outputH, outputW };
  }
  // Numbers and shapes that are wrong are refused before they are reckoned with.
  const isSize = size.every((n) => Number.isInteger(n) && n >= 1);
  windowOf(op, x.shape, ...(isSize ? ([1, 1] as const) : size), whole);
  const [steps, gaps] = [bothOf(stride), bothOf(dilation)];
  const span = (axis: 0 | 1): number => gaps[axis] * (size[axis] - 1) + 1;
  const same = (axis: 0 | 1): Sides => sameSides(x.shape[axis + 2], span(axis), steps[axis]);
  const sides = given === "same" ? ([same(0), same(1)] as const) : sidesOf(op, given);
  if (outside !== 0) checkCovered(op, given, sides, size);
  const widths = [[0, 0], [0, 0], ...sides] as const;
  const isNone = sides.flat().every((n) => n === 0);
  const images = isNone ? x : pad(x, widths, { value: outside });
  const { outputH, outputW } = windowOf(op, images.shape, ...size, whole);
  return { x: images, options: whole, sides, outputH, outputW };
}

/** @throws ShapeError where a window may hold nothing of the image, which leaves nothing to reduce */
export function checkCovered(
  op: string,
  given: Padding,
  sides: readonly [Sides, Sides],
  size: readonly [number, number],
): void {
  if (sides.every((of, axis) => of.every((n) => n < size[axis]))) return;
  throw ShapeError.of(op, "pad", given, `less than the window on every side, ${size.join(" × ")}`, {
    problem: `with pad ${shown(given)} a window of ${size.join(" × ")} would hold padding alone`,
    hint: "Pad less, or count the padding: countPad: true.",
  });
}
