/**
 * Checkpoints: a part of the graph that is forgotten on the way forward and computed again on the way back, to trade
 * time for memory.
 */
import { GraphError, isFloat, type Tensor } from "@adjoint/tensor";
import { sweep } from "./backward.ts";
import { ambient, type Draw, withDraws, withEffects, withRecording } from "./modes.ts";
import { Node, nodesMade } from "./node.ts";
import { defineOp, type OpDefinition } from "./op.ts";
import { withStandIns } from "./substitute.ts";
import { asVariable, describeVariable, Variable, type VariableLike } from "./variable.ts";
import { raised, wholeBatch } from "./vmap/batched.ts";
import { withBatchSizes } from "./vmap/vmap.ts";

/** The nodes from before (older than `since`, or leaves) that gradients of `y` reach first: inputs and what `fn` captured. */
function boundaryOf(y: Node, since: number): Node[] {
  const boundary = new Set<Node>();
  const seen = new Set<Node>([y]);
  const open = [y];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.op === null || node.id < since) {
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
 * Computes `fn(...xs)` without keeping what its rules need; when gradients arrive, `fn` runs again and is differentiated
 * then. The result and all gradients (those of Variables that `fn` captures included, and higher ones) are the same as
 * without; memory is that of the arguments and the result, time grows by one more forward pass.
 *
 * Random ops draw the same numbers the second time, and `assign` (running statistics) takes effect only the first time.
 *
 * @param fn a function of Variables to a Variable, which computes the same whenever it runs
 * @throws GraphError in the backward pass, when `fn` computes something else than before, or a Variable that it reads
 *         was changed in between
 * Source: Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost.
 */
export function checkpoint(fn: (...xs: Variable[]) => Variable, ...xs: readonly VariableLike[]): Variable {
  const { batchSizes, standIns } = ambient;
  const inputs = xs.map((x, i) => wholeBatch(asVariable("checkpoint", x, `argument ${i}`)));
  const run = (): Variable =>
    withBatchSizes(batchSizes, () => {
      const y = withStandIns(standIns, () => fn(...inputs.map(raised)));
      if (y instanceof Variable) return wholeBatch(y);
      throw new GraphError({
        op: "checkpoint",
        problem: `the function returned ${y === undefined ? "nothing" : `a ${typeof y}`}`,
        argument: "fn",
        expected: "a Variable",
        received: typeof y,
        hint: "Return the Variable that the function computes.",
      });
    });
  if (ambient.recording === "none") return raised(run());
  const since = nodesMade();
  const draws: Draw[] = [];
  const y = withDraws({ record: draws }, run);
  if (!y.requiresGrad || !isFloat(y.dtype)) return raised(y);
  const boundary = boundaryOf(y.node, since);
  if (boundary.includes(y.node)) return raised(y);
  // What leaves held, to notice when they were overwritten in between.
  const held = boundary.map((node): Tensor | null => (node.op === null ? (node.owner?.value ?? null) : null));
  const { shape, dtype } = y;
  const found = new WeakMap<Variable, ReadonlyMap<Node, Variable>>();

  const gradients = (grad: Variable): ReadonlyMap<Node, Variable> => {
    const before = found.get(grad);
    if (before !== undefined) return before;
    boundary.forEach(({ owner }, i) => {
      if (held[i] !== null && owner !== null && owner.value !== held[i]) throw changed(owner);
    });
    const madeBefore = nodesMade();
    const again = withRecording("needed", () =>
      withEffects(false, () =>
        withDraws({ replay: draws, exhausted: () => differs("draws more random numbers") }, run),
      ),
    );
    const reached = new Set(again.requiresGrad ? boundaryOf(again.node, madeBefore) : []);
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
    forward: () => {
      throw differs("is replayed, which only its backward pass can");
    },
    backward:
      (index) =>
      ({ grad }) =>
        gradients(grad).get(boundary[index]) as Variable,
    saves: "none",
    math: { forward: "y = f(x), forgotten", backward: "x̄ = ȳ · ∂f/∂x, f computed again" },
  });
  const node = new Node(definition as unknown as OpDefinition<never>, boundary, {}, shape, dtype, true);
  return raised(new Variable(y.value, node, true));
}
