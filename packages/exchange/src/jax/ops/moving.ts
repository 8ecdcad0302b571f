/** The ops that move elements, in Python: shapes, slices, indices and windows. */
import type { WindowAttributes } from "@adjoint/compiler/internal";
import { type AxisSlice, bothOf, isFloat, type Shape, sameShape } from "@adjoint/tensor";
import { atom, call, dtypeName, type Expression, lengths, member, tuple } from "../expression.ts";
import type { HelperName } from "../helpers.ts";
import { type OpCall, type Writer, writer } from "./writer.ts";

interface Axis {
  readonly axis: number;
}

type Sliced = readonly AxisSlice[];

/** One slice as Python writes it, on an axis of that length. */
function sliceText({ start, step, length }: AxisSlice, whole: number): string {
  if (length === 0) return ":0";
  if (step === 1) {
    const end = start + length;
    return `${start === 0 ? "" : start}:${end === whole ? "" : end}`;
  }
  const last = start + (length - 1) * step;
  // Before the first element there is no number to stop at.
  const stop = step > 0 ? String(last + 1) : last === 0 ? "" : String(last - 1);
  const from = step < 0 && start === whole - 1 ? "" : String(start);
  return `${from === "0" && step > 0 ? "" : from}:${step > 0 && last + step >= whole ? "" : stop}:${step}`;
}

/** Slices as an index, without whole axes at the end. */
function indexText(slices: Sliced, shape: Shape): string {
  const parts = slices.map((part, axis) => sliceText(part, shape[axis]));
  while (parts.length > 1 && parts.at(-1) === ":") parts.pop();
  return parts.join(", ");
}

/** Where axes of length 1 are put into a shape, as an index with None; null where that is not all. */
function insertion(from: Shape, to: Shape): string | null {
  if (from.length === 0 || to.length <= from.length) return null;
  const parts: string[] = [];
  let at = 0;
  for (const length of to) {
    if (at < from.length && length === from[at]) {
      parts.push(":");
      at++;
    } else if (length === 1) parts.push("None");
    else return null;
  }
  if (at < from.length) return null;
  while (parts.at(-1) === ":") parts.pop();
  return parts.join(", ");
}

/** x in another shape. */
export function reshaped(x: Expression, from: Shape, to: Shape): Expression {
  if (sameShape(from, to)) return x;
  const none = insertion(from, to);
  return member(x, none === null ? `.reshape(${lengths(to)})` : `[${none}]`);
}

/** x with its axes in another order. */
export function transposed(x: Expression, axes: readonly number[]): Expression {
  if (axes.length === 2) return member(x, ".T");
  const last = axes.length - 1;
  const isOfMatrices = axes.every((axis, i) => axis === (i === last ? last - 1 : i === last - 1 ? last : i));
  return member(x, isOfMatrices ? ".mT" : `.transpose(${axes.join(", ")})`);
}

/** How windows move, as arguments; what is as usual is left out. */
export function windowArguments({ stride, pad, dilation }: WindowAttributes, usual: "1" | "none" = "1"): string[] {
  const all = { stride: [stride, 1], pad: [pad, 0], dilation: [dilation, 1] } as const;
  return Object.entries(all).flatMap(([name, [value, standard]]) => {
    const both = bothOf(value);
    const isUsual = both.every((n) => n === standard) && !(usual === "none" && name === "stride");
    return isUsual ? [] : `${name}=${tuple(both)}`;
  });
}

const sizeOf = ({ filterH, filterW }: WindowAttributes): string => tuple([filterH, filterW]);

/** `x[…, i, …]` with i at an axis. */
function at(axis: number, index: string): string {
  return `[${":, ".repeat(axis)}${index}]`;
}

/** An op along an axis. */
const along = (write: (axis: number, ...operands: Expression[]) => Expression): Writer =>
  writer<Axis>(({ inputs, attributes: { axis } }) => write(axis, ...inputs.map((x) => x.full())));

const triangle = (name: string): Writer =>
  writer<{ readonly k: number }>(({ inputs: [x], attributes: { k } }) =>
    call(name, x.full(), ...(k === 0 ? [] : [`k=${k}`])),
  );

/** A helper on windows: the operands, then what `more` gives, then how windows move. */
const windowed = (
  name: HelperName,
  more: (op: OpCall<WindowAttributes>) => readonly string[] = () => [],
  usual?: "none",
): Writer =>
  writer<WindowAttributes>((op) => {
    const operands = op.inputs.map((x) => x.full());
    return call(op.helper(name), ...operands, ...more(op), ...windowArguments(op.attributes, usual));
  });
