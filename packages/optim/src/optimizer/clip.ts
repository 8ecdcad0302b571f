/**
 * Clipping: gradients are made smaller before an update where they are too large, so that one steep place of the loss
 * does not throw the parameters away.
 */
import {
  add,
  cast,
  checkValue,
  clip,
  constant,
  div,
  minimum,
  mul,
  noGrad,
  norm as normOp,
  stack,
  type Variable,
} from "@adjoint/autograd";
import { checkKind, checkNumber, checkOneOf, checkOptions, GraphError, SpecError } from "@adjoint/tensor";
import { checkGradient, nameParameters, type Parameters } from "./parameters.ts";

/** How an optimizer clips gradients: by the norm of all of them together, or each number by itself. */
export type Clip = { readonly norm: number } | { readonly value: number };

/** Options of {@link clipGradNorm}. */
export interface ClipGradNormOptions {
  /** The norm: 2, the default, is √Σ g²; 1 is Σ |g|; Infinity is max |g|. */
  readonly order?: 1 | 2 | number;
}

const isPositive = (x: unknown): boolean => typeof x === "number" && x > 0 && x < Number.POSITIVE_INFINITY;

/** @throws SpecError unless it is `{ norm }` or `{ value }` with a finite number > 0 */
export function checkClip(op: string, given: unknown): Clip {
  const expected = "{ norm } or { value }";
  checkKind(op, "clip", given, given !== null && typeof given === "object", expected);
  checkOptions(op, given as object, ["norm", "value"]);
  const entries = Object.entries(given as object).filter(([, limit]) => limit !== undefined);
  if (entries.length !== 1) {
    throw SpecError.of(op, "clip", entries.length === 0 ? "neither" : "both", expected, {
      problem: `clip has ${entries.length === 0 ? "neither norm nor value" : "both norm and value"}`,
      hint: "Pass clip: { norm: 1 }, for example.",
    });
  }
  const [[name, limit]] = entries;
  checkNumber(op, `clip.${name}`, limit, isPositive(limit), "a finite number > 0");
  return { [name]: limit } as unknown as Clip;
}

/** Gradients clipped as an optimizer's option says, in ops. */
export function clipped(op: string, grads: readonly Variable[], how: Clip): readonly Variable[] {
  if ("value" in how) return grads.map((grad) => clip(grad, { min: -how.value, max: how.value }));
  return scaledTo(grads, normOf(op, grads, 2), how.norm);
}

/**
 * Scales all gradients by one factor so that their norm together is at most `maxNorm`: g ← g · min(1, maxNorm / (‖g‖ + 1e-6)).
 *
 * Parameters without a gradient are left out. Their direction stays as it is. In a compiled function it is a part of the
 * program.
 *
 * @param params   the parameters, as for an optimizer
 * @param maxNorm  a finite number > 0
 * @param options  `order` of the norm: 2 (default), 1 or Infinity
 * @returns        the norm before, float64, []: 0 where no parameter has a gradient
 * @throws SpecError for values out of range; GraphError where a gradient or the norm is not finite. Nothing has changed
 *         then.
 * Source: PyTorch, torch.nn.utils.clip_grad_norm_; R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training
 * recurrent neural networks", ICML 2013.
 */
export function clipGradNorm(params: Parameters, maxNorm: number, options: ClipGradNormOptions = {}): Variable {
  const op = "clipGradNorm";
  checkNumber(op, "maxNorm", maxNorm, isPositive(maxNorm), "a finite number > 0");
  checkOptions(op, options, ["order"]);
  const { order = 2 } = options;
  checkOneOf(op, "order", order, [1, 2, Number.POSITIVE_INFINITY]);
  const [own, grads] = gradientsOf(op, params);
  return noGrad(() => {
    const norm = normOf(op, grads, order);
    scaledTo(grads, norm, maxNorm).forEach((grad, i) => {
      own[i].grad = grad;
    });
    return norm;
  });
}

/**
 * Limits each number of all gradients: g ← min(max(g, −limit), limit). In a compiled function it is a part of the program.
 *
 * @param params  the parameters, as for an optimizer; those without a gradient are left out
 * @param limit   a finite number > 0
 * @throws SpecError for a limit out of range; GraphError where a gradient is not finite. Nothing has changed then.
 * Source: PyTorch, torch.nn.utils.clip_grad_value_.
 */
export function clipGradValue(params: Parameters, limit: number): void {
  const op = "clipGradValue";
  checkNumber(op, "limit", limit, isPositive(limit), "a finite number > 0");
  const [own, grads] = gradientsOf(op, params);
  noGrad(() => {
    clipped(op, grads, { value: limit }).forEach((grad, i) => {
      own[i].grad = grad;
    });
  });
}

/** The parameters that have gradients, and those. */
function gradientsOf(op: string, params: Parameters): [Variable[], Variable[]] {
  const own: Variable[] = [];
  const grads: Variable[] = [];
  for (const [name, x] of nameParameters(op, params)) {
    if (x.grad === null) continue;
    own.push(x);
    grads.push(checkGradient(op, name, x, x.grad));
  }
  return [own, grads];
}

/** The norm of all gradients together, float64. Each is reduced in its own dtype; what is left are a few numbers. */
function normOf(op: string, grads: readonly Variable[], order: number): Variable {
  const parts = grads.filter(({ size }) => size > 0).map((grad) => cast(normOp(grad, { p: order }), "float64"));
  const total = parts.length === 0 ? constant(0, { dtype: "float64" }) : normOp(stack(parts), { p: order });
  checkValue(
    total,
    (value) => {
      const found = Number(value.item());
      if (Number.isFinite(found)) return;
      throw GraphError.of(op, "grads", found, "a finite norm", {
        problem: `the norm of the gradients is ${found}: they are finite, but it is too large for their dtype`,
        hint: "Nothing was changed. Lower the learning rate, or clip by value.",
      });
    },
    { passes: "finite" },
  );
  return total;
}

function scaledTo(grads: readonly Variable[], norm: Variable, maxNorm: number): readonly Variable[] {
  const factor = minimum(div(maxNorm, add(norm, 1e-6)), 1);
  return grads.map((grad) => mul(grad, cast(factor, grad.dtype)));
}
