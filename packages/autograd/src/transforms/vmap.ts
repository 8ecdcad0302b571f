/**
 * vmap: a function of single examples becomes a function of batches, op by op, by the batching rules that ops state in
 * their definitions. Inside it a Variable stands for one element of a batch, and holds all of them.
 *
 * vmaps nest: a Variable of an inner one holds, as its batch, a Variable that may be of an outer one. At the bottom lies
 * an ordinary Variable, whose first axes are the batches, the outermost first: gradients are computed
 * there, by the graph as it always is.
 */
import {
  checkOptions,
  formatShape,
  GraphError,
  normalizeAxis,
  type RandomGenerator,
  type Shape,
  ShapeError,
  SpecError,
  sameShape,
  type Tensor,
} from "@adjoint/tensor";
import {
  checkFunction,
  checkSynchronous,
  type GeneratorWatch,
  generatorWatch,
  givesFunction,
  watchingGenerators,
} from "@adjoint/tensor/internal";
import { ownVariable } from "../backward/own.ts";
import { apply, inferred } from "../core/apply.ts";
import { type Draw, type Interpreter, interpreters, type Take, withInterpreters } from "../core/interpreters.ts";
import { asVariable, located, locating } from "../core/leaf.ts";
import { below, Wrapped } from "../core/levels.ts";
import { explained } from "../core/own-parts.ts";
import { type Node, type OpDefinition, Variable, type VariableLike } from "../core/variable.ts";
import { stack } from "../ops/concat-split.ts";
import { repeat } from "../ops/repeat-sum.ts";
import { moveAxis, reshape } from "../ops/reshape-transpose.ts";
import { narrow } from "../ops/views.ts";
import { checkResult } from "./tree.ts";

/** One element of a batch, for a function that does not know of the batch. */
class BatchedVariable extends Wrapped {
  /** All elements: one level below, with the batch as its first axis. */
  get batch(): Variable {
    return this.parts[0];
  }

  override with([batch]: readonly Variable[]): Variable {
    return new BatchedVariable([batch], this.of);
  }

  override get isReadable(): boolean {
    return false;
  }

  override get value(): Tensor {
    throw this.unreadable("value");
  }

  override get node(): Node {
    throw this.unreadable("place in the graph");
  }

  override get shape(): Shape {
    return this.batch.shape.slice(1);
  }

  override toString(): string {
    return `one of ${this.batch.shape[0]} of ${formatShape(this.shape)} in vmap`;
  }

  private unreadable(what: string): GraphError {
    return new GraphError({
      op: "vmap",
      problem: `the ${what} of a Variable of shape ${formatShape(this.shape)} is read inside the function, where it stands for ${this.batch.shape[0]} of them`,
      ...(this.name === undefined ? {} : { where: `Variable "${this.name}"` }),
      hint: "Compute with ops alone (where instead of if, grad instead of backward), and read values after vmap.",
    });
  }
}

/** Options of {@link vmap}. */
export interface VmapOptions {
  /** Which axis of each argument is the batch, null for an argument that all elements share. Default 0 for all. */
  readonly inAxes?: number | null | readonly (number | null)[];
  /** Where the batch axis stands in the result (in each result). Default 0. */
  readonly outAxes?: number | readonly number[];
}

/** What a function inside vmap may return. */
export type VmapResult = Variable | readonly Variable[];

function element(batch: Variable, i: number): Variable {
  return reshape(narrow(batch, 0, i, 1), batch.shape.slice(1));
}

function refusal(problem: string, hint: string): GraphError {
  return new GraphError({ op: "vmap", problem, hint });
}

function noRule(op: string): GraphError {
  return GraphError.of("vmap", "batch", undefined, 'batch: "elementwise", "loop" or a function in its definition', {
    problem: `op "${op}" has no batching rule`,
    hint: 'Use "elementwise" if attributes name no axes and all inputs have one shape.',
  });
}

/** The interpreter of one vmap, while its function runs: ops are applied to batches by their batching rules. */
class Vmap implements Interpreter {
  readonly size: number;
  private readonly made = new Set<RandomGenerator>();
  private readonly outer = generatorWatch();

  constructor(size: number) {
    this.size = size;
  }

