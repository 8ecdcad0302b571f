/** Runs the graph backward: visits each node once, in reverse topological order, by the rules of the ops. */
import { checkOptions, formatShape, kindOf, ShapeError, sameShape, type Tensor } from "@adjoint/tensor";
import { checkSynchronous } from "@adjoint/tensor/internal";
import { ruleOf } from "../core/apply.ts";
import { describeNode, overwritten } from "../core/errors.ts";
import { asVariable } from "../core/leaf.ts";
import { topologicalOrder } from "../core/order.ts";
import { checkGradient, explained } from "../core/own-parts.ts";
import { recorder, recordingWith } from "../core/recorder.ts";
import { type BackwardRule, type GradientHook, type Node, type RuleContext, Variable } from "../core/variable.ts";
import { add } from "../ops/arithmetic.ts";
import { cast } from "../ops/cast-detach.ts";
import { watchGrowth } from "./growth.ts";
import { ownVariable } from "./own.ts";
import { startingGradient } from "./start.ts";

/** The Variable that a rule sees: a saved value (or none) at its place in the graph. */
const seenByRule = (value: Tensor | null, node: Node): Variable => new Variable(value, node, node.requiresGrad);

/** One node's inputs, output and incoming gradient, as its rules see them. Values are unpacked when first read. */
class Context implements RuleContext<never> {
  readonly grad: Variable;
  private readonly node: Node;
  private unpackedInputs: readonly Variable[] | undefined;
  private unpackedOutput: Variable | undefined;

  constructor(node: Node, grad: Variable) {
    this.node = node;
    this.grad = grad;
  }

  get inputs(): readonly Variable[] {
    const { inputs, savedInputs } = this.node;
    return (this.unpackedInputs ??= inputs.map((x, i) => seenByRule(savedInputs === null ? null : savedInputs[i], x)));
  }

  get output(): Variable {
    return (this.unpackedOutput ??= seenByRule(this.node.savedOutput, this.node));
  }

  get attributes(): never {
    return this.node.attributes as never;
  }
}

/** Refuses to go on when a saved value was overwritten since it was saved. */
export function checkVersions(node: Node): void {
  const { savedInputs, savedOutput, savedAt } = node;
  let changed: Node | null = null;
  for (let i = 0; savedInputs !== null && i < savedInputs.length; i++) {
    if (savedInputs[i].base.version > savedAt) changed = node.inputs[i];
  }
  if (savedOutput !== null && savedOutput.base.version > savedAt) changed = node;
  if (changed === null) return;
  // Only leaves are assigned to: what changed otherwise is a view of one, and views have a single input.
  while (changed.op !== null && changed.inputs.length === 1) changed = changed.inputs[0];
  throw overwritten(changed, node);
}

/** Observes a sweep: each gradient as it arrives at a node, and the total there. */
export interface SweepObserver {
  /** A gradient that the sweep starts from. */
  start(node: Node, gradient: Variable, total: Variable): void;
  /** The gradient of `node` is complete, and its op's rules are about to run. */
  enter(node: Node, upstream: Variable): void;
  /** The rule of `node` for one of its inputs gave a gradient. */
  contribute(node: Node, input: number, gradient: Variable, total: Variable): void;
}

/**
 * The gradients of all reachable leaves and retained nodes (or of `targets`), by one sweep backwards.
 *
 * @param outputs where to start, each with its gradient
 * @param targets the nodes to return gradients for; null: every leaf that requires one, and retained nodes
 * @param stopAtTargets whether targets count as leaves: no gradient passes through them, and their hooks do not run
 * @param observer is called with every gradient as it arrives
 * @returns the completed gradients of the wanted nodes
 */
