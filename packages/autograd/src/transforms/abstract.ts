/** Variables of which only shape and dtype are known, and what to do with functions that read their numbers. */
import { checkKind, checkOptions, formatShape, type GraphError, type Tensor } from "@adjoint/tensor";
import { checkFunction } from "@adjoint/tensor/internal";
import { interpreters } from "../core/interpreters.ts";
import { variable } from "../core/leaf.ts";
import { bottomsOf } from "../core/levels.ts";
import { type Node, Variable } from "../core/variable.ts";

/** A Variable without a value, in the graph of a function that is run for its shapes or for its program. */
export class AbstractVariable extends Variable {
  private readonly unreadable: (x: Variable) => GraphError;

  /** `unreadable` makes the error for reading its value. */
  constructor(node: Node, unreadable: (x: Variable) => GraphError) {
    super(null, node, node.requiresGrad);
    this.unreadable = unreadable;
  }

  override get isReadable(): boolean {
    return false;
  }

  override get value(): never {
    throw this.unreadable(this);
  }

  override toString(): string {
    return `abstract ${this.dtype} ${formatShape(this.shape)}`;
  }
}

/** A new leaf with the value of x, whether that is known or not. */
export function leafLike(x: Variable): Variable {
  for (let level = interpreters.length - 1; level >= 0 && !x.isReadable; level--) {
    const y = interpreters[level].leaf?.(x);
    if (y !== undefined) return y;
  }
  return variable(x.value);
}

/** The numbers that x stands for, inside vmap those of the whole batch; null where only its shape is known. */
export function heldValue(x: Variable): Tensor | null {
  checkKind("heldValue", "x", x, x instanceof Variable, "a Variable");
  const [value] = bottomsOf(x);
  return value.isReadable ? value.value : null;
}

/**
 * Checks the numbers of x by a function that throws for wrong ones: now, inside vmap those of the whole batch at once;
 * while a function is compiled, whenever its program runs, before anything changes; inside inferShapes never.
 *
 * @param check  is called with the value of x, […]
 * @param options  `passes: "finite"` says that numbers whose squares are finite pass, and that programs may let all
 *                 finite ones pass, which they find out faster
 * @throws what `check` throws
 */
export function checkValue(
  x: Variable,
  check: (value: Tensor) => void,
  options: { readonly passes?: "finite" } = {},
): void {
  checkOptions("checkValue", options, ["passes"]);
  checkKind("checkValue", "x", x, x instanceof Variable, "a Variable");
  checkFunction("checkValue", check, "check");
  const held = heldValue(x);
  if (held !== null) check(held);
  else for (const one of interpreters) one.check?.(bottomsOf(x)[0], check, options.passes ?? null);
}
