/**
 * Forward mode: the Jacobian times vectors, computed beside the values. How an op's derivative follows is said by the
 * claims of its definition: a linear op is applied to the tangent, a multilinear one to each in turn, an elementwise one
 * has a diagonal Jacobian, so that its backward rule is its forward rule. What is left states a rule, or its backward
 * rule is transposed.
 */
import {
  formatShape,
  formatSpec,
  GraphError,
  isFloat,
  kindOf,
  type Shape,
  ShapeError,
  sameShape,
  type Tensor,
} from "@adjoint/tensor";
import { checkFunction, checkSynchronous } from "@adjoint/tensor/internal";
import { ownVariable } from "../backward/own.ts";
import { apply, ruleOf } from "../core/apply.ts";
import { type Interpreter, interpreters, type Pull, withInterpreters } from "../core/interpreters.ts";
import { below, Wrapped } from "../core/levels.ts";
import { explained } from "../core/own-parts.ts";
import { type BackwardRule, type OpDefinition, Variable, type VariableLike } from "../core/variable.ts";
import { add } from "../ops/arithmetic.ts";
import { cast } from "../ops/cast-detach.ts";
import { zerosLike } from "../ops/composite/creation.ts";
import { checkReal, type TreeFunction, type VariableFunction } from "./point.ts";
import { checkResult, directionsAt, type InputTree, leavesOf } from "./tree.ts";
import { vjp } from "./vjp.ts";

/** The interpreter of one jvp, while its function runs. */
class Jvp implements Interpreter {
  /** What the forward mode does not follow: the value alone. */
  readonly constant = (x: Variable): Variable => (this.holds(x) ? x.parts[0] : x);

  tangentOf(x: Variable): Variable | null {
    return this.holds(x) ? x.parts[1] : null;
  }

  private holds(x: Variable): x is Dual {
    return x instanceof Dual && x.of === this;
  }

  private with(value: Variable, tangent: Variable | null): Variable {
    return tangent === null ? value : new Dual([value, tangent], this);
  }

  apply(op: OpDefinition<never>, inputs: readonly Variable[], attributes: object): Variable | null {
    if (!inputs.some((x) => this.holds(x))) return null;
    const values = inputs.map(this.constant);
    const tangents = inputs.map((x) => this.tangentOf(x));
    const definition = op as OpDefinition<object>;
    return below(this, () => {
      const y = apply(definition, values, attributes);
      return this.with(y, isFloat(y.dtype) ? forward(definition, values, tangents, y, attributes) : null);
    });
  }

  /** Of an input, the value is differentiated by; the tangent stays what it is. */
  fresh(x: Variable, inner: (x: Variable) => Variable): Variable {
    return this.with(inner(this.constant(x)), this.tangentOf(x));
  }

  /** The derivative of a gradient along the tangents: what it owes to the output's tangent, and to the upstream's. */
  pull(y: Variable, upstream: Variable, inputs: readonly Variable[], inner: Pull): Variable[] {
    const values = inputs.map(this.constant);
    const [value, gradient] = [this.constant(y), this.constant(upstream)];
    const [dy, dGradient] = [this.tangentOf(y), this.tangentOf(upstream)];
    const gradients = inner(value, gradient, values);
    const byOutput = dy === null ? null : inner(dy, gradient, values);
    const byUpstream = dGradient === null ? null : inner(value, dGradient, values);
    return gradients.map((x, i) => this.with(x, added(byOutput?.[i] ?? null, byUpstream?.[i] ?? null)));
  }
}

/** A value, and its derivative along the direction. */
class Dual extends Wrapped {
  override with(parts: readonly Variable[]): Variable {
    return new Dual(parts, this.of);
  }

  override get isReadable(): boolean {
    return this.parts[0].isReadable;
  }

  override get value(): Tensor {
    return this.parts[0].value;
  }

  override get shape(): Shape {
    return this.parts[0].shape;
  }

  override get node(): never {
    throw new GraphError({
      op: "jvp",
      problem: `the place in the graph of a Variable of shape ${formatShape(this.shape)} is read inside the function, where it carries a derivative`,
      ...(this.name === undefined ? {} : { where: `Variable "${this.name}"` }),
      hint: "Use grad instead of backward inside the function, and draw graphs outside of it.",
    });
  }
}

function added(a: Variable | null, b: Variable | null): Variable | null {
  return a === null || b === null ? (a ?? b) : add(a, b);
}

