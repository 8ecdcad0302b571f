/**
 * vmap: a function of single examples becomes a function of batches, op by op, by the batching rules that ops state in
 * their definitions.
 */
import {
  checkOptions,
  formatShape,
  GraphError,
  normalizeAxis,
  type Shape,
  ShapeError,
  SpecError,
  sameShape,
} from "@adjoint/tensor";
import { ambient, type Batch, checkFunction, checkSynchronous, within } from "../modes.ts";
import { apply, type BatchContext, type OpDefinition } from "../op.ts";
import { stack } from "../ops/concat-split.ts";
import { moveAxis, reshape } from "../ops/reshape-transpose.ts";
import { narrow } from "../ops/slice-pad.ts";
import { ownVariable } from "../own.ts";
import { asVariable, checkResult, located, Variable, type VariableLike } from "../variable.ts";
import { BatchedVariable, batchOf, spread } from "./batched.ts";

/** Options of {@link vmap}. */
export interface VmapOptions {
  /** Which axis of each argument is the batch, null for an argument that all elements share. Default 0 for all. */
  readonly inAxes?: number | null | readonly (number | null)[];
  /** Where the batch axis stands in the result (in each result). Default 0. */
  readonly outAxes?: number | readonly number[];
}

/** What a function inside vmap may return. */
export type VmapResult = Variable | readonly Variable[];

/** The element `i` of a batch. */
function element(batch: Variable, i: number): Variable {
  return reshape(narrow(batch, 0, i, 1), batch.shape.slice(1));
}

function noRule(op: string): GraphError {
  return new GraphError({
    op: "vmap",
    problem: `op "${op}" has no batching rule`,
    argument: "batch",
    expected: '"elementwise", "loop" or a function',
    received: "undefined",
    hint: 'Give its definition batch: "elementwise" if attributes name no axes and all inputs have one shape, a rule, or "loop".',
  });
}

/** Applies an op to batches, at the innermost level that one of its inputs belongs to; null where none is batched. */
function applyBatched(op: OpDefinition<object>, inputs: readonly Variable[], attributes: object): Variable | null {
  let level = -1;
  for (const x of inputs) {
    if (!(x instanceof BatchedVariable)) continue;
    const at = ambient.batches.indexOf(x.of);
    if (at < 0) throw located(leaked(op.name), inputs);
    level = Math.max(level, at);
  }
  if (level < 0) return null;
  const of = ambient.batches[level];
  const { size } = of;
  let shape: Shape;
  try {
    // What does not fit is told in the shapes that the function sees.
    ({ shape } = op.infer(inputs, attributes));
  } catch (error) {
    throw located(error, inputs);
  }
  const { batch } = op;
  if (batch === undefined) throw located(noRule(op.name), inputs);
  const isBatched = inputs.map((x) => x instanceof BatchedVariable && x.of === of);
  const spreadInputs = (): Variable[] => inputs.map((x) => batchOf(x, of));
  let result: Variable;
  if (batch === "elementwise") {
    if (inputs.some((x) => !sameShape(x.shape, shape))) throw located(notElementwise(op.name, inputs, shape), inputs);
    result = apply(op, spreadInputs(), attributes);
  } else if (batch === "loop") {
    const all = spreadInputs();
    const results = Array.from({ length: size }, (_, i) =>
      apply(
        op,
        all.map((x) => element(x, i)),
        attributes,
      ),
    );
    if (results.length === 0) throw located(emptyLoop(op.name), inputs);
    result = stack(results, { axis: 0 });
  } else {
    const context: BatchContext<object> = {
      inputs: inputs.map((x, i) => (isBatched[i] ? (x as BatchedVariable).batch : x)),
      isBatched,
      spread: spreadInputs,
      size,
      shape,
      attributes,
      apply: (xs, changed = attributes) => apply(op, xs, changed),
    };
    result = batch(context);
  }
  const expected = [size, ...shape];
  if (!(result instanceof Variable) || !sameShape(result.shape, expected)) {
    const given = (result as unknown) instanceof Variable ? formatShape(result.shape) : typeof result;
    throw new ShapeError({
      op: op.name,
      problem: `the batching rule gave ${given}`,
      argument: "batch",
      expected: formatShape(expected),
      received: given,
      hint: "The batch is the first axis of the result, the others are what the shape rule says.",
    });
  }
  return new BatchedVariable(result, of);
}

function leaked(op: string): GraphError {
  return new GraphError({
    op: "vmap",
    problem: `op "${op}" is applied to a Variable of a vmap that has ended`,
    hint: "Return from the function what is needed afterwards; what it keeps elsewhere stands for no batch any more.",
  });
}

function notElementwise(op: string, inputs: readonly Variable[], shape: Shape): ShapeError {
  const shapes = inputs.map((x) => formatShape(x.shape)).join(", ");
  return new ShapeError({
    op,
    problem: `batch is "elementwise", but inputs of shapes ${shapes} give ${formatShape(shape)}`,
    argument: "batch",
    expected: "inputs and a result of one shape",
    received: shapes,
    hint: 'Repeat the inputs to one shape before the op is called, or give its definition a batching rule or "loop".',
  });
}

function emptyLoop(op: string): GraphError {
  return new GraphError({
    op: "vmap",
    problem: `the batch is empty, and op "${op}" is applied to one element after the other`,
    hint: "Give the op a batching rule, which knows the shape of no results.",
  });
}

