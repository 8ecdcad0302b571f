/**
 * Indexing as NumPy writes it, x[…]: integers, slices, new axes, arrays of indices and masks; composed of slices,
 * reshapes and indexSelect, so that its derivative adds up where an element was taken more than once.
 */
import {
  broadcastShapes,
  checkOptions,
  formatShape,
  IndexError,
  isPlain,
  kernels,
  type Shape,
  ShapeError,
  shown,
  sizeOf,
  Tensor,
  tensor,
} from "@adjoint/tensor";
import { asVariable, located, locating } from "../../core/leaf.ts";
import { Variable, type VariableLike } from "../../core/variable.ts";
import { indexSelect } from "../gather-scatter.ts";
import { reshape, transpose } from "../reshape-transpose.ts";
import { slice } from "../slice-pad.ts";

/** A part of one axis, as Python's start:stop:step. */
export interface AxisRange {
  /** First index; negative counts from the end. Default: the first, or the last when the step is negative. */
  readonly start?: number | null;
  /** Index to stop before; negative counts from the end. Default: the end. */
  readonly stop?: number | null;
  /** Distance between taken elements, not 0. Default 1. */
  readonly step?: number | null;
}

/** Nested arrays of integers or truth values. */
export type NestedIndices = readonly (number | boolean | NestedIndices)[];

/**
 * One entry of an index: an integer takes one element and drops the axis; a range keeps it; `null` adds an axis of
 * length 1; `"..."` stands for as many whole axes as are left; an array of integers takes those elements; a mask
 * (bool) covers as many axes as it has and takes the elements where it is true.
 */
export type IndexEntry =
  | number
  | AxisRange
  | null
  | "..."
  | Tensor
  | Variable
  | NestedIndices
  | Int32Array
  | Uint8Array;

function refuse(
  x: Variable,
  problem: string,
  hint: string,
  kind: typeof IndexError | typeof ShapeError = ShapeError,
): never {
  throw located(new kind({ op: "index", problem, argument: "indices", received: problem, hint }), [x]);
}

function describe(entry: unknown): string {
  if (!isPlain(entry)) return shown(entry);
  const bounds = Object.entries(entry).map(([key, value]) => `${key}: ${shown(value)}`);
  return `{ ${bounds.join(", ")} }`;
}

/** Tensors, Variables and arrays as tensors of integers or truth values; null for what is none of them. */
function asIndices(x: Variable, entry: IndexEntry): Tensor | null {
  let value: Tensor;
  if (entry instanceof Variable) value = entry.value;
  else if (entry instanceof Tensor) value = entry;
  else if (ArrayBuffer.isView(entry)) value = tensor(Float64Array.from(entry as unknown as Float64Array));
  else if (Array.isArray(entry)) {
    // It refuses what is ragged or contains itself.
    const numbers = tensor(entry as never, { dtype: "float64" });
    const flat = (entry as readonly unknown[]).flat(numbers.ndim);
    // A list of truth values alone is a mask; an empty one, or one with numbers, is a list of indices.
    const isMask = flat.length > 0 && flat.every((v) => typeof v === "boolean");
    value = isMask ? kernels.cast(numbers, "bool") : numbers;
  } else return null;
  if (value.dtype === "bool" || value.dtype === "int32") return value;
  const isList = Array.isArray(entry) || ArrayBuffer.isView(entry);
  if (isList && kernels.allFinite(value)) {
    const whole = kernels.cast(kernels.round(value), "int32");
    if (Number(kernels.sum(kernels.cast(kernels.ne(value, whole), "int32")).item()) === 0) return whole;
  }
  const problem = isList ? `indices [${String(entry)}] are no integers` : `indices are ${value.dtype}`;
  refuse(x, problem, 'Indices are integers or truth values: make them with tensor([…], { dtype: "int32" }).');
}