export function sweep(
  outputs: readonly { readonly node: Node; readonly grad: Variable }[],
  targets: ReadonlySet<Node> | null,
  options: { readonly stopAtTargets?: boolean; readonly observer?: SweepObserver | null } = {},
): Map<Node, Variable> {
  const { stopAtTargets = false, observer = null } = options;
  const { gradientOf, scope } = recorder;
  const order = topologicalOrder(
    outputs.map((o) => o.node),
    (node) => node.requiresGrad || (targets?.has(node) ?? false),
    stopAtTargets ? targets : null,
  );
  // Sweeps within rules belong to the one around them.
  if (gradientOf === null) watchGrowth(order);
  const needed = targets === null ? null : reaching(order, targets);
  const arriving = new Map<Node, Variable>();
  const wanted = new Map<Node, Variable>();
  const receive = (node: Node, grad: Variable): Variable => {
    const before = arriving.get(node);
    const total = before === undefined ? grad : add(before, grad);
    arriving.set(node, total);
    return total;
  };
  try {
    for (const { node, grad } of outputs) {
      const total = receive(node, grad);
      observer?.start(node, grad, total);
    }
    for (let k = order.length - 1; k >= 0; k--) {
      const node = order[k];
      let grad = arriving.get(node);
      if (grad === undefined) continue;
      arriving.delete(node);
      if (stopAtTargets && targets?.has(node)) {
        wanted.set(node, grad);
        continue;
      }
      recorder.gradientOf = node;
      recorder.scope = node.scope;
      if (node.hooks !== null) grad = hooked(node, node.hooks, grad);
      const { op } = node;
      if (targets === null ? op === null || node.retainsGrad : targets.has(node)) wanted.set(node, grad);
      if (op === null) continue;
      observer?.enter(node, grad);
      let context: RuleContext<never> | null = null;
      for (let i = 0; i < node.inputs.length; i++) {
        const input = node.inputs[i];
        if (needed === null ? !input.requiresGrad : !needed.has(input)) continue;
        const rule: BackwardRule<never> | null = ruleOf(op, i);
        if (rule === null) continue;
        if (context === null) {
          checkVersions(node);
          context = new Context(node, grad);
        }
        let inputGrad: Variable;
        try {
          inputGrad = rule(context);
        } catch (error) {
          throw explained(error, op, "backward");
        }
        checkGradient(node, i, inputGrad);
        const total = receive(input, inputGrad);
        observer?.contribute(node, i, inputGrad, total);
      }
    }
  } finally {
    Object.assign(recorder, { gradientOf, scope });
  }
  return wanted;
}

/** The gradient that hooks make of one. A rule may have handed it to other nodes, too. */
function hooked(node: Node, hooks: readonly GradientHook[], arrived: Variable): Variable {
  let grad = ownVariable(arrived);
  for (const hook of hooks) {
    const replaced: Variable | undefined = checkSynchronous("onGrad", hook(grad), "the hook");
    if (replaced === undefined) continue;
    if (!(replaced instanceof Variable && sameShape(replaced.shape, node.shape))) {
      const given =
        replaced instanceof Variable ? `a gradient of shape ${formatShape(replaced.shape)}` : kindOf(replaced);
      throw ShapeError.of("onGrad", "hook", replaced, `a Variable of shape ${formatShape(node.shape)}, or nothing`, {
        problem: `a hook on ${describeNode(node)} returned ${given}`,
      });
    }
    grad = cast(replaced, node.dtype);
  }
  return grad;
}

/** Of `order` (inputs first), the nodes that some target lies on or below. */
function reaching(order: readonly Node[], targets: ReadonlySet<Node>): Set<Node> {
  const reached = new Set<Node>(targets);
  for (const node of order) if (node.inputs.some((input) => reached.has(input))) reached.add(node);
  return reached;
}

/** Options of {@link backward}. */
export interface BackwardOptions {
  /** The gradient of the final result with respect to this Variable; needed unless it is a single number. */
  readonly grad?: Variable | Tensor | number;
  /** Whether the backward pass is recorded as a graph of its own, to be differentiated again. Default false. */
  readonly createGraph?: boolean;
}

/**
 * Accumulates the gradients of `y` into `.grad` of every leaf (and retained Variable) that it depends on.
 * When anything fails, no `.grad` has changed.
 */
export function backward(y: Variable, options: BackwardOptions = {}): void {
  checkOptions("backward", options, ["grad", "createGraph"]);
  const grad = startingGradient("backward", asVariable("backward", y), options.grad);
  accumulate([{ node: y.node, grad }], options.createGraph);
}

/** Adds what arrives from `outputs` to `.grad` of every leaf (and retained Variable), when all of it is known. */
export function accumulate(outputs: Parameters<typeof sweep>[0], createGraph = false): void {
  const completed = new Map<Variable, Variable>();
  recordingWith(createGraph ? {} : { mode: "none" }, () => {
    for (const [{ owner }, gradient] of sweep(outputs, null)) {
      if (owner === null) continue;
      const before = completed.get(owner) ?? owner.grad;
      completed.set(owner, before === null ? ownVariable(gradient) : add(before, gradient));
    }
  });
  for (const [owner, gradient] of completed) owner.grad = gradient;
}

/**
 * Calls `hook` with the gradient whenever `backward` has completed it for `x`; what the hook returns is passed on
 * instead. Returns a function that removes the hook. Also a method: `x.onGrad(hook)`.
 */
export function onGrad(x: Variable, hook: GradientHook): () => void {
  return asVariable("onGrad", x).onGrad(hook);
}
