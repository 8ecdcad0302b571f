// variable and grad: the smallest useful page.
import { grad, variable } from "adjoint";

const square = (x) => x.square().sum();
globalThis.report({ gradient: grad(square)(variable([1, 2, 3])).toArray() });
