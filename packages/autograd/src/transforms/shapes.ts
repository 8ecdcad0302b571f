/** Abstract evaluation: a function runs with shapes alone, by the shape rules of its ops; no kernel runs. */
import {
  checkDType,
  checkOptions,
  checkShape,
  formatShape,
  GraphError,
  isFloat,
  ShapeError,
  sizeOf,
} from "@adjoint/tensor";
import { inferred, nodeOf } from "../core/apply.ts";
import { type Interpreter, inside } from "../core/interpreters.ts";
import { locating } from "../core/leaf.ts";
import { Wrapped } from "../core/levels.ts";
import { Node, type OpDefinition, type ValueSpec, type Variable, withEffects } from "../core/variable.ts";
import { AbstractVariable } from "./abstract.ts";
import { noEffects } from "./without-trace.ts";

function unreadable(x: Variable): GraphError {
  return new GraphError({
    op: "inferShapes",
    problem: `the value of a Variable of shape ${formatShape(x.shape)} is read, of which only shape and dtype are known`,
    ...(x.name === undefined ? {} : { where: `Variable "${x.name}"` }),
    hint: "Compute with ops alone (where instead of if); read shapes, not values.",
  });
}

/** Options of {@link abstractVariable}. */
export interface AbstractOptions {
  /** Its name in drawings and errors. Default: none. */
  readonly name?: string;
  /** Whether gradients would flow to it. Default: false. */
  readonly requiresGrad?: boolean;
}

/**
 * A leaf of which only shape and dtype are known, for functions that run inside {@link inferShapes}.
 * @throws ShapeError, DTypeError for what is no shape or no dtype
 */
export function abstractVariable(spec: ValueSpec, options: AbstractOptions = {}): Variable {
  checkOptions("abstractVariable", options, ["name", "requiresGrad"]);
  checkShape("abstractVariable", spec?.shape);
  checkDType("abstractVariable", spec.dtype);
  const { name, requiresGrad = false } = options;
  const node = new Node(null, [], {}, [...spec.shape], spec.dtype, requiresGrad && isFloat(spec.dtype));
  node.name = name;
  return new AbstractVariable(node, unreadable);
}

/** Bounds of {@link inferShapes}: what computations from unknown sources may not exceed. */
export interface InferShapesOptions {
  /** Most ops that are applied. Default: no bound. */
  readonly maxOps?: number;
  /** Most elements that any result may have. Default 2³¹ − 1, what kernels count to. */
  readonly maxSize?: number;
}

/**
 * Runs `fn` without computing: each op applies its shape rule alone, to Variables of {@link abstractVariable} and others
 * alike. What it returns has shapes, dtypes and a graph (every op is recorded), but no values. `assign` takes no effect,
 * and random ops move no generator.
 *
 * @throws what the shape rules of the ops throw; GraphError when `fn` reads a value, or applies more than `maxOps`;
 *         ShapeError for a result of more than `maxSize` elements
 */
export function inferShapes<Result>(fn: () => Result, options: InferShapesOptions = {}): Result {
  checkOptions("inferShapes", options, ["maxOps", "maxSize"]);
  const { maxOps = Number.POSITIVE_INFINITY, maxSize = 2 ** 31 - 1 } = options;
  let count = 0;
  const shapes = (op: OpDefinition<never>, inputs: readonly Variable[], attributes: object): Variable | null => {
    // An interpreter outside of this one applies the op to what it holds.
    if (inputs.some((x) => x instanceof Wrapped)) return null;
    if (++count > maxOps) {
      throw GraphError.of("inferShapes", "ops", "more", `at most ${maxOps.toLocaleString("en-US")}`, {
        problem: "the computation takes too many ops",
        hint: "Fewer layers or shorter sequences take fewer.",
      });
    }
    const spec = locating(inputs, () => {
      // Rules of users may spread what they are given, and Variables have getters.
      const specs = inputs.map(({ shape, dtype }) => ({ shape, dtype }));
      const found = inferred(op, specs, attributes as never);
      if (sizeOf(found.shape) > maxSize) throw tooLarge(op.name, found, maxSize);
      return found;
    });
    return new AbstractVariable(nodeOf(op, inputs, attributes, spec), unreadable);
  };
  const interpreter: Interpreter = {
    apply: shapes,
    draw: ({ state }) => state,
    leaf: (x) => abstractVariable(x, { requiresGrad: true }),
  };
  return withEffects(noEffects, () => inside("inferShapes", interpreter, fn));
}

function tooLarge(op: string, { shape }: ValueSpec, most: number): ShapeError {
  return ShapeError.of(op, "result", { shape }, `at most ${most.toLocaleString("en-US")} elements`, {
    problem: `the result would have the shape ${formatShape(shape)}`,
  });
}
