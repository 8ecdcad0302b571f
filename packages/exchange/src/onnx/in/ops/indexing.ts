/** Taking elements by indices, and writing to them. */
import { add, concat, constant, maximum, minimum, mul, type Variable } from "@adjoint/autograd";
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
    return node.made(counted, value.shape);
  }
  const places = value.cast("int32");
  return places.lt(0).where(places.add(n), places);
}

/** x[…, indices, …] for indices of any shape. */
function gathered(node: NodeCall): Variable {
  const x = node.x();
  const axis = node.axis(node.int("axis", 0), x.ndim);
  const places = fromFront(node, 1, x.shape[axis]);
  const taken = x.indexSelect(places.reshape([places.size]), { axis });
  return taken.reshape([...x.shape.slice(0, axis), ...places.shape, ...x.shape.slice(axis + 1)]);
}

/** Where in the flat x the elements lie whose places along `axis` input 1 gives, and the other coordinates their own. */
function flatPlaces(node: NodeCall, x: Shape, axis: number): Variable {
  const compute = (): Variable => flattenedPlaces(node, fromFront(node, 1, x[axis]), x, axis);
  return node.isKnown(1) ? node.settled(compute) : compute();
}

function flattenedPlaces(node: NodeCall, places: Variable, x: Shape, axis: number): Variable {
  node.checkMade(places.shape);
  const strides = contiguousStrides(x);
  let flat = places.mul(strides[axis]);
  places.shape.forEach((n, i) => {
    if (i === axis) return;
    if (n > x[i]) throw node.refuse(`has indices of shape [${places.shape.join(", ")}] for [${x.join(", ")}]`);
    const shape = places.shape.map((_, k) => (k === i ? n : 1));
    flat = flat.add(node.multiples(n, strides[i], shape));
  });
  return flat.reshape([places.size]);
}

function gatherElements(node: NodeCall): Variable {
  const x = node.x();
  const axis = node.axis(node.int("axis", 0), x.ndim);
  const flat = flatPlaces(node, x.shape, axis);
  return x.reshape([x.size]).indexSelect(flat).reshape(node.shape(1));
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
  if (reduction === "add") return x.indexAdd(places, updates);
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
    const at = places.indexSelect(rows);
    const combined = combine[reduction](y.indexSelect(at), updates.indexSelect(rows));
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
    return [places.indexSelect(rows), updates.indexSelect(rows)];
  }
  if (count < 2) return [places, updates];
  const order = places.argsort();
  const sorted = places.indexSelect(order);
  const changes = sorted.slice({ start: [1], stop: [count] }).ne(sorted.slice({ start: [0], stop: [count - 1] }));
  const isLast = concat([changes, constant([1], { dtype: "bool" })]);
  const lasts = isLast.reshape([count, ...updates.shape.slice(1).fill(1)]);
  return [sorted, lasts.where(updates.indexSelect(order), constant(0, { dtype: updates.dtype }))];
}

/** Rows replaced, each at most once: what is added to a place again has to be 0. */
function written(x: Variable, places: Variable, updates: Variable): Variable {
  const isTruth = x.dtype === "bool";
  const [base, values] = isTruth ? [x.cast("int32"), updates.cast("int32")] : [x, updates];
  const filled = (value: number, n: number): Variable => constant(value, { dtype: "int32" }).broadcastTo([n]);
  const count = filled(0, x.shape[0]).indexAdd(places, filled(1, places.size));
  const isWritten = count.gt(0).reshape([x.shape[0], ...x.shape.slice(1).map(() => 1)]);
  const y = isWritten.where(base.zerosLike().indexAdd(places, values), base);
  return isTruth ? y.cast("bool") : y;
}

function scatterElements(node: NodeCall): Variable {
  const [x, updates] = [node.x(0), node.x(2)];
  const axis = node.axis(node.int("axis", 0), x.ndim);
  const reduction = node.choice("reduction", ["none", "add", "mul", "max", "min"], "none");
  const flat = flatPlaces(node, x.shape, axis);
  const y = scattered(node, x.reshape([x.size]), flat, updates.reshape([updates.size]), reduction);
  return y.reshape(x.shape);
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
    const places = node.x(1).cast("int32");
    const bounds = node.made(Int32Array.from(lengths.slice(0, k)), [k]).broadcastTo(places.shape);
    const counted = places.lt(0).where(places.add(bounds), places);
    const rows = counted.mul(node.made(Int32Array.from(strides), [k])).sum({ axis: -1 });
    return rows.reshape([rows.size]);
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
  const flat = x.reshape([count * inner, ...rest]);
  if (batch === 0) return flat.indexSelect(rows).reshape([...shape, ...rest]);
  const each = rows.size / count;
  node.checkMade([count]);
  const all = rows.reshape([count, each]).add(node.multiples(count, inner, [count, 1]));
  return flat.indexSelect(all.reshape([rows.size])).reshape([...shape, ...rest]);
}

function scatterNd(node: NodeCall): Variable {
  const [x, updates] = [node.x(0), node.x(2)];
  const reduction = node.choice("reduction", ["none", "add", "mul", "max", "min"], "none");
  const indices = node.shape(1);
  const k = indices[indices.length - 1];
  const { rows } = rowsOf(node, x.shape);
  const rest = x.shape.slice(k);
  const flat = x.reshape([sizeOf(x.shape.slice(0, k)), ...rest]);
  const y = scattered(node, flat, rows, updates.reshape([rows.size, ...rest]), reduction);
  return y.reshape(x.shape);
}

/** Two values at the places of labels along a new axis: rows of `off` with `on` at each. */
function oneHots(node: NodeCall): Variable {
  const labels = node.x(0);
  const depth = node.number(1);
  node.checkMade([labels.size, depth]);
  const values = node.x(2);
  const axis = node.axis(node.int("axis", -1), labels.ndim + 1);
  const whole = labels.cast("int32").reshape([...labels.shape, 1]);
  const counted = whole.lt(0).where(whole.add(depth), whole);
  // A label beyond the depth is at no place.
  const isThere = counted.eq(node.multiples(depth));
  const part = (i: number): Variable => values.indexSelect(node.made(Int32Array.of(i), [1])).reshape([]);
  const y = isThere.where(part(1), part(0));
  return axis === labels.ndim ? y : y.moveAxis(-1, axis);
}

/** The elements or slices where a condition that is known holds. */
function compressed(node: NodeCall): Variable {
  const x = node.x();
  const kept = Int32Array.from(node.numbers(1).flatMap((n, i) => (n === 0 ? [] : [i])));
  const axis = node.int("axis");
  const places = node.made(kept, [kept.length]);
  if (axis === undefined) return x.reshape([x.size]).indexSelect(places);
  return x.indexSelect(places, { axis: node.axis(axis, x.ndim) });
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
