// The package of derivatives alone: methods, broadcasting, backward.
import { variable } from "@adjoint/autograd";

const x = variable([1, 2], { name: "x" });
const y = x
  .square()
  .add(variable([[1], [2]]))
  .sum();
y.backward();
globalThis.report({ value: y.item(), gradient: x.grad.toArray() });