  /** Refuses numbers that generators from outside draw by themselves. */
  readonly watch: GeneratorWatch = {
    made: (rng) => {
      this.made.add(rng);
      this.outer?.made(rng);
    },
    moves: (rng) => {
      if (!this.made.has(rng)) {
        throw new GraphError({
          op: "vmap",
          problem: "a generator draws numbers by itself inside the function, so that all examples would share them",
          expected: "random ops",
          hint: "Draw with randomUniform(rng, shape), randomNormal or randomBernoulli, or outside of the function where sharing is meant.",
        });
      }
      this.outer?.moves(rng);
    },
    touches: (rng) => this.outer?.touches?.(rng),
  };

  /** Random ops draw for every example. */
  draw(rng: RandomGenerator, count: number, below: Take): Draw {
    return watchingGenerators(this.outer, () => below(rng, count));
  }

  /** The batch of x: its own, or x itself for every element. */
  readonly lower = (x: Variable): Variable => {
    if (x instanceof BatchedVariable && x.of === this) return x.batch;
    return repeat(reshape(x, [1, ...x.shape]), [this.size, ...x.shape]);
  };

  readonly raise = (batch: Variable): Variable => new BatchedVariable([batch], this);

  readonly shapeBelow = (shape: Shape): Shape => [this.size, ...shape];

  apply(definition: OpDefinition<never>, inputs: readonly Variable[], attributes: object): Variable | null {
    const isBatched = inputs.map((x) => x instanceof BatchedVariable && x.of === this);
    if (inputs.some(isLeaked)) {
      const hint =
        "Return from the function what is needed afterwards; what it keeps elsewhere stands for no batch any more.";
      throw located(refusal(`op "${definition.name}" is applied to a Variable of a vmap that has ended`, hint), inputs);
    }
    return isBatched.includes(true) ? below(this, () => this.batched(definition, inputs, isBatched, attributes)) : null;
  }

  private batched(
    definition: OpDefinition<never>,
    inputs: readonly Variable[],
    isBatched: readonly boolean[],
    attributes: object,
  ): Variable {
    const op = definition as unknown as OpDefinition<object>;
    const { size } = this;
    // Errors show the shapes that the function sees.
    const { shape } = locating(inputs, () => inferred(op, inputs, attributes));
    const { batch } = op;
    if (batch === undefined) throw located(noRule(op.name), inputs);
    const spread = (): Variable[] => inputs.map(this.lower);
    let result: Variable;
    if (batch === "elementwise") {
      if (inputs.some((x) => !sameShape(x.shape, shape))) throw located(notElementwise(op.name, inputs, shape), inputs);
      result = apply(op, spread(), attributes);
    } else if (batch === "loop") {
      const all = spread();
      const one = (_: unknown, i: number): Variable => {
        const elements = all.map((x) => element(x, i));
        return apply(op, elements, attributes);
      };
      if (size === 0) {
        const problem = `the batch is empty, and op "${op.name}" is applied to one element after the other`;
        throw located(refusal(problem, "Give the op a batching rule, which knows the shape of no results."), inputs);
      }
      result = stack(Array.from({ length: size }, one), { axis: 0 });
    } else {
      try {
        result = batch({
          inputs: inputs.map((x, i) => (isBatched[i] ? (x as BatchedVariable).batch : x)),
          isBatched,
          spread,
          size,
          shape,
          attributes,
          apply: (xs, changed = attributes) => apply(op, xs, changed),
        });
      } catch (error) {
        throw explained(error, op, "batch");
      }
    }
    const expected = [size, ...shape];
    if (!(result instanceof Variable) || !sameShape(result.shape, expected)) {
      const given = (result as unknown) instanceof Variable ? formatShape(result.shape) : typeof result;
      throw ShapeError.of(op.name, "batch", given, formatShape(expected), {
        problem: `the batching rule gave ${given}`,
        hint: "The batch is the first axis of the result, the others are what the shape rule says.",
      });
    }
    return this.raise(result);
  }
}

/** Whether x belongs to a vmap that has ended. */
function isLeaked(x: Variable): boolean {
  return x instanceof BatchedVariable && !interpreters.includes(x.of);
}

function notElementwise(op: string, inputs: readonly Variable[], shape: Shape): ShapeError {
  const shapes = inputs.map((x) => formatShape(x.shape)).join(", ");
  return ShapeError.of(op, "batch", shapes, "inputs and a result of one shape", {
    problem: `batch is "elementwise", but inputs of shapes ${shapes} give ${formatShape(shape)}`,
    hint: 'Repeat the inputs to one shape before the op is called, or give its definition a batching rule or "loop".',
  });
}

