/** compile: a function that runs as a program, with the same effects as the function itself. */
import { Variable } from "@adjoint/autograd";
import { interpreters, recorder } from "@adjoint/autograd/internal";
import { checkInteger, checkOneOf, checkOptions, type Tensor } from "@adjoint/tensor";
import { checkFunction, givesFunction } from "@adjoint/tensor/internal";
import { resultOf } from "./cut.ts";
import { checkEngine, type EngineChoice, readyBy } from "./engines/all.ts";
import type { Executable } from "./engines/engine.ts";
import { explainPlan, explainProgram, explainRewrites } from "./explain/explain.ts";
import { type ProgramPlan, planOf } from "./explain/plan.ts";
import { explainTimes, type Timeline, timelineOf, traceEvents } from "./explain/timeline.ts";
import type { Program } from "./program.ts";
import { accessesTo, checkArguments, flowingOn, forget, holds } from "./trace/bindings.ts";
import { type Traced, traced } from "./trace/trace.ts";
import { type Tree, treeOfArguments } from "./trace/tree.ts";

/** Options of {@link compile}. */
export interface CompileOptions {
  /**
   * What runs the program. `"wasm"`: one WebAssembly memory, generated loops and kernels; numbers differ from those of the
   * function by rounding. `"reference"`: the ops' own kernels, which give the same numbers as the function, to the last
   * bit. `"onnxruntime"`: ONNX Runtime, native code, in Node.js where the package onnxruntime-node is installed; numbers differ
   * by rounding. `"auto"`, the default: `"onnxruntime"` for programs with more than 5 · 10⁸ multiplications in matrix products that are no convolutions,
   * where it is installed; else `"wasm"` where it is available and has kernels for most of the program. An engine itself is
   * taken, too.
   */
  readonly engine?: EngineChoice;
  /**
   * How many threads may run the program in the WebAssembly engine, at least 1; results do not depend on it, and more than 16
   * are 16. They share memory, which pages may only where they are isolated from other origins. `"auto"`, the default: as many
   * as the machine runs at the same time, up to 8. They start with the second run of a program that has work for them.
   */
  readonly threads?: "auto" | number;
  /**
   * Whether products are rounded, and added up as they stand: the results are then the same to the last bit on every
   * platform; `"auto"` leaves `"onnxruntime"` out then. Default false: windows of 3 × 3 that move by one are transformed where that is faster, which leaves errors of a
   * few units in the last place more; and where WebAssembly has relaxed SIMD (Node.js 22 and later), a product and the sum it
   * is added to are rounded once.
   */
  readonly exact?: boolean;
}

/** A function that runs as a program. */
export interface Compiled<Args extends readonly unknown[], Result> {
  (...args: Args): Result;
  /** The program of the last call; null before the first one. */
  readonly program: Program | null;
  /** How the engine runs the program of the last call; null before the first one. */
  readonly plan: ProgramPlan | null;
  /** The engine of the last call; before the first one, what was asked for. */
  readonly engine: string;
  /**
   * The program of the last call as text: a line for each leaf and op, then the memory that the engine planned and the
   * parts that run one after the other.
   *
   * @param options  `rewrites`: what the engine rewrote before it planned the program, and why, instead. Default false
   */
  explain(options?: { readonly rewrites?: boolean }): string;
  /** Runs like the function, and returns how long each part of the program took, the slowest first. */
  profile(...args: Args): string;
  /**
   * Runs like the function, and returns when each part of the program ran: JSON in the trace event format, which
   * https://ui.perfetto.dev and chrome://tracing open as a file.
   */
  trace(...args: Args): string;
}

/** A program with what it takes to run it. */
interface Entry extends Traced {
  readonly signature: string;
  readonly engine: string;
  readonly access: ReturnType<typeof accessesTo>;
  readonly run: Executable;
}

/** Most programs that one function keeps; the one that was not used for the longest time goes first. */
const mostPrograms = 32;

const ofMany =
  `adjoint: a compiled function has had more than ${mostPrograms} programs, one for each combination of shapes, numbers ` +
  "and strings among its arguments. Pass numbers that change as Variables, and batches of one size.";

/**
 * Makes a function run as a program: it is traced once for each combination of shapes and dtypes, and what it reads and
 * changes outside of itself moves as it does without: the values of Variables (parameters, running statistics, slots,
 * learning rates and iteration numbers of optimizers), gradients, and generators of random numbers.
 *
 * ```ts
 * const step = compile((x: Variable, t: Variable) => {
 *   optimizer.zeroGrad();
 *   const loss = net.loss(x, t, { train: true });
 *   loss.backward();
 *   optimizer.step();
 *   return loss;
 * });
 * ```
 *
 * Arguments are Variables or Tensors, in records and lists or alone; numbers, strings and booleans in them are part of the
 * program, so that each combination of them is compiled by itself. Results have values and no graph: a backward pass that
 * reaches one is refused, derivatives belong into the function. The function must go on using the same Variables and
 * generators: change them by `assign`, `loadState` or a rate, do not put others in their place. Inside other functions of
 * functions (vmap, jvp, inferShapes, recordAll, detectAnomaly, another compiled function) it runs as it is.
 *
 * @param fn  a synchronous function; see {@link trace} for what it may do
 * @throws SpecError for an unknown engine; when it is called, what {@link trace} and the ops throw, and the checks of the
 *         function, and GraphError where `"wasm"` is asked for and not there. Nothing has changed then.
 */
