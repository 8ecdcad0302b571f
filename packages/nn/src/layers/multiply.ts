/** The product of several outputs. */
import { mul } from "@adjoint/autograd";
import { elementwise } from "./add.ts";

/** The product, element by element, of the outputs of one shape that `from` names. */
export const multiplyKind = elementwise("multiply", "mul product", mul);