/** The axis of each argument, checked; null for shared ones. */
function argumentAxes(xs: readonly Variable[], inAxes: VmapOptions["inAxes"]): (number | null)[] {
  const axes = Array.isArray(inAxes) ? inAxes : xs.map(() => (inAxes === undefined ? 0 : (inAxes as number | null)));
  if (axes.length !== xs.length) {
    throw SpecError.of("vmap", "inAxes", axes, `one axis (or null) for each of the ${xs.length} arguments`);
  }
  return axes.map((axis, i) => {
    if (axis === null) return null;
    if (xs[i].ndim === 0) {
      throw ShapeError.of("vmap", "inAxes", xs[i], "an axis of the batch", {
        problem: `argument ${i} is a single number and has no batch axis`,
        hint: "Pass null for arguments that all elements share: { inAxes: [0, null] }.",
      });
    }
    return locating([xs[i]], () => normalizeAxis("vmap", axis, xs[i].shape, `inAxes[${i}]`));
  });
}

function batchSize(xs: readonly Variable[], axes: readonly (number | null)[]): number {
  const lengths = xs.flatMap((x, i) => {
    const axis = axes[i];
    return axis === null ? [] : [{ i, length: x.shape[axis] }];
  });
  if (lengths.length === 0) {
    throw SpecError.of("vmap", "inAxes", axes, "an axis for one argument at least", {
      problem: "no argument has a batch axis",
      hint: "Call the function itself, or name the axis to go along.",
    });
  }
  const other = lengths.find(({ length }) => length !== lengths[0].length);
  if (other !== undefined) {
    const shapes = xs.map((x) => formatShape(x.shape)).join(", ");
    throw ShapeError.of("vmap", "inAxes", `${lengths[0].length} and ${other.length}`, "one length of all batch axes", {
      problem: `batches differ: argument ${lengths[0].i} has ${lengths[0].length} elements, argument ${other.i} has ${other.length} (shapes ${shapes})`,
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
 * those of the layer without vmap. What all examples are to share is drawn outside of f: inside, a generator from outside
 * must not draw by itself, as `rng.normal` does.
 *
 * @param f a function of Variables to a Variable or a list of them
 * @returns a function of the same arguments with a batch axis more (`inAxes`), whose results have one more (`outAxes`)
 * @throws ShapeError when batches differ in length; GraphError for an op without a batching rule, or when f reads a value
 *         or lets a generator draw by itself
 * Source: JAX's vmap, whose semantics these are.
 */
export function vmap<Result extends VmapResult>(
  f: (...xs: Variable[]) => Result,
  options: VmapOptions = {},
): (...xs: VariableLike[]) => Result {
  checkFunction("vmap", f, "f");
  checkOptions("vmap", options, ["inAxes", "outAxes"], givesFunction("vmap"));
  const { inAxes, outAxes = 0 } = options;
  return (...args) => {
    const xs = args.map((x, i) => asVariable("vmap", x, `argument ${i}`));
    const axes = argumentAxes(xs, inAxes);
    const size = batchSize(xs, axes);
    const of = new Vmap(size);
    const elements = xs.map((x, i) => {
      const axis = axes[i];
      return axis === null ? x : new BatchedVariable([axis === 0 ? x : moveAxis(x, axis, 0)], of, x.name);
    });
    const run = (): VmapResult => watchingGenerators(of.watch, () => f(...elements));
    const result = checkSynchronous("vmap", withInterpreters([...interpreters, of], run), "f");
    const several = Array.isArray(result);
    const list: readonly Variable[] = several ? result : [result as Variable];
    const places = Array.isArray(outAxes) ? outAxes : list.map(() => outAxes as number);
    if (places.length !== list.length) {
      throw SpecError.of("vmap", "outAxes", outAxes, `one axis for each of the ${list.length} results`);
    }
    const batches = list.map((y, i) => {
      checkResult("vmap", y, "f");
      const batch = of.lower(y);
      return ownVariable(moveAxis(batch, 0, normalizeAxis("vmap", places[i], batch.shape, "outAxes")));
    });
    return (several ? batches : batches[0]) as unknown as Result;
  };
}
