/**
 * Elementwise functions of one tensor. Each writes out its own loop over a plane, so that each is compiled for what it
 * computes; where a result goes and how its operand is walked is the same for all.
 */
import { isFloat } from "../../dtype.ts";
import type { Tensor } from "../../tensor.ts";
import { applySingle, arithmeticDType, realDType, type UnaryPlane } from "./singles.ts";

const negPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = -x[at];
  }
};

/** y = −x. */
export function neg(x: Tensor): Tensor {
  return applySingle(negPlane, x, arithmeticDType(x), 0, "neg");
}

const absPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.abs(x[at]);
  }
};

/** y = |x|. */
export function abs(x: Tensor): Tensor {
  return applySingle(absPlane, x, arithmeticDType(x), 0, "abs");
}

const signPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.sign(x[at]);
  }
};

/** y = −1, 0 or 1 by the sign of x. */
export function sign(x: Tensor): Tensor {
  return applySingle(signPlane, x, arithmeticDType(x));
}

const sqrtPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.sqrt(x[at]);
  }
};

/** y = √x; NaN for x < 0. */
export function sqrt(x: Tensor): Tensor {
  return applySingle(sqrtPlane, x, realDType(x), 0, "sqrt");
}

const expPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.exp(x[at]);
  }
};

/** y = eˣ. */
export function exp(x: Tensor): Tensor {
  return applySingle(expPlane, x, realDType(x));
}

const expm1Plane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.expm1(x[at]);
  }
};

/** y = eˣ − 1, exact for small x. */
export function expm1(x: Tensor): Tensor {
  return applySingle(expm1Plane, x, realDType(x));
}

const logPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.log(x[at]);
  }
};

/** y = log x; −∞ at 0, NaN below. */
export function log(x: Tensor): Tensor {
  return applySingle(logPlane, x, realDType(x));
}

const log2Plane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.log2(x[at]);
  }
};

/** y = log₂ x, exact at powers of 2; −∞ at 0, NaN below. */
export function log2(x: Tensor): Tensor {
  return applySingle(log2Plane, x, realDType(x));
}

const log10Plane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.log10(x[at]);
  }
};

/** y = log₁₀ x, exact at powers of 10; −∞ at 0, NaN below. */
export function log10(x: Tensor): Tensor {
  return applySingle(log10Plane, x, realDType(x));
}

const log1pPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.log1p(x[at]);
  }
};

/** y = log(1 + x), exact for small x. */
export function log1p(x: Tensor): Tensor {
  return applySingle(log1pPlane, x, realDType(x));
}

const squarePlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) {
      const v = x[at];
      out[o++] = v * v;
    }
  }
};

/** Whole numbers, exact modulo 2³². */
const integerSquarePlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.imul(x[at], x[at]);
  }
};

/** y = x². */
export function square(x: Tensor): Tensor {
  return applySingle(isFloat(x.dtype) ? squarePlane : integerSquarePlane, x, arithmeticDType(x), 0, "square");
}

const reluPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) {
      const v = x[at];
      out[o++] = Math.max(v, 0);
    }
  }
};

/** y = max(x, 0); NaN stays. */
export function relu(x: Tensor): Tensor {
  return applySingle(reluPlane, x, x.dtype, 0, "relu");
}

const softplusPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) {
      const v = x[at];
      out[o++] = Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
    }
  }
};

/** y = log(1 + eˣ), without overflow. */
export function softplus(x: Tensor): Tensor {
  return applySingle(softplusPlane, x, realDType(x));
}

const softsignPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = x[at] / (1 + Math.abs(x[at]));
  }
};

/** y = x / (1 + |x|). */
export function softsign(x: Tensor): Tensor {
  return applySingle(softsignPlane, x, realDType(x));
}

const leakyReluPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step, parameter) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) {
      const v = x[at];
      out[o++] = v > 0 ? v : parameter * v;
    }
  }
};

/** y = x for x > 0, slope · x below. */
export function leakyRelu(x: Tensor, slope: number): Tensor {
  return applySingle(leakyReluPlane, x, realDType(x), slope);
}

const eluPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step, parameter) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) {
      const v = x[at];
      out[o++] = v > 0 ? v : parameter * Math.expm1(v);
    }
  }
};

/** y = x for x > 0, alpha · (eˣ − 1) below. */
export function elu(x: Tensor, alpha: number): Tensor {
  return applySingle(eluPlane, x, realDType(x), alpha);
}
