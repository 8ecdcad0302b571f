/**
 * A Variable is a value in a graph. It knows what it was computed from, and `backward` fills its gradient.
 *
 * Every op of [ops.md](../ops.md) that takes a Variable first is also a method: `x.matmul(w)` is `matmul(x, w)`.
 * Import the names of this page from `adjoint`.
 *
 * @module Variables
 */
export {
  asVariable,
  type BackwardOptions,
  backward,
  constant,
  type GradientHook,
  onGrad,
  type ValueLike,
  Variable,
  type VariableLike,
  type VariableOptions,
  variable,
} from "adjoint";
