/** Checkpoints: parts of the graph that are forgotten on the way forward and computed again on the way back. */
import { GraphError, isFloat, kernels, SpecError, type Tensor } from "@adjoint/tensor";
import { checkFunction, checkSynchronous } from "@adjoint/tensor/internal";
import { sweep } from "../backward/backward.ts";
import { describeVariable } from "../core/errors.ts";
import { type Draw, type Interpreter, interpreters, withInterpreters } from "../core/interpreters.ts";
import { asVariable, constant } from "../core/leaf.ts";
import { isLevel, lifted, lowered, Wrapped } from "../core/levels.ts";
import { defineOp } from "../core/op.ts";
import { recorder, recordingGradients, recordingWith } from "../core/recorder.ts";
import {
  Node,
  nodesMade,
  type OpDefinition,
  Variable,
  type VariableLike,
  variablesMade,
  withEffects,
} from "../core/variable.ts";
import { checkResult } from "./tree.ts";
import { noEffects } from "./without-trace.ts";

/** How many nodes and Variables there were at a time: what was made since has a higher number. */
interface Moment {
  readonly nodes: number;
  readonly variables: number;
}

function now(): Moment {
  return { nodes: nodesMade(), variables: variablesMade() };
}

/** The nodes from before that gradients of `y` reach first: arguments, and what `fn` captured. */
function boundaryOf(y: Node, since: Moment): Node[] {
  const boundary = new Set<Node>();
  const seen = new Set<Node>([y]);
  const open = [y];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    // A leaf gets its node when it is first used: what counts is when the Variable was made.
    const isFromBefore =
      node.op === null ? node.owner === null || node.owner.serial < since.variables : node.id < since.nodes;
    if (isFromBefore) {
      boundary.add(node);
      continue;
    }
    for (const input of node.inputs) {
      if (!input.requiresGrad || seen.has(input)) continue;
      seen.add(input);
      open.push(input);
    }
  }
  return [...boundary];
}

/** Whether two tensors hold the same numbers. */
function sameNumbers(a: Tensor, b: Tensor): boolean {
  if (a.size !== b.size || a.dtype !== b.dtype) return false;
  const [x, y] = [kernels.contiguous(a), kernels.contiguous(b)];
  for (let i = 0; i < x.size; i++) if (!Object.is(x.data[x.offset + i], y.data[y.offset + i])) return false;
  return true;
}

function changed(leaf: Variable): GraphError {
  return new GraphError({
    op: "checkpoint",
    problem: `${describeVariable(leaf)} was changed by assign after the checkpoint was computed from it`,
    hint: "The function would compute something else now: call backward before the update.",
  });
}

function differs(what: string): GraphError {
  return new GraphError({
    op: "checkpoint",
    problem: `the function ${what} when it was run again for the backward pass`,
    argument: "fn",
    expected: "the same computation each time",
    hint: "A checkpointed function must depend on its arguments alone, and draw random numbers by random ops.",
  });
}

/**
 * Computes y = fn(…xs), of any shape […], without keeping what its rules need; when gradients arrive, `fn` runs again
 * and is differentiated then. The result and all gradients (those of Variables that `fn` captures included, and higher
 * ones) are the same as without; memory is that of the arguments and the result, time grows by one more forward pass.
 *
 * Random ops draw the same numbers the second time, and `assign` and `backward` take effect only the first time. What
 * the function reads and does not differentiate (a mask, running statistics) may change in between: the second run reads
 * it as it was.
 *
 * @param fn a function of Variables to a Variable, which computes the same whenever it runs
 * @throws SpecError when `fn` has parameters and `xs` is empty; GraphError in the backward pass, when `fn` computes
 *         something else than before, or a Variable that it differentiates was changed in between
 * Source: Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost.
 */
