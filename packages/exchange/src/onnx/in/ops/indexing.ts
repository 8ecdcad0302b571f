/** Taking elements by indices, and writing to them. */
import {
  add,
  argsort,
  broadcastTo,
  cast,
  concat,
  constant,
  eq,
  gt,
  indexAdd,
  indexSelect,
  lt,
  maximum,
  minimum,
  moveAxis,
  mul,
  ne,
  reshape,
  slice,
  sum,
  type Variable,
  where,
  zerosLike,
} from "@adjoint/autograd";
import { contiguousStrides, type Shape, sizeOf } from "@adjoint/tensor";
import type { NodeCall } from "../nodes/call.ts";
import { Known } from "../nodes/values.ts";
import type { Lowerings } from "./lowering.ts";

/** Indices of an axis of length n, those from the end counted from the front. */
function fromFront(node: NodeCall, i: number, n: number): Variable {
  const value = node.value(i);
  if (value instanceof Known) {
    const numbers = value.numbers();
    const wrong = numbers.find((k) => !(k >= -n && k < n));
    if (wrong !== undefined) throw node.refuse(`takes element ${wrong} of an axis of length ${n}`);
    const counted = Int32Array.from(numbers, (k) => (k < 0 ? k + n : k));
    return node.made(counted, value.tensor.shape);
  }
  const places = cast(value, "int32");
  return where(lt(places, 0), add(places, n), places);
}

/** x[…, indices, …] for indices of any shape. */
function gathered(node: NodeCall): Variable {
  const x = node.x();
  const axis = node.axis(node.int("axis", 0), x.ndim);
  const places = fromFront(node, 1, x.shape[axis]);
  const taken = indexSelect(x, reshape(places, [places.size]), { axis });
  return reshape(taken, [...x.shape.slice(0, axis), ...places.shape, ...x.shape.slice(axis + 1)]);
}

/** Where in the flat x the elements lie whose places along `axis` input 1 gives, and the other coordinates their own. */
function flatPlaces(node: NodeCall, x: Shape, axis: number): Variable {
  const compute = (): Variable => flattenedPlaces(node, fromFront(node, 1, x[axis]), x, axis);
  return node.isKnown(1) ? node.settled(compute) : compute();
}

function flattenedPlaces(node: NodeCall, places: Variable, x: Shape, axis: number): Variable {
  node.checkMade(places.shape);
  const strides = contiguousStrides(x);
  let flat = mul(places, strides[axis]);
  places.shape.forEach((n, i) => {
    if (i === axis) return;
    if (n > x[i]) throw node.refuse(`has indices of shape [${places.shape.join(", ")}] for [${x.join(", ")}]`);
    const shape = places.shape.map((_, k) => (k === i ? n : 1));
    flat = add(flat, node.multiples(n, strides[i], shape));
  });
  return reshape(flat, [places.size]);
}

function gatherElements(node: NodeCall): Variable {
  const x = node.x();
  const axis = node.axis(node.int("axis", 0), x.ndim);
  const flat = flatPlaces(node, x.shape, axis);
  return reshape(indexSelect(reshape(x, [x.size]), flat), node.shape(1));
}

type Reduction = "none" | "add" | "mul" | "max" | "min";

const combine: Readonly<Record<Exclude<Reduction, "none">, (a: Variable, b: Variable) => Variable>> = {
  add,
  mul,
  max: maximum,
  min: minimum,
};

/** x [n, …] with updates [k, …] written at, or combined with, the rows at `places` [k]. */
function scattered(node: NodeCall, x: Variable, places: Variable, updates: Variable, reduction: Reduction): Variable {
  if (reduction === "add") return indexAdd(x, places, updates);
  if (reduction === "none") return written(x, ...lastOnes(node, places, updates));
  // Several updates of one row have an order: one round for each.
  if (!places.isReadable) {
    throw node.refuse(`combines by ${reduction} at indices that depend on inputs`, {
      hint: "Give their value by constants.",
    });
  }
  const rounds: number[][] = [];
  const seen = new Map<number, number>();
  (places.toArray() as number[]).forEach((place, k) => {
    const round = seen.get(place) ?? 0;
    seen.set(place, round + 1);
    if (round === 64) throw node.refuse(`combines more than 64 updates of one element by ${reduction}`);
    (rounds[round] ??= []).push(k);
  });
  let y = x;
  for (const round of rounds) {
    const rows = node.made(Int32Array.from(round), [round.length]);
    const at = indexSelect(places, rows);
    const combined = combine[reduction](indexSelect(y, at), indexSelect(updates, rows));
    y = written(y, at, combined);
  }
  return y;
}

