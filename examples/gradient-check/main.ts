/**
 * Are the gradients right? Networks against the book's numerical gradient, and an op of our own against gradcheck,
 * once right and once with a mistake in its rule.
 *
 * Deep Learning from Scratch, 5.7.4 (ch05/gradient_check.py).
 */
import {
  defineOp,
  gradcheck,
  kernels,
  loadDigits,
  MultiLayerNet,
  mul,
  rng,
  sigmoid,
  slice,
  square,
  type Tensor,
  TwoLayerNet,
  type Variable,
} from "adjoint";
import { renderTable } from "adjoint/training";

/** What both networks have. */
interface Network {
  readonly params: Readonly<Record<string, Variable>>;
  gradient(x: Tensor, t: Tensor): Readonly<Record<string, Tensor>>;
  numericalGradient(x: Tensor, t: Tensor): Readonly<Record<string, Tensor>>;
}