export function compile<Args extends readonly unknown[], Result>(
  fn: (...args: Args) => Result,
  options: CompileOptions = {},
): Compiled<Args, Result> {
  checkFunction("compile", fn);
  checkOptions("compile", options, ["engine", "threads", "exact"], givesFunction("compile"));
  const { engine: wanted = "auto", threads = "auto", exact = false } = options;
  checkEngine("compile", wanted);
  if (threads !== "auto") checkInteger("compile", "threads", threads, 1);
  checkOneOf("compile", "exact", exact, [true, false]);
  /** The programs, the last used first. */
  const entries: Entry[] = [];
  let isTold = false;

  const entryFor = (args: Tree): Entry => {
    const signature = `${recorder.mode} ${args.signature}`;
    const known = entries.findIndex((entry) => entry.signature === signature && holds(entry, args.leaves));
    let entry = entries[known];
    if (known < 0) {
      const made = traced("compile", fn as (...xs: never[]) => unknown, args);
      entry = {
        ...made,
        signature,
        access: accessesTo(made.bindings),
        ...readyBy(wanted, made.program, { threads, exact }),
      };
      if (entries.length === mostPrograms) {
        entries.pop();
        if (!isTold) console.warn(ofMany);
        isTold = true;
      }
    } else if (known > 0) entries.splice(known, 1);
    if (known !== 0) entries.unshift(entry);
    return entry;
  };

  let isRunning = false;

  /** Runs a program, whose memory is in use until it ends. */
  const run = (entry: Entry, tree: Tree): Variable[] => {
    isRunning = true;
    try {
      return take(entry, tree);
    } finally {
      isRunning = false;
    }
  };

  /** Runs a program once with a clock around each part. */
  const timed = (op: string, args: Args): { readonly timeline: Timeline; readonly engine: string } => {
    const tree = treeOfArguments(op, args, true);
    return flowingOn(tree.leaves, () => {
      const entry = entryFor(tree);
      return { timeline: timelineOf(entry.run, () => run(entry, tree)), engine: entry.engine };
    });
  };

  const compiled = (...args: Args): Result => {
    // A kernel that calls the function in the middle of its program finds the memory in use.
    const isWatched = recorder.mode === "all" || recorder.observer !== null;
    if (interpreters.length > 0 || isWatched || isRunning) return fn(...args);
    const tree = treeOfArguments("compile", args, true);
    return flowingOn(tree.leaves, () => {
      const entry = entryFor(tree);
      return entry.rebuild(run(entry, tree)) as Result;
    });
  };
  return Object.defineProperties(compiled, {
    program: { get: () => entries[0]?.program ?? null },
    plan: { get: () => (entries.length === 0 ? null : planOf(entries[0].run)) },
    engine: { get: () => entries[0]?.engine ?? (typeof wanted === "function" ? wanted.name : wanted) },
    explain: {
      value: (wanted: { readonly rewrites?: boolean } = {}) => {
        checkOptions("explain", wanted, ["rewrites"]);
        const [entry] = entries;
        if (entry === undefined) return "no program yet: the function was not called";
        const plan = planOf(entry.run);
        if (wanted.rewrites) return explainRewrites(plan);
        return `${explainProgram(entry.program)}\n\n${explainPlan(plan, entry.engine)}`;
      },
    },
    profile: { value: (...args: Args) => explainTimes(timed("profile", args).timeline) },
    trace: {
      value: (...args: Args) => {
        const { timeline, engine } = timed("trace", args);
        return traceEvents(timeline, engine);
      },
    },
  }) as Compiled<Args, Result>;
}

/** Runs a program on arguments: everything is computed and checked before anything changes. */
function take({ run, program, bindings, access, checks, requiresGrad }: Entry, { leaves }: Tree): Variable[] {
  checkArguments(bindings, leaves);
  let outputs: readonly Tensor[];
  let isChecking = false;
  const check = (value: Tensor, i: number): void => {
    isChecking = true;
    checks[i](value);
  };
  try {
    outputs = run(
      leaves.map(({ value }) => value),
      access(leaves),
      check,
    );
  } catch (error) {
    // Where an op refuses a number first, the check of what it follows from knows better what is wrong.
    for (const [i, { node }] of isChecking ? [] : program.checks.entries()) {
      const value = leaves[program.inputs.indexOf(node)]?.value ?? run.reached?.(i);
      if (value !== undefined) checks[i](value);
    }
    throw error;
  }
  forget(bindings, leaves);
  const dependsOn = [...leaves, ...bindings.flatMap(({ of }) => (of instanceof Variable ? of : []))];
  return outputs.map((value, i) => resultOf(value, requiresGrad[i], dependsOn));
}
