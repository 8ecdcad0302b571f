/** Points that functions are differentiated at: fresh inputs for the arguments, and gradients with respect to them. */
import { DTypeError, isFloat } from "@adjoint/tensor";
import { checkSynchronous } from "@adjoint/tensor/internal";
import { sweep } from "../backward/backward.ts";
import { ownVariable } from "../backward/own.ts";
import { type Interpreter, interpreters, type Pull, withInterpreters } from "../core/interpreters.ts";
import { bottomsOf, isLevel, Wrapped } from "../core/levels.ts";
import { topologicalOrder } from "../core/order.ts";
import { recorder, recordingGradients, recordingWith } from "../core/recorder.ts";
import type { Node, Variable } from "../core/variable.ts";
import { detach, identity } from "../ops/cast-detach.ts";
import { zerosLike } from "../ops/composite/creation.ts";
import { leafLike } from "./abstract.ts";
import { checkResult, type Leaves, leavesOf } from "./tree.ts";

/** A function of Variables. */
export type VariableFunction = (...xs: Variable[]) => Variable;

/** A function of Variables, or of trees of them. */
export type TreeFunction<Args extends readonly unknown[]> = (...xs: Args) => Variable;

/** Where a function is differentiated: its arguments, and fresh Variables in place of all of their leaves. */
export interface Point extends Leaves {
  readonly inputs: readonly Variable[];
  /** The leaves of the graph that were made for it. */
  readonly made: ReadonlySet<Node>;
}

/** A new input in place of x; `leaf` makes the ordinary ones that it holds. */
function freshInput(x: Variable, leaf: (x: Variable) => Variable): Variable {
  const fresh = interpreters.reduce((below, top) => {
    const { lower, raise } = top;
    const through = lower && raise ? (y: Variable) => raise(below(lower(y))) : below;
    return (y: Variable) => top.fresh?.(y, below) ?? through(y);
  }, leaf);
  return fresh(x);
}

/** Fresh Variables with the values of `xs`, connected to them where a gradient could flow on outwards. */
export function pointAt(op: string, xs: readonly unknown[], place?: (i: number) => string): Point {
  const found = leavesOf(op, xs, place);
  const made = new Set<Node>();
  const leaf = (x: Variable): Variable => {
    if (x.requiresGrad && recorder.mode !== "none") return identity(x);
    const fresh = leafLike(x);
    made.add(fresh.node);
    return fresh;
  };
  return { ...found, inputs: found.leaves.map((x) => freshInput(x, leaf)), made };
}

/** Refuses leaves of dtypes that have no derivative among those from `from` up to `to`. */
export function checkReal(op: string, { leaves, places }: Leaves, from = 0, to = leaves.length, hint = ""): void {
  for (let i = from; i < to; i++) {
    const { dtype } = leaves[i];
    if (isFloat(dtype)) continue;
    throw DTypeError.of(op, places[i], leaves[i], "float32 or float64, which have derivatives", {
      hint: `Convert it, for example with x.cast("float32")${hint === "" ? ", or let the function read it from outside: (x) => f(x, labels)" : hint}.`,
    });
  }
}

/** Runs `f` at a point with the graph recorded even inside noGrad. */
export function recordAt(op: string, f: (...xs: never[]) => Variable, { inputs, rebuild }: Point): Variable {
  const y = recordingGradients(() => f(...(rebuild(inputs) as never[])));
  checkResult(op, checkSynchronous(op, y, "f"), "f");
  return y;
}

/** Whether the derivatives of `y` may be differentiated again: does anything but the point require a gradient? */
export function dependsOnOthers(y: Variable, { made }: Point): boolean {
  if (recorder.mode === "none") return false;
  const nodes = bottomsOf(y).map((x) => x.node);
  return topologicalOrder(nodes, (node) => node.requiresGrad).some((node) => node.op === null && !made.has(node));
}

/** x with `change` applied to the ordinary Variables that it holds. */
function changedBelow(x: Variable, change: (x: Variable) => Variable): Variable {
  return x instanceof Wrapped ? x.with(x.parts.map((part) => changedBelow(part, change))) : change(x);
}

/** A value for the caller, connected to what it depends on outside of the function. */
export function handedOut(y: Variable, isConnected: boolean): Variable {
  return changedBelow(y, (x) => ownVariable(isConnected ? x : detach(x)));
}

/** The gradients of ⟨upstream, y⟩ inside the given interpreters; `pull` computes those of ordinary Variables. */
function pullInside(stack: readonly Interpreter[], pull: Pull): Pull {
  const outside = interpreters.filter((one) => !(stack.includes(one) && isLevel(one)));
  const bottom: Pull = (...args) => withInterpreters(outside, () => pull(...args));
  return stack.reduce<Pull>((below, top) => {
    const { lower, raise } = top;
    const through: Pull =
      lower && raise ? (y, upstream, xs) => below(lower(y), lower(upstream), xs.map(lower)).map(raise) : below;
    return (y, upstream, xs) => top.pull?.(y, upstream, xs, below) ?? through(y, upstream, xs);
  }, bottom);
}

/**
 * The gradients of ⟨upstream, y⟩ with respect to `inputs`; zeros where y does not depend on one.
 *
 * @param stack the interpreters that y was computed in
 */
export function gradientsOf(
  stack: readonly Interpreter[],
  y: Variable,
  upstream: Variable,
  inputs: readonly Variable[],
  createGraph: boolean,
): Variable[] {
  const pull = pullInside(stack, (output, gradient, targets) => {
    if (!output.requiresGrad) return targets.map(zerosLike);
    const grads = sweep([{ node: output.node, grad: gradient }], new Set(targets.map((x) => x.node)));
    return targets.map((x) => {
      const found = grads.get(x.node);
      return found === undefined ? zerosLike(x) : ownVariable(found);
    });
  });
  const run = (): Variable[] => pull(y, upstream, inputs);
  return createGraph ? run() : recordingWith({ mode: "none" }, run);
}
