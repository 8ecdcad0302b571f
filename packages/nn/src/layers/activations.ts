/** The activation layers of the book: Relu and Sigmoid. They hold nothing; the graph keeps what the rules read. */
import { relu, sigmoid, type Variable, type VariableLike } from "@adjoint/autograd";

/** y = max(x, 0); the gradient at 0 is 0. Source: Deep Learning from Scratch, 5.5.1. */
export class Relu {
  /** y = max(x, 0). @param x  any shape, […] @returns […] */
  forward(x: VariableLike): Variable {
    return relu(x);
  }
}

/** y = 1 / (1 + e⁻ˣ). Source: Deep Learning from Scratch, 5.5.2. */
export class Sigmoid {
  /** y = 1 / (1 + e⁻ˣ). @param x  any shape, […] @returns […] */
  forward(x: VariableLike): Variable {
    return sigmoid(x);
  }
}
