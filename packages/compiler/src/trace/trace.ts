/** trace: a function of Variables as a Program. */
import {
  type DiagonalOptions,
  type Node,
  trace as sumOfDiagonal,
  type Variable,
  type VariableLike,
} from "@adjoint/autograd";
import { inside, withEffects } from "@adjoint/autograd/internal";
import { checkFunction, watchingGenerators } from "@adjoint/tensor/internal";
import type { Program } from "../program.ts";
import { bind } from "../states.ts";
import type { Binding } from "./bindings.ts";
import { programOf } from "./collect.ts";
import { type Check, Tracing } from "./tracing.ts";
import { type Tree, treeOfArguments, treeOfResult } from "./tree.ts";

/** A function that was traced: its program, and what to do with its values. */
export interface Traced {
  readonly program: Program;
  /** Of each state of the program, where its value is from and where it goes. */
  readonly bindings: readonly Binding[];
  /** Each says whether a setting is still what the function found it to be. */
  readonly assumptions: readonly (() => boolean)[];
  /** What gradients pass through on their way to each argument. */
  readonly hooks: readonly Node["hooks"][];
  readonly checks: readonly Check["check"][];
  /** Of each output, whether it depends on what requires a gradient. */
  readonly requiresGrad: readonly boolean[];
  /** What the function returns, from the values of the program's outputs. */
  rebuild(outputs: readonly Variable[]): unknown;
}

/** Runs the function once for its program. */
function traceOnce(op: string, fn: (...args: never[]) => unknown, args: Tree): [Tracing, Traced] {
  const tracing = new Tracing(op);
  const inputs = args.leaves.map((x, i) => tracing.input(x, args.names[i]));
  const run = (): Tree => treeOfResult(op, fn(...(args.rebuild(inputs) as never[])));
  const results = withEffects(tracing, () =>
    watchingGenerators(tracing.watch, () => {
      try {
        return inside(op, tracing, run);
      } finally {
        tracing.restore();
      }
    }),
  );
  const outputs = results.leaves.map(tracing.current);
  const { bindings, assumptions, checks } = tracing;
  const program = programOf(tracing, inputs, outputs);
  bind(program, bindings);
  return [
    tracing,
    {
      program,
      bindings,
      assumptions,
      hooks: args.leaves.map(({ node }) => node.hooks),
      checks: checks.map(({ check }) => check),
      requiresGrad: outputs.map((y) => y.requiresGrad),
      rebuild: (values) => results.rebuild(values)[0],
    },
  ];
}

/** Traces a function for arguments of that structure. */
export function traced(op: string, fn: (...args: never[]) => unknown, args: Tree): Traced {
  const [tracing, first] = traceOnce(op, fn, args);
  // What the function made and changed may be there from now on, like the slots of an optimizer after its first step.
  return tracing.madeState ? traceOnce(op, fn, args)[1] : first;
}

/**
 * The program of a function: what it computes, which of the Variables and generators outside of it it reads, and what it
 * changes by `assign`, `backward` and random ops. Nothing changes while it is traced.
 *
 * The function runs on Variables that have shapes and dtypes only, so that what it reads of numbers by JavaScript is an
 * error. Whatever else it does in JavaScript happens while it is traced: once, or twice where it makes Variables or
 * generators of its own.
 *
 * @param fn        a synchronous function of Variables, in records and lists or alone
 * @param examples  arguments of the shapes and dtypes that the program is for; their values are not read
 * @returns  its graph with inputs, outputs, states and checks
 * @throws GraphError when the function reads a value, draws numbers from a generator by itself, uses what was computed
 *         outside and requires a gradient, or returns what is no Variable; and what the function throws
 */
export function trace<Args extends readonly unknown[]>(fn: (...args: Args) => unknown, ...examples: Args): Program;
/** The sum along a diagonal, with the options of the op of the same name, so that one import has both. */
export function trace(x: VariableLike, options?: DiagonalOptions): Variable;
export function trace(first: VariableLike | ((...args: never[]) => unknown), ...examples: unknown[]) {
  if (typeof first !== "function") return sumOfDiagonal(first, ...(examples as [options?: DiagonalOptions]));
  checkFunction("trace", first);
  return traced("trace", first, treeOfArguments("trace", examples)).program;
}