export function checkpoint(fn: (...xs: Variable[]) => Variable, ...xs: readonly VariableLike[]): Variable {
  checkFunction("checkpoint", fn);
  if (xs.length < Math.min(fn.length, 1)) {
    throw SpecError.of("checkpoint", "xs", xs, "the arguments of fn", {
      problem: "fn takes arguments, and there are none",
      hint: "checkpoint computes at once: write checkpoint(f, x) for checkpoint(f)(x).",
    });
  }
  const args = xs.map((x, i) => asVariable("checkpoint", x, `argument ${i}`));
  const call = (inputs: readonly Variable[]): Variable => {
    const y = checkSynchronous("checkpoint", fn(...inputs));
    checkResult("checkpoint", y);
    return y;
  };
  // What computes derivatives as it goes has none to come back for.
  if (recorder.mode === "none" || interpreters.some(({ pull }) => pull !== undefined)) return call(args);
  const inputs = args.map(lowered);
  /** What changes the meaning of the function: it holds for the second run as well. */
  const around = interpreters.filter((one) => isLevel(one) || one.argument !== undefined);
  const run = (from: readonly Variable[] = inputs): Variable => lowered(call(from.map(lifted)));

  const since = now();
  const draws: Draw[] = [];
  /** What leaves held when they were first read: assign may change them, also inside the function. */
  const read = new Map<Variable, Tensor>();
  const noting: Interpreter = {
    apply: (_, operands) => {
      for (const x of operands) {
        const isLeaf = x.isLeaf && !(x instanceof Wrapped) && x.isReadable;
        if (isLeaf && x.serial < since.variables && !read.has(x)) read.set(x, x.value);
      }
      return null;
    },
    draw: (rng, count, below) => {
      const drawn = below(rng, count);
      draws.push(drawn);
      return drawn;
    },
  };
  const y = withInterpreters([...interpreters, noting], () => run());
  if (!y.requiresGrad || !isFloat(y.dtype) || !y.isReadable) return lifted(y);
  const boundary = boundaryOf(y.node, since);
  if (boundary.includes(y.node)) return lifted(y);
  const { shape, dtype, value } = y;
  // What the function reads besides stands in the graph as well, so that a replay follows it, unless `fn` changed it.
  const unchanged = [...read].filter(([leaf, held]) => leaf.value === held).map(([leaf]) => leaf);
  const nodes = [...new Set([...boundary, ...[...inputs, ...unchanged].map((x) => x.node)])];
  const found = new WeakMap<Variable, ReadonlyMap<Node, Variable>>();

  /** Runs the function with the random numbers of the first time, while some Variables stand for others. */
  const repeated = (stands: ReadonlyMap<Variable, Variable>, from?: readonly Variable[]): Variable => {
    let next = 0;
    const repeating: Interpreter = {
      argument: (x) => stands.get(x) ?? x,
      draw: () => {
        if (next === draws.length) throw differs("draws more random numbers");
        return draws[next++];
      },
    };
    const again = withEffects(noEffects, () => withInterpreters([...around, repeating], () => run(from)));
    if (next < draws.length) throw differs("draws fewer random numbers");
    return again;
  };

  /** Runs the function as it ran the first time: with what Variables held then, and the same random numbers. */
  const runAgain = (): Variable => {
    const stands = new Map<Variable, Variable>();
    for (const [leaf, held] of read) {
      if (leaf.value === held) continue;
      if (leaf.requiresGrad) throw changed(leaf);
      stands.set(leaf, constant(held));
    }
    const again = recordingGradients(() => repeated(stands));
    if (!sameNumbers(again.value, value)) throw differs("computes something else");
    return again;
  };

  /** Runs the function on other values of what it was differentiated by: how a graph is replayed. */
  const replayed = (values: readonly Tensor[]): Tensor => {
    const stands = new Map<Variable, Variable>();
    for (const [leaf, held] of read) stands.set(leaf, constant(held));
    const given = new Map(nodes.map((node, i) => [node, constant(values[i])]));
    const from = inputs.map((x) => given.get(x.node) ?? x);
    const passed = new Set(inputs.map((x) => x.node));
    for (const [node, stand] of given) {
      if (node.op === null && node.owner !== null) stands.set(node.owner, stand);
      else if (!passed.has(node)) throw differs("captures the result of another op: it is an argument that it needs");
    }
    return recordingWith({ mode: "none" }, () => repeated(stands, from)).value;
  };

  const gradients = (grad: Variable): ReadonlyMap<Node, Variable> => {
    const before = found.get(grad);
    if (before !== undefined) return before;
    const start = now();
    const again = runAgain();
    const reached = new Set(again.requiresGrad ? boundaryOf(again.node, start) : []);
    if (reached.size !== boundary.length || boundary.some((node) => !reached.has(node))) {
      throw differs("depends on other Variables");
    }
    const grads = sweep([{ node: again.node, grad }], reached, { stopAtTargets: true });
    found.set(grad, grads);
    return grads;
  };

  const { definition } = defineOp({
    name: "checkpoint",
    infer: () => ({ shape, dtype }),
    forward: replayed,
    backward: (index) =>
      index < boundary.length ? ({ grad }) => gradients(grad).get(boundary[index]) as Variable : null,
    saves: "none",
    math: { forward: "y = f(x), forgotten", backward: "x̄ = ȳ · ∂f/∂x, f computed again" },
  });
  const node = new Node(definition as unknown as OpDefinition<never>, nodes, {}, shape, dtype, true);
  return lifted(new Variable(value, node, true));
}