/** Whether an entry is a range; refuses one with unknown names or bounds that are no integers. */
function isRange(entry: unknown): entry is AxisRange {
  if (!isPlain(entry)) return false;
  checkOptions("index", entry, ["start", "stop", "step"]);
  return Object.entries(entry).every(([key, v]) => v == null || (Number.isInteger(v) && !(key === "step" && v === 0)));
}

/** What is taken of one axis of x. */
type Taken = { readonly range: AxisRange } | { readonly at: number } | { readonly indices: Tensor };

/** The entries spelled out: one for each axis of x (with its new axes); masks as the indices where they are true. */
function spelledOut(x: Variable, entries: readonly IndexEntry[]): { shape: Shape; taken: Taken[] } {
  const given = entries.map((entry) => asIndices(x, entry));
  const covers = (i: number): number => {
    if (entries[i] === null || entries[i] === "...") return 0;
    return given[i]?.dtype === "bool" ? (given[i] as Tensor).ndim : 1;
  };
  const covered = entries.reduce<number>((n, _, i) => n + covers(i), 0);
  const dots = entries.filter((entry) => entry === "...").length;
  if (dots > 1) refuse(x, 'there are two "..."', 'One "..." stands for all axes that are left.');
  if (covered > x.ndim) {
    const problem = `${covered} axes are indexed, x has shape ${formatShape(x.shape)}`;
    refuse(x, problem, "Give one entry for each axis at most.", IndexError);
  }
  const shape: number[] = [];
  const taken: Taken[] = [];
  let axis = 0;
  const whole = (count: number): void => {
    for (let k = 0; k < count; k++) {
      shape.push(x.shape[axis++]);
      taken.push({ range: {} });
    }
  };
  entries.forEach((entry, i) => {
    const indices = given[i];
    if (entry === null) {
      shape.push(1);
      taken.push({ range: {} });
    } else if (entry === "...") whole(x.ndim - covered);
    else if (indices !== null && indices.dtype === "bool") {
      const of = x.shape.slice(axis, axis + indices.ndim);
      if (indices.ndim === 0 || indices.shape.some((n, k) => n !== of[k])) {
        const [mask, axes, whole] = [indices.shape, of, x.shape].map(formatShape);
        const problem = `a mask of shape ${mask} does not fit axes ${axes} of x ${whole}`;
        refuse(x, problem, "A mask has the lengths of the axes that it covers.");
      }
      const { data, shape: places } = kernels.nonzero(indices);
      for (let k = 0; k < indices.ndim; k++) {
        shape.push(x.shape[axis++]);
        taken.push({ indices: new Tensor(data, [places[0]], [indices.ndim], k) });
      }
    } else {
      const length = x.shape[axis];
      shape.push(length);
      axis++;
      if (indices !== null) taken.push({ indices });
      else if (typeof entry === "number") {
        if (!Number.isInteger(entry) || entry < -length || entry >= length) {
          outside(x, `index ${entry} is outside of axis ${axis - 1} of shape ${formatShape(x.shape)}`, length);
        }
        taken.push({ at: entry < 0 ? entry + length : entry });
      } else if (isRange(entry)) taken.push({ range: entry });
      else {
        const expected = 'an integer, { start, stop, step }, null, "...", indices or a mask';
        const problem = `entry ${i} is ${describe(entry)}`;
        throw located(ShapeError.of("index", "indices", entry, expected, { problem }), [x]);
      }
    }
  });
  if (dots === 0) whole(x.ndim - covered);
  return { shape, taken };
}

function outside(x: Variable, problem: string, length: number): never {
  const hint = length === 0 ? "An empty axis has no elements." : `Use integers from ${-length} to ${length - 1}.`;
  return refuse(x, problem, hint, IndexError);
}

