/**
 * Which elements belong together: those that an element was computed from, by the op's own rule, and those that are
 * computed from it, by forward mode. Nothing here knows what an op does.
 */
import { jvp, type OpDefinition, primitives, type Variable, variable, vjp } from "@adjoint/autograd";
import { kernels, sizeOf, type Tensor, tensor } from "@adjoint/tensor";
import type { Session } from "./session.ts";

/** Elements of nodes, in row-major order. */
export type Places = readonly (readonly [node: number, places: readonly number[]])[];

/** Tensors that are larger than this are not looked through. */
const most = 20_000;

/** Where a tensor is not 0. */
function placesIn(x: Tensor): number[] {
  const places: number[] = [];
  const { data } = kernels.copy(x);
  for (let i = 0; i < data.length; i++) if (Number(data[i]) !== 0) places.push(i);
  return places;
}

function marks(shape: readonly number[], places: Iterable<number>): Tensor {
  const data = new Float64Array(sizeOf(shape));
  for (const place of places) data[place] = 1;
  return tensor(data, { shape, dtype: "float64" });
}

/** Numbers without a zero or a pattern: in a linear op no product of them vanishes, and hardly any sum. */
function generic(shape: readonly number[], seed: number): Tensor {
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) => 1 + (((i + 1) * 0.6180339887 + seed * 0.37) % 1));
  return tensor(data, { shape, dtype: "float64" });
}

/** The op of a node as a function of those of its inputs that have derivatives, and points to take these at. */
function asFunction(
  session: Session,
  id: number,
): {
  readonly f: (...xs: Variable[]) => Variable;
  readonly points: readonly Tensor[];
  readonly inputs: readonly number[];
} | null {
  const node = session.current.nodes[id];
  if (session.op(id) === null || !session.hasRules(id) || sizeOf(node.shape) > most) return null;
  const definition = primitives[node.op as keyof typeof primitives] as OpDefinition<never>;
  const values = node.inputs.map((input) => session.current.nodes[input].value);
  if (values.some((value) => value === undefined || value.size > most)) return null;
  const isLinear = definition.linear !== undefined;
  const { f, places } = session.ofFloats(id);
  const points = places.map((i) => {
    const value = values[i] as Tensor;
    // Where the op is linear nothing depends on the point; elsewhere, as in a maximum, it is what matters.
    return isLinear ? generic(value.shape, i) : kernels.cast(value, "float64");
  });
  return { f, points, inputs: places.map((i) => node.inputs[i]) };
}

/** For an element of a node: the elements of its inputs that it was computed from. */
function sourcesOf(session: Session, id: number, places: Iterable<number>): Map<number, Set<number>> {
  const found = new Map<number, Set<number>>();
  const called = asFunction(session, id);
  if (called === null || called.points.length === 0) return found;
  const { pullback } = vjp(called.f, ...called.points.map((x) => variable(x)));
  const pulled = pullback(variable(marks(session.current.nodes[id].shape, places)));
  for (const [i, input] of called.inputs.entries()) {
    const set = found.get(input) ?? new Set<number>();
    for (const place of placesIn(pulled[i].value)) set.add(place);
    found.set(input, set);
  }
  return found;
}

/** For an element of a node: the elements of a reader's result that it goes into. */
function targetsIn(session: Session, node: number, reader: number, places: Iterable<number>): Set<number> {
  const called = asFunction(session, reader);
  if (called === null) return new Set();
  const { shape } = session.current.nodes[node];
  const tangents = called.points.map((x, i) =>
    variable(called.inputs[i] === node ? marks(shape, places) : marks(x.shape, [])),
  );
  const points = called.points.map((x) => variable(x));
  const { tangent } = jvp(called.f as (...xs: Variable[]) => Variable, points, tangents);
  return new Set(placesIn(tangent.value));
}

/** The elements that belong to one: itself, what it was computed from, and what is computed from it. */
export function relatedTo(session: Session, node: number, place: number): Places {
  const { nodes } = session.current;
  const found = new Map<number, Set<number>>([[node, new Set([place])]]);
  const put = (id: number, places: Iterable<number>): void => {
    const set = found.get(id) ?? new Set<number>();
    for (const one of places) set.add(one);
    if (set.size > 0) found.set(id, set);
  };
  if (sizeOf(nodes[node].shape) > most) return [[node, [place]]];
  // Through what a rule only turns around: the rows of a transposed matrix are columns of the matrix itself, and a sum
  // that was reshaped was added up from what the sum was.
  const turns = (id: number): boolean =>
    nodes[id].inputs.length === 1 && (nodes[id].op === "transpose" || nodes[id].op === "reshape");
  const open: [number, Iterable<number>, number][] = [[node, [place], 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [id, places, depth] = next;
    for (const [input, sources] of sourcesOf(session, id, places)) {
      put(input, sources);
      if (depth < 2 && (turns(input) || turns(id))) open.push([input, sources, depth + 1]);
    }
  }
  const goOn = (from: number, places: Iterable<number>, depth: number): void => {
    for (const { id, inputs } of nodes) {
      if (!inputs.includes(from) || (depth > 0 && !turns(id))) continue;
      const targets = targetsIn(session, from, id, places);
      put(id, targets);
      if (depth < 2 && targets.size > 0) goOn(id, targets, depth + 1);
    }
  };
  goOn(node, [place], 0);
  return [...found].map(([id, places]) => [id, [...places]]);
}
