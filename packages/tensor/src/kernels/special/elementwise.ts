/** The special functions, elementwise: kernels around the functions of one number in this folder. */
import type { Tensor } from "../../tensor.ts";
import { applySingle, realDType, type UnaryPlane } from "../elementwise/singles.ts";
import { complementaryErrorFunction, errorFunction, normalDistribution } from "./error-function.ts";
import { gaussianOf } from "./exponential.ts";
import { logGamma, polygamma as polygammaOf } from "./gamma.ts";
import { geluGateOf, logistic, logisticDensityOf, squaredSech } from "./logistic.ts";

const sigmoidPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = logistic(x[at]);
  }
};

/** y = 1 / (1 + e⁻ˣ). */
export function sigmoid(x: Tensor): Tensor {
  return applySingle(sigmoidPlane, x, realDType(x), 0, "sigmoid");
}

const logisticDensityPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = logisticDensityOf(x[at]);
  }
};

/** y = σ(x) σ(−x). */
export function logisticDensity(x: Tensor): Tensor {
  return applySingle(logisticDensityPlane, x, realDType(x), 0, "logisticDensity");
}

const sech2Plane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = squaredSech(x[at]);
  }
};

/** y = 1 / cosh² x. */
export function sech2(x: Tensor): Tensor {
  return applySingle(sech2Plane, x, realDType(x), 0, "sech2");
}

const geluGatePlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = geluGateOf(x[at]);
  }
};

/** y = σ(2u), u = √(2/π) (x + 0.044715 x³). */
export function geluGate(x: Tensor): Tensor {
  return applySingle(geluGatePlane, x, realDType(x));
}

const erfPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = errorFunction(x[at]);
  }
};

/** y = erf x = 2/√π ∫₀ˣ e^(−t²) dt. */
export function erf(x: Tensor): Tensor {
  return applySingle(erfPlane, x, realDType(x));
}

const erfcPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = complementaryErrorFunction(x[at]);
  }
};

/** y = erfc x = 1 − erf x. */
export function erfc(x: Tensor): Tensor {
  return applySingle(erfcPlane, x, realDType(x));
}

const normalCdfPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = normalDistribution(x[at]);
  }
};

/** y = Φ(x) = erfc(−x/√2) / 2. */
export function normalCdf(x: Tensor): Tensor {
  return applySingle(normalCdfPlane, x, realDType(x));
}

const gaussianPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step, parameter) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = gaussianOf(x[at], parameter);
  }
};

/** y = e^(−c x²), c = 1 or ½. */
export function gaussian(x: Tensor, c: number): Tensor {
  return applySingle(gaussianPlane, x, realDType(x), c);
}

const lgammaPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = logGamma(x[at]);
  }
};

/** y = log |Γ(x)|. */
export function lgamma(x: Tensor): Tensor {
  return applySingle(lgammaPlane, x, realDType(x));
}

const polygammaPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step, parameter) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = polygammaOf(parameter, x[at]);
  }
};

/** y = ψₙ(x), the derivative n + 1 of log Γ. */
export function polygamma(x: Tensor, n: number): Tensor {
  return applySingle(polygammaPlane, x, realDType(x), n);
}