/** Runs `fn` inside the vmaps of these batches. */
export function withBatches<Result>(batches: readonly Batch[], fn: () => Result): Result {
  const dispatch = applyBatched as unknown as NonNullable<typeof ambient.applyBatched>;
  return within({ batches, applyBatched: batches.length === 0 ? null : dispatch }, fn);
}

/** The axis of each argument, checked; null for shared ones. */
function argumentAxes(xs: readonly Variable[], inAxes: VmapOptions["inAxes"]): (number | null)[] {
  const axes = Array.isArray(inAxes) ? inAxes : xs.map(() => (inAxes === undefined ? 0 : (inAxes as number | null)));
  if (axes.length !== xs.length) {
    throw new SpecError({
      op: "vmap",
      problem: `inAxes names ${axes.length} arguments, the function was called with ${xs.length}`,
      argument: "inAxes",
      expected: `${xs.length} entries`,
      received: JSON.stringify(axes),
      hint: "Give one axis (or null) for each argument.",
    });
  }
  return axes.map((axis, i) => {
    if (axis === null) return null;
    if (xs[i].ndim === 0) {
      throw new ShapeError({
        op: "vmap",
        problem: `argument ${i} is a single number and has no batch axis`,
        argument: "inAxes",
        expected: "an axis of the batch",
        received: "[]",
        hint: "Pass null for arguments that all elements share: { inAxes: [0, null] }.",
      });
    }
    try {
      return normalizeAxis("vmap", axis, xs[i].shape, `inAxes[${i}]`);
    } catch (error) {
      throw located(error, [xs[i]]);
    }
  });
}

function batchSize(xs: readonly Variable[], axes: readonly (number | null)[]): number {
  const lengths = xs.flatMap((x, i) => {
    const axis = axes[i];
    return axis === null ? [] : [{ i, length: x.shape[axis] }];
  });
  if (lengths.length === 0) {
    throw new SpecError({
      op: "vmap",
      problem: "no argument has a batch axis",
      argument: "inAxes",
      expected: "an axis for one argument at least",
      received: JSON.stringify(axes),
      hint: "Call the function itself, or name the axis to go along.",
    });
  }
  const other = lengths.find(({ length }) => length !== lengths[0].length);
  if (other !== undefined) {
    const shapes = xs.map((x) => formatShape(x.shape)).join(", ");
    throw new ShapeError({
      op: "vmap",
      problem: `batches differ: argument ${lengths[0].i} has ${lengths[0].length} elements, argument ${other.i} has ${other.length} (shapes ${shapes})`,
      argument: "inAxes",
      expected: "one length of all batch axes",
      received: `${lengths[0].length} and ${other.length}`,
      hint: "Name the axes by { inAxes: [...] }, null for arguments that all elements share.",
    });
  }
  return lengths[0].length;
}

/**
 * Makes a function of single examples a function of batches, vmap(f)(xs)[i] = f(xs[i]) for xs of [batch, …], by one
 * run of f on the whole batch. It nests with itself and with grad: `vmap(grad(loss), { inAxes: [null, 0, 0] })` gives
 * the gradient of every example for itself.
 *
 * Every op in f is applied to the batch by its batching rule; all built-in ops have one, ops of your own say it with
 * `batch` in their definition. f runs once: it must compute with ops alone.
 *
 * Random ops draw for every example: example i has element i of one draw of `[batch, ...shape]`, as if f were written for
 * the whole batch (of vmaps within vmaps the outermost comes first). So dropout masks differ between examples, and are
 * those of the layer without vmap. What all examples are to share is drawn outside of f.
 *
 * @param f a function of Variables to a Variable or a list of them
 * @returns a function of the same arguments with a batch axis more (`inAxes`), whose results have one more (`outAxes`)
 * @throws ShapeError when batches differ in length; GraphError for an op without a batching rule, or when f reads a value
 * Source: JAX's vmap, whose semantics these are.
 */
export function vmap<Result extends VmapResult>(
  f: (...xs: Variable[]) => Result,
  options: VmapOptions = {},
): (...xs: VariableLike[]) => Result {
  checkFunction("vmap", f, "f");
  checkOptions("vmap", options, ["inAxes", "outAxes"]);
  const { inAxes, outAxes = 0 } = options;
  return (...args) => {
    const xs = args.map((x, i) => asVariable("vmap", x, `argument ${i}`));
    const axes = argumentAxes(xs, inAxes);
    const size = batchSize(xs, axes);
    const of: Batch = { size };
    const elements = xs.map((x, i) => {
      const axis = axes[i];
      return axis === null ? x : new BatchedVariable(axis === 0 ? x : moveAxis(x, axis, 0), of, x.name);
    });
    const run = (): VmapResult => f(...elements);
    const result = checkSynchronous("vmap", withBatches([...ambient.batches, of], run), "f");
    const several = Array.isArray(result);
    const list: readonly Variable[] = several ? result : [result as Variable];
    const places = Array.isArray(outAxes) ? outAxes : list.map(() => outAxes as number);
    if (places.length !== list.length) {
      throw new SpecError({
        op: "vmap",
        problem: `outAxes names ${places.length} results, the function returned ${list.length}`,
        argument: "outAxes",
        expected: `${list.length} entries`,
        received: JSON.stringify(outAxes),
      });
    }
    const batches = list.map((y, i) => {
      checkResult("vmap", y, "f");
      const batch = y instanceof BatchedVariable && y.of === of ? y.batch : spread(y, size);
      return ownVariable(moveAxis(batch, 0, normalizeAxis("vmap", places[i], batch.shape, "outAxes")));
    });
    return (several ? batches : batches[0]) as unknown as Result;
  };
}