/** Places and updates of which the last of each place counts, the others are gone or zeros. ONNX leaves open which counts. */
function lastOnes(node: NodeCall, places: Variable, updates: Variable): readonly [Variable, Variable] {
  const count = places.size;
  if (places.isReadable) {
    const last = new Map((places.toArray() as number[]).map((place, k) => [place, k]));
    if (last.size === count) return [places, updates];
    const rows = node.made(Int32Array.from(last.values()), [last.size]);
    return [indexSelect(places, rows), indexSelect(updates, rows)];
  }
  if (count < 2) return [places, updates];
  const order = argsort(places);
  const sorted = indexSelect(places, order);
  const changes = ne(slice(sorted, { start: [1], stop: [count] }), slice(sorted, { start: [0], stop: [count - 1] }));
  const isLast = reshape(concat([changes, constant([1], { dtype: "bool" })]), [
    count,
    ...updates.shape.slice(1).fill(1),
  ]);
  return [sorted, where(isLast, indexSelect(updates, order), constant(0, { dtype: updates.dtype }))];
}

/** Rows replaced, each at most once: what is added to a place again has to be 0. */
function written(x: Variable, places: Variable, updates: Variable): Variable {
  const isTruth = x.dtype === "bool";
  const [base, values] = isTruth ? [cast(x, "int32"), cast(updates, "int32")] : [x, updates];
  const filled = (value: number, n: number): Variable => broadcastTo(constant(value, { dtype: "int32" }), [n]);
  const count = indexAdd(filled(0, x.shape[0]), places, filled(1, places.size));
  const isWritten = reshape(gt(count, 0), [x.shape[0], ...x.shape.slice(1).map(() => 1)]);
  const y = where(isWritten, indexAdd(zerosLike(base), places, values), base);
  return isTruth ? cast(y, "bool") : y;
}

function scatterElements(node: NodeCall): Variable {
  const [x, updates] = [node.x(0), node.x(2)];
  const axis = node.axis(node.int("axis", 0), x.ndim);
  const reduction = node.choice("reduction", ["none", "add", "mul", "max", "min"], "none");
  const flat = flatPlaces(node, x.shape, axis);
  const y = scattered(node, reshape(x, [x.size]), flat, reshape(updates, [updates.size]), reduction);
  return reshape(y, x.shape);
}

/** For indices [..., k] of the first k axes: the rows they name when those axes are joined. */
function rowsOf(node: NodeCall, lengths: Shape): { readonly rows: Variable; readonly shape: Shape } {
  const shape = node.shape(1);
  const k = shape[shape.length - 1];
  if (shape.length === 0 || k > lengths.length) {
    throw node.refuse(`has indices of shape [${shape.join(", ")}] into [${lengths.join(", ")}]`);
  }
  const strides = contiguousStrides(lengths.slice(0, k));
  const value = node.value(1);
  if (value instanceof Known) {
    const wrong = value.numbers().find((n, at) => !(n >= -lengths[at % k] && n < lengths[at % k]));
    if (wrong !== undefined) throw node.refuse(`takes element ${wrong} of [${lengths.join(", ")}]`);
  }
  const compute = (): Variable => {
    const places = cast(node.x(1), "int32");
    const bounds = broadcastTo(node.made(Int32Array.from(lengths.slice(0, k)), [k]), places.shape);
    const counted = where(lt(places, 0), add(places, bounds), places);
    const rows = sum(mul(counted, node.made(Int32Array.from(strides), [k])), { axis: -1 });
    return reshape(rows, [rows.size]);
  };
  return { rows: node.isKnown(1) ? node.settled(compute) : compute(), shape: shape.slice(0, -1) };
}

