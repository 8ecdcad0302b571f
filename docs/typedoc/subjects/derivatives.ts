/**
 * Derivatives are functions of functions, and they nest. `vmap` turns a function of one example into a function of a
 * batch; `checkpoint` trades computation for memory. Import the names of this page from `adjoint`.
 *
 * @module Derivatives
 */
export {
  checkpoint,
  type GradientTree,
  type GradOptions,
  grad,
  hessian,
  hvp,
  type InputTree,
  type JacobianOptions,
  jacobian,
  jvp,
  type VariableFunction,
  type VmapOptions,
  type VmapResult,
  valueAndGrad,
  vjp,
  vmap,
} from "adjoint";
