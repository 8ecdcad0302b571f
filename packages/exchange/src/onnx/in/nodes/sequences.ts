/** Ops on sequences, lists of values whose lengths are known: they are taken apart here, and leave no trace in the graph. */
import { concat, stack, type Variable } from "@adjoint/autograd";
import type { NodeCall } from "./call.ts";
import type { Control } from "./control.ts";
import { type Held, knownIntegers, Sequence, type Value } from "./values.ts";

/** A place in a sequence, counted from the front; at most `last`. */
function placeOf(node: NodeCall, i: number, length: number, last = length - 1): number {
  const given = node.number(i);
  if (Number.isInteger(given) && given >= -length && given <= last) return given < 0 ? given + length : given;
  throw node.refuse(`names place ${given} of ${length}`, { expected: `a place from ${-length} to ${last}` });
}

const insert: Control = ({ node }) => {
  const { items } = node.sequence(0);
  const value = node.value(1);
  const at = node.has(2) ? placeOf(node, 2, items.length, items.length) : items.length;
  return [new Sequence(items.toSpliced(at, 0, value))];
};

const erase: Control = ({ node }) => {
  const { items } = node.sequence(0);
  return [new Sequence(items.toSpliced(node.has(1) ? placeOf(node, 1, items.length) : items.length - 1, 1))];
};

/** All values along one axis, which is a new one where `new_axis` says so. */
const join: Control = ({ node, compute }) => {
  const { items } = node.sequence(0);
  if (items.length === 0) throw node.refuse("joins an empty sequence");
  const isNew = node.int("new_axis", 0) !== 0;
  const ndim = node.variableOf(items[0]).ndim;
  const axis = node.axis(node.int("axis", 0), isNew ? ndim + 1 : ndim);
  const joined = (): Variable => (isNew ? stack : concat)(items.map(node.variableOf), { axis });
  return [compute(items, joined)];
};

/** Parts of x along an axis: of the lengths that are given, or one each. */
const cut: Control = ({ node, compute }) => {
  const x = node.value(0);
  const shape = node.shape(0);
  const axis = node.axis(node.int("axis", 0), shape.length);
  const isKept = node.int("keepdims", 1) !== 0 || node.has(1);
  const length = shape[axis];
  const most = node.has(1) && node.shape(1).length === 0 ? node.number(1) : 1;
  if (!(most >= 1)) throw node.refuse(`cuts into parts of length ${most}`);
  const each = (): number[] =>
    Array.from({ length: Math.ceil(length / most) }, (_, i) => Math.min(most, length - i * most));
  node.limits.checkOps(node.has(1) ? 0 : length);
  const lengths = node.has(1) && node.shape(1).length === 1 ? node.numbers(1) : each();
  const total = lengths.reduce((sum, n) => sum + n, 0);
  if (total !== length || lengths.some((n) => !(n >= 0))) {
    throw node.refuse(`cuts ${length} elements into parts of [${lengths.join(", ")}]`);
  }
  node.limits.checkOps(lengths.length);
  let from = 0;
  const parts = lengths.map((n): Value => {
    const start = from;
    from += n;
    return compute([x], () => {
      const stop = shape.with(axis, start + n);
      const part = node.variableOf(x).slice({ start: shape.map((_, i) => (i === axis ? start : 0)), stop });
      return isKept ? part : part.reshape(shape.toSpliced(axis, 1));
    });
  });
  return [new Sequence(parts)];
};

/** Runs a body on each item of a sequence, together with those of others and values that are the same each time. */
const map: Control = ({ node, run }) => {
  const { items } = node.sequence(0);
  const body = node.graph("body");
  const others = node.held(1);
  const made: Value[][] = body.output.map(() => []);
  for (const [k, item] of items.entries()) {
    const given = others.map((one): Held | undefined => (one instanceof Sequence ? one.items[k] : one));
    const short = given.indexOf(undefined);
    if (short >= 0) throw node.refuse(`maps ${items.length} items with a shorter sequence, its input ${short + 1}`);
    const results = run(body, [item, ...(given as Held[])], String(k));
    for (const [i, value] of results.entries()) {
      if (value instanceof Sequence) throw node.refuse("makes a sequence of sequences");
      made[i].push(value);
    }
  }
  return made.map((values) => new Sequence(values));
};

/** The ops by name. */
export const sequences: ReadonlyMap<string, Control> = new Map<string, Control>([
  ["SequenceConstruct", ({ node }) => [new Sequence(node.values())]],
  [
    "SequenceEmpty",
    ({ node }) => {
      node.int("dtype");
      return [new Sequence([])];
    },
  ],
  [
    "SequenceAt",
    ({ node }) => {
      const { items } = node.sequence(0);
      return [items[placeOf(node, 1, items.length)]];
    },
  ],
  ["SequenceInsert", insert],
  ["SequenceErase", erase],
  ["SequenceLength", ({ node }) => [knownIntegers([node.sequence(0).items.length], [])]],
  ["SequenceMap", map],
  ["ConcatFromSequence", join],
  ["SplitToSequence", cut],
]);