function gatherNd(node: NodeCall): Variable {
  const x = node.x();
  const batch = node.int("batch_dims", 0);
  const indices = node.shape(1);
  if (!(batch >= 0 && batch < indices.length)) throw node.refuse(`has ${batch} batch_dims`);
  const k = indices[indices.length - 1];
  const count = sizeOf(x.shape.slice(0, batch));
  const { rows, shape } = rowsOf(node, x.shape.slice(batch));
  const inner = sizeOf(x.shape.slice(batch, batch + k));
  const rest = x.shape.slice(batch + k);
  const flat = reshape(x, [count * inner, ...rest]);
  if (batch === 0) return reshape(indexSelect(flat, rows), [...shape, ...rest]);
  const each = rows.size / count;
  node.checkMade([count]);
  const all = add(reshape(rows, [count, each]), node.multiples(count, inner, [count, 1]));
  return reshape(indexSelect(flat, reshape(all, [rows.size])), [...shape, ...rest]);
}

function scatterNd(node: NodeCall): Variable {
  const [x, updates] = [node.x(0), node.x(2)];
  const reduction = node.choice("reduction", ["none", "add", "mul", "max", "min"], "none");
  const indices = node.shape(1);
  const k = indices[indices.length - 1];
  const { rows } = rowsOf(node, x.shape);
  const rest = x.shape.slice(k);
  const flat = reshape(x, [sizeOf(x.shape.slice(0, k)), ...rest]);
  const y = scattered(node, flat, rows, reshape(updates, [rows.size, ...rest]), reduction);
  return reshape(y, x.shape);
}

/** Two values at the places of labels along a new axis: rows of `off` with `on` at each. */
function oneHots(node: NodeCall): Variable {
  const labels = node.x(0);
  const depth = node.number(1);
  node.checkMade([labels.size, depth]);
  const values = node.x(2);
  const axis = node.axis(node.int("axis", -1), labels.ndim + 1);
  const whole = reshape(cast(labels, "int32"), [...labels.shape, 1]);
  const counted = where(lt(whole, 0), add(whole, depth), whole);
  // A label beyond the depth is at no place.
  const isThere = eq(counted, node.multiples(depth));
  const part = (i: number): Variable => reshape(indexSelect(values, node.made(Int32Array.of(i), [1])), []);
  const y = where(isThere, part(1), part(0));
  return axis === labels.ndim ? y : moveAxis(y, -1, axis);
}

/** The elements or slices where a condition that is known holds. */
function compressed(node: NodeCall): Variable {
  const x = node.x();
  const kept = Int32Array.from(node.numbers(1).flatMap((n, i) => (n === 0 ? [] : [i])));
  const axis = node.int("axis");
  const places = node.made(kept, [kept.length]);
  if (axis === undefined) return indexSelect(reshape(x, [x.size]), places);
  return indexSelect(x, places, { axis: node.axis(axis, x.ndim) });
}

/** The indices of what is not 0, [ndim, count]: of a value that is known. */
function nonzeros(node: NodeCall): Known | Variable {
  const numbers = node.numbers(0);
  const shape = node.shape(0);
  const strides = contiguousStrides(shape);
  const count = numbers.reduce((sum, n) => sum + Number(n !== 0), 0);
  const rows = new Int32Array(shape.length * count);
  let k = 0;
  numbers.forEach((value, i) => {
    if (value === 0) return;
    for (let axis = 0; axis < shape.length; axis++) {
      rows[axis * count + k] = Math.floor(i / strides[axis]) % shape[axis];
    }
    k++;
  });
  return node.made(rows, [shape.length, count]);
}

export const indexing: Lowerings = {
  Gather: gathered,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  Scatter: scatterElements,
  ScatterElements: scatterElements,
  ScatterND: scatterNd,
  OneHot: oneHots,
  Compress: compressed,
  NonZero: nonzeros,
};