const ofShape = ({ shape }: OpCall<WindowAttributes>): string[] => [tuple(shape)];
const ofSize = ({ attributes }: OpCall<WindowAttributes>): string[] => [`size=${sizeOf(attributes)}`];

export const movingWriters = {
  reshape: (({ inputs: [x], shape }) => reshaped(x.full(), x.shape, shape)) as Writer,
  transpose: writer<{ readonly axes: readonly number[] }>(({ inputs: [x], attributes: { axes } }) =>
    transposed(x.full(), axes),
  ),
  flip: writer<{ readonly axes: readonly number[] }>(({ inputs: [x], attributes: { axes } }) =>
    call("jnp.flip", x.full(), axes.length === 1 ? `axis=${axes[0]}` : `axis=${tuple(axes)}`),
  ),
  repeat: (({ inputs: [x], shape }) => call("jnp.broadcast_to", x.full(), tuple(shape))) as Writer,
  slice: writer<{ readonly slices: Sliced }>(({ inputs: [x], attributes: { slices } }) =>
    slices.length === 0 ? x.full() : member(x.full(), `[${indexText(slices, x.shape)}]`),
  ),
  padSlice: writer<{ readonly slices: Sliced }>(({ inputs: [x], attributes: { slices }, shape, dtype }) => {
    if (slices.length === 0) return x.full();
    if (slices.every(({ step, length }) => step === 1 && length > 0)) {
      const widths = slices.map(({ start, length }, axis) => tuple([start, shape[axis] - start - length]));
      return call("jnp.pad", x.full(), tuple(widths));
    }
    const zeros = call("jnp.zeros", tuple(shape), dtypeName(dtype));
    return atom(`${zeros.text}.at[${indexText(slices, shape)}].set(${x.full().text})`);
  }),
  concat: along((axis, ...xs) => {
    const parts = `[${xs.map(({ text }) => text).join(", ")}]`;
    return call("jnp.concatenate", parts, ...(axis === 0 ? [] : [`axis=${axis}`]));
  }),
  gather: along((axis, x, indices) => call("jnp.take_along_axis", x, indices, `axis=${axis}`)),
  scatterAdd: writer<Axis>(({ inputs: [x, indices, updates], attributes: { axis }, helper }) =>
    call(helper("scatter_add"), x.full(), indices.full(), updates.full(), `axis=${axis}`),
  ),
  indexSelect: along((axis, x, indices) => member(x, at(axis, indices.text))),
  indexAdd: along((axis, x, indices, updates) => member(x, `.at${at(axis, indices.text)}.add(${updates.text})`)),
  oneHot: writer<{ readonly depth: number }>(({ inputs: [x], attributes: { depth }, dtype }) =>
    call("jax.nn.one_hot", x.full(), String(depth), `dtype=${dtypeName(dtype)}`),
  ),
  im2col: windowed("im2col", ({ attributes }) => [sizeOf(attributes)]),
  col2im: windowed("col2im", (op) => [...ofShape(op), ...ofSize(op)]),
  argsort: writer<Axis & { readonly descending: boolean }>(({ inputs: [x], attributes: { axis, descending } }) => {
    // Of the negative, so that NaN comes last; jnp.argsort(descending=True) has it first.
    const of = descending && isFloat(x.dtype) ? `-${member(x.full(), "").text}` : x.full();
    const options = descending && !isFloat(x.dtype) ? ["stable=True", "descending=True"] : ["stable=True"];
    return member(call("jnp.argsort", of, `axis=${axis}`, ...options), ".astype(jnp.int32)");
  }),
  tril: triangle("jnp.tril"),
  triu: triangle("jnp.triu"),
} satisfies Readonly<Record<string, Writer>>;

/** The ops that recognized windows are written by: {@link ../recognize/windows.ts}. */
export const windowWriters = {
  convolve: windowed("convolve"),
  convolveBackwardX: windowed("convolve_backward_x", ofShape),
  convolveBackwardW: windowed("convolve_backward_w", ofShape),
  maxPool: windowed("max_pool", ofSize, "none"),
  maxPoolBackward: windowed("max_pool_backward", ofSize, "none"),
} satisfies Readonly<Record<string, Writer>>;
