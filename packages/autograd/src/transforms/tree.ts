/** Trees: Variables in records and lists, nested, as arguments of functions; gradients have the same structure. */
import { formatShape, GraphError, isPlain, kindOf, refuseOtherCopy, ShapeError, sameShape } from "@adjoint/tensor";
import { asVariable } from "../core/leaf.ts";
import { Variable, type VariableLike } from "../core/variable.ts";

/** What may be given where a function takes `T`: a Tensor or a number for every Variable in it. */
export type InputTree<T> = T extends VariableLike
  ? VariableLike
  : T extends object
    ? { readonly [K in keyof T]: InputTree<T[K]> }
    : T;

/** The gradient with respect to `T`: a Variable for every Variable in it. */
export type GradientTree<T> = T extends VariableLike
  ? Variable
  : T extends object
    ? { [K in keyof T]: GradientTree<T[K]> }
    : T;

/** Deepest nesting of a tree: far beyond any model, and a bound for one that holds itself. */
const deepest = 100;

/** A tree with the numbers of leaves in their places. */
type Structure = number | null | undefined | readonly Structure[] | { readonly [key: string]: Structure };

/** The leaves of several trees in order, each with the place that errors call it by, and the way back. */
export interface Leaves {
  readonly leaves: readonly Variable[];
  readonly places: readonly string[];
  /** Which leaves each argument has: from the first one, up to the second, which is not one of them. */
  readonly ranges: readonly (readonly [number, number])[];
  /** The trees again, with others in place of the leaves. */
  rebuild(leaves: readonly Variable[]): unknown[];
}

/** A tree of that structure. */
function filled(structure: Structure, leaves: readonly Variable[]): unknown {
  if (structure === null || structure === undefined) return structure;
  if (typeof structure === "number") return leaves[structure];
  if (Array.isArray(structure)) return structure.map((part: Structure) => filled(part, leaves));
  return Object.fromEntries(Object.entries(structure).map(([key, part]) => [key, filled(part, leaves)]));
}

/**
 * Takes arguments apart: each is a Variable, a Tensor or a number, or a tree of them. Null and undefined inside of a
 * tree stay where they are.
 *
 * @throws GraphError for a leaf of another kind, with its place: `argument 0: .layers[1].w`
 */
export function leavesOf(op: string, args: readonly unknown[], place = (i: number) => `argument ${i}`): Leaves {
  const leaves: Variable[] = [];
  const places: string[] = [];
  const walk = (part: unknown, at: string, depth: number): Structure => {
    const isTree = Array.isArray(part) ? !isData(part) : isPlain(part);
    if (isTree && depth < deepest) {
      const inner = depth === 0 ? `${at}: ` : at;
      if (Array.isArray(part)) return part.map((x, i) => walk(x, `${inner}[${i}]`, depth + 1));
      return Object.fromEntries(
        Object.entries(part as object).map(([key, x]) => [key, walk(x, `${inner}${keyed(key)}`, depth + 1)]),
      );
    }
    if (isTree) throw tooDeep(op, at);
    if (depth > 0 && (part === null || part === undefined)) return part;
    places.push(at);
    return leaves.push(asVariable(op, part, at)) - 1;
  };
  const ranges: [number, number][] = [];
  const trees = args.map((arg, i) => {
    const from = leaves.length;
    const tree = walk(arg, place(i), 0);
    ranges.push([from, leaves.length]);
    return tree;
  });
  return { leaves, places, ranges, rebuild: (others) => trees.map((tree) => filled(tree, others)) };
}

/** Whether a list holds numbers: an array that somebody forgot to wrap, which is no list of Variables. */
function isData(list: readonly unknown[]): boolean {
  return list.length > 0 && list.every((x) => typeof x === "number" || typeof x === "boolean");
}

function keyed(key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function tooDeep(op: string, at: string): GraphError {
  return GraphError.of(op, "xs", undefined, "Variables in records and lists", {
    problem: `${at.slice(0, 60)}… is nested deeper than ${deepest} levels`,
    hint: "Does the tree contain itself? Pass the Variables alone, for example { w, b }.",
  });
}

/**
 * The directions in the order of the leaves of a point, whose keys they may name in another order.
 * @throws GraphError for another structure; ShapeError for other shapes
 */
export function directionsAt(op: string, at: Leaves, along: Leaves): Variable[] {
  const structure = ({ places, ranges }: Leaves): string[] =>
    ranges.flatMap(([from, to], i) => places.slice(from, to).map((place) => `${i}${place.replace(/^[^:]*/, "")}`));
  const wanted = structure(at);
  const given = new Map(structure(along).map((path, k) => [path, k]));
  const found = wanted.map((path) => given.get(path));
  const missing = found.indexOf(undefined);
  const known = new Set(wanted);
  const extra = [...given].find(([path]) => !known.has(path));
  if (missing >= 0 || extra !== undefined) {
    const place = missing >= 0 ? at.places[missing] : along.places[extra?.[1] ?? 0];
    throw GraphError.of(op, "v", undefined, "one direction for each Variable, in the structure of the arguments", {
      problem: `${place} has no ${missing >= 0 ? "direction of its own" : "place among the arguments"}`,
    });
  }
  return at.leaves.map((x, i) => {
    const k = found[i] ?? 0;
    const v = along.leaves[k];
    if (sameShape(x.shape, v.shape)) return v;
    throw ShapeError.of(op, along.places[k], v, `${formatShape(x.shape)}, the shape of ${at.places[i]}`);
  });
}

/**
 * Refuses the result of a function of Variables unless it is a Variable.
 * @throws GraphError naming the op that called the function
 */
export function checkResult(op: string, y: unknown, argument = "fn"): asserts y is Variable {
  if (y instanceof Variable) return;
  refuseOtherCopy(op, "what the function returned", y);
  throw GraphError.of(op, argument, y, "a Variable", {
    problem: `the function returned ${y === undefined ? "nothing" : kindOf(y)}`,
  });
}