/** The derivative of an op's output along tangents of its inputs; null where it is 0. */
function forward(
  op: OpDefinition<object>,
  inputs: readonly Variable[],
  tangents: readonly (Variable | null)[],
  output: Variable,
  attributes: object,
): Variable | null {
  const along = (operands: readonly Variable[]): Variable => apply(op, operands, attributes);
  const has = (i: number): boolean => tangents[i] !== null && ruleOf(op, i) !== null;
  const moving = inputs.map((_, i) => i).filter(has);
  if (moving.length === 0) return null;
  if (op.jvp !== undefined) {
    const seen = tangents.map((t, i) => (has(i) ? t : null));
    let tangent: Variable;
    try {
      tangent = op.jvp({ tangents: seen, inputs, output, attributes, apply: along });
    } catch (error) {
      throw explained(error, op, "jvp");
    }
    return checked(op.name, output, tangent);
  }
  const isElementwise = op.batch === "elementwise";
  if (op.linear === true && (moving.length === inputs.length || !isElementwise)) {
    return along(inputs.map((x, i) => (has(i) ? tangents[i] : isFloat(x.dtype) ? zerosLike(x) : null) ?? x));
  }
  const linearIn = (i: number): boolean => op.linear === true || (op.linear?.includes(i) ?? false);
  let total: Variable | null = null;
  for (const i of moving) {
    const tangent = tangents[i] as Variable;
    const rule = ruleOf(op, i) as unknown as BackwardRule<object>;
    let part: Variable;
    if (isElementwise) part = rule({ grad: cast(tangent, output.dtype), inputs, output, attributes });
    else if (linearIn(i)) part = along(inputs.map((x, k) => (k === i ? tangent : x)));
    else {
      // The rule is linear in the gradient, g ↦ Jᵀg: its own transpose is J.
      const transposed = (grad: Variable): Variable => rule({ grad, inputs, output, attributes });
      part = vjp(transposed, zerosLike(output)).pullback(tangent)[0];
    }
    total = added(total, cast(part, output.dtype));
  }
  return total;
}

function checked(op: string, { shape, dtype }: Variable, tangent: unknown): Variable {
  if (tangent instanceof Variable && sameShape(tangent.shape, shape) && tangent.dtype === dtype) return tangent;
  const received = tangent instanceof Variable ? formatSpec(tangent) : kindOf(tangent);
  throw ShapeError.of(op, "jvp", received, `a Variable of ${dtype} ${formatShape(shape)}, as the output`, {
    problem: `jvp returned ${tangent === undefined ? "nothing" : received}`,
  });
}

/** {@link jvp} for whoever is called `op`. */
export function jvpOf(
  op: string,
  f: (...xs: never[]) => Variable,
  xs: readonly unknown[],
  vs: readonly unknown[],
  place?: (i: number) => string,
): { value: Variable; tangent: Variable } {
  const at = leavesOf(op, xs, place);
  checkReal(op, at);
  const tangents = leavesOf(op, vs, (i) => `tangent ${i}`);
  const directions = directionsAt(op, at, tangents);
  const level = new Jvp();
  const duals = at.leaves.map((x, i) => new Dual([x, cast(directions[i], x.dtype)], level));
  const run = (): Variable => f(...(at.rebuild(duals) as never[]));
  const y = checkSynchronous(op, withInterpreters([...interpreters, level], run), "f");
  checkResult(op, y, "f");
  const value = level.constant(y);
  return { value: ownVariable(value), tangent: ownVariable(level.tangentOf(y) ?? zerosLike(value)) };
}

/**
 * The value of f at xs and its derivative along vs, the Jacobian times a vector: Σᵢ ∂f/∂xᵢ · vᵢ, of the shape of f(x).
 * Forward mode: one run of f, in which every op computes its derivative beside its value. Arguments may be trees; vs have
 * their structure and shapes. Inside f, noGrad and detach cut the derivative off, as they cut gradients.
 *
 * @throws DTypeError when an argument, or a leaf of one, is int32 or bool
 */
export function jvp(
  f: VariableFunction,
  xs: readonly VariableLike[],
  vs: readonly VariableLike[],
): { value: Variable; tangent: Variable };
export function jvp<Args extends readonly unknown[]>(
  f: TreeFunction<Args>,
  xs: { readonly [K in keyof Args]: InputTree<Args[K]> },
  vs: { readonly [K in keyof Args]: InputTree<Args[K]> },
): { value: Variable; tangent: Variable };
export function jvp(
  f: (...xs: never[]) => Variable,
  xs: readonly unknown[],
  vs: readonly unknown[],
): { value: Variable; tangent: Variable } {
  checkFunction("jvp", f, "f");
  if (!Array.isArray(xs) || !Array.isArray(vs)) {
    throw GraphError.of("jvp", Array.isArray(xs) ? "vs" : "xs", Array.isArray(xs) ? vs : xs, "a list", {
      hint: "Write jvp(f, [x], [v]), also for a single argument.",
    });
  }
  if (xs.length !== vs.length) {
    throw GraphError.of("jvp", "vs", vs.length, "one tangent for each argument, of its shape", {
      problem: `${xs.length} arguments but ${vs.length} tangents`,
    });
  }
  return jvpOf("jvp", f, xs, vs);
}