/** The places in the axes joined (row-major) that the indices, which broadcast, name together. */
function joined(x: Variable, lengths: Shape, lists: readonly Tensor[]): { places: Tensor; shape: Shape } {
  const shape = locating([x], () => lists.reduce((all: Shape, list) => broadcastShapes("index", all, list.shape), []));
  const places = new Int32Array(sizeOf(shape));
  lists.forEach((list, k) => {
    const length = lengths[k];
    const { data, offset, size } = kernels.contiguous(kernels.broadcastTo(list, shape));
    for (let i = 0; i < size; i++) {
      const index = Number(data[offset + i]);
      if (index < -length || index >= length) {
        outside(x, `index ${index} is outside of an axis of length ${length} of x ${formatShape(x.shape)}`, length);
      }
      places[i] = places[i] * length + (index < 0 ? index + length : index);
    }
  });
  return { places: new Tensor(places, [places.length]), shape };
}

/**
 * NumPy's x[i, j, …] : one entry for each axis, missing ones take the whole axis (see {@link IndexEntry}).
 *
 * `index(x, [0])` is x[0], `index(x, [{ start: 1 }, -1])` is x[1:, −1], `index(x, ["...", null])` is x[…, None],
 * `index(x, [[0, 2], [1, 1]])` takes the elements (0, 1) and (2, 1), `index(x, mask)` those where the mask is true.
 *
 * Arrays of indices broadcast together, and what they take stands where they stand; in front when other entries are
 * between them (NumPy's rule). Linear in x; the gradient of an element taken several times is the sum. Indices have no
 * gradient. How many elements a mask takes depends on its values, so that the shape is known only when it runs.
 *
 * @throws IndexError when an index is outside its axis; ShapeError when a mask or the number of entries does not fit
 */
export function index(x: VariableLike, indices: IndexEntry | readonly IndexEntry[]): Variable {
  const input = asVariable("index", x);
  const entries = Array.isArray(indices) ? (indices as readonly IndexEntry[]) : [indices as IndexEntry];
  const { shape, taken } = spelledOut(input, entries);
  const isArray = taken.some((t) => "indices" in t);
  const ranges = taken.map((t): AxisRange => {
    if ("range" in t) return t.range;
    return "at" in t && !isArray ? { start: t.at, stop: t.at + 1 } : {};
  });
  const part = slice(reshape(input, shape), {
    start: ranges.map((r) => r.start),
    stop: ranges.map((r) => r.stop),
    step: ranges.map((r) => r.step),
  });
  if (!isArray) {
    const kept = part.shape.filter((_, i) => !("at" in taken[i]));
    return reshape(part, kept);
  }
  // Beside arrays, integers are arrays of no axes.
  const axes = taken.flatMap((t, i) => ("range" in t ? [] : [i]));
  const others = taken.flatMap((t, i) => ("range" in t ? [i] : []));
  const lists = axes.map((i) => {
    const t = taken[i];
    return "indices" in t ? t.indices : tensor("at" in t ? t.at : 0, { dtype: "int32" });
  });
  const lengths = axes.map((i) => part.shape[i]);
  const { places, shape: block } = joined(input, lengths, lists);
  const adjacent = axes.every((axis, k) => axis === axes[0] + k);
  const before = adjacent ? others.filter((i) => i < axes[0]) : [];
  const after = others.filter((i) => !before.includes(i));
  const moved = transpose(part, [...before, ...axes, ...after]);
  const lengthsOf = (of: readonly number[]): number[] => of.map((i) => part.shape[i]);
  const flat = reshape(moved, [...lengthsOf(before), sizeOf(lengths), ...lengthsOf(after)]);
  const selected = indexSelect(flat, places, { axis: before.length });
  return reshape(selected, [...lengthsOf(before), ...block, ...lengthsOf(after)]);
}

/**
 * The indices of the elements that are not 0 (or false), in row-major order: int32 [count, ndim]. No derivative; the
 * shape depends on the values.
 */
export function nonzero(x: VariableLike): Variable {
  return asVariable("nonzero", kernels.nonzero(asVariable("nonzero", x).value));
}

export default { index, nonzero };
