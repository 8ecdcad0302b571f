/** Trigonometric and hyperbolic functions of one tensor, elementwise; angles in radians. */
import type { Tensor } from "../../tensor.ts";
import { applySingle, realDType, type UnaryPlane } from "./singles.ts";

const sinPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.sin(x[at]);
  }
};

/** y = sin x, x in radians. */
export function sin(x: Tensor): Tensor {
  return applySingle(sinPlane, x, realDType(x));
}

const cosPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.cos(x[at]);
  }
};

/** y = cos x, x in radians. */
export function cos(x: Tensor): Tensor {
  return applySingle(cosPlane, x, realDType(x));
}

const tanhPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.tanh(x[at]);
  }
};

/** y = tanh x. */
export function tanh(x: Tensor): Tensor {
  return applySingle(tanhPlane, x, realDType(x));
}

const tanPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.tan(x[at]);
  }
};

/** y = tan x, x in radians. */
export function tan(x: Tensor): Tensor {
  return applySingle(tanPlane, x, realDType(x));
}

const asinPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.asin(x[at]);
  }
};

/** y = arcsin x in [−π/2, π/2]; NaN outside of [−1, 1]. */
export function asin(x: Tensor): Tensor {
  return applySingle(asinPlane, x, realDType(x));
}

const acosPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.acos(x[at]);
  }
};

/** y = arccos x in [0, π]; NaN outside of [−1, 1]. */
export function acos(x: Tensor): Tensor {
  return applySingle(acosPlane, x, realDType(x));
}

const atanPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.atan(x[at]);
  }
};

/** y = arctan x in [−π/2, π/2]. */
export function atan(x: Tensor): Tensor {
  return applySingle(atanPlane, x, realDType(x));
}

const sinhPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.sinh(x[at]);
  }
};

/** y = sinh x. */
export function sinh(x: Tensor): Tensor {
  return applySingle(sinhPlane, x, realDType(x));
}

const coshPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.cosh(x[at]);
  }
};

/** y = cosh x. */
export function cosh(x: Tensor): Tensor {
  return applySingle(coshPlane, x, realDType(x));
}
