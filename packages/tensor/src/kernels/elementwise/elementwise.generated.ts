/** Rendered by scripts/elementwise-kernels.ts from the table in it; do not edit. */
import type { Tensor } from "../../tensor.ts";
import { integerPower, integerRemainder, remainderOf, toEven } from "./scalars.ts";
import { complementaryErrorFunction, errorFunction, normalDistribution } from "../special/error-function.ts";
import { gaussianOf } from "../special/exponential.ts";
import { logGamma, polygammaOf } from "../special/gamma.ts";
import { geluGateOf, logistic, logisticDensityOf, squaredSech } from "../special/logistic.ts";
import type { Operand } from "./operands.ts";
import { applyPair, type BinaryLoop } from "./pairs.ts";
import { applySingle, type UnaryLoop } from "./singles.ts";

const negLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = -xs[p];
  }
};
/** y = −x. */
export function neg(x: Tensor): Tensor {
  return applySingle(x, "counted", negLoop, "neg");
}

const absLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.abs(xs[p]);
  }
};
/** y = |x|. */
export function abs(x: Tensor): Tensor {
  return applySingle(x, "counted", absLoop, "abs");
}

const signLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.sign(xs[p]);
  }
};
/** y = −1, 0 or 1 by the sign of x. */
export function sign(x: Tensor): Tensor {
  return applySingle(x, "counted", signLoop);
}

const squareLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) { const x = xs[p]; out[o++] = x * x; }
  }
};
const squareException: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) { const x = xs[p]; out[o++] = Math.imul(x, x); }
  }
};
/** y = x². */
export function square(x: Tensor): Tensor {
  return applySingle(x, "counted", squareLoop, "square", undefined, "int32", squareException);
}

const sqrtLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.sqrt(xs[p]);
  }
};
/** y = √x; NaN for x < 0. */
export function sqrt(x: Tensor): Tensor {
  return applySingle(x, "real", sqrtLoop, "sqrt");
}

const expLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.exp(xs[p]);
  }
};
/** y = eˣ. */
export function exp(x: Tensor): Tensor {
  return applySingle(x, "real", expLoop, "exp");
}

const expm1Loop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.expm1(xs[p]);
  }
};
/** y = eˣ − 1, exact for small x. */
export function expm1(x: Tensor): Tensor {
  return applySingle(x, "real", expm1Loop);
}

const logLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.log(xs[p]);
  }
};
/** y = log x; −∞ at 0, NaN below. */
export function log(x: Tensor): Tensor {
  return applySingle(x, "real", logLoop, "log");
}

const log2Loop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.log2(xs[p]);
  }
};
/** y = log₂ x, exact at powers of 2; −∞ at 0, NaN below. */
export function log2(x: Tensor): Tensor {
  return applySingle(x, "real", log2Loop);
}

const log10Loop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.log10(xs[p]);
  }
};
/** y = log₁₀ x, exact at powers of 10; −∞ at 0, NaN below. */
export function log10(x: Tensor): Tensor {
  return applySingle(x, "real", log10Loop);
}

const log1pLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.log1p(xs[p]);
  }
};
/** y = log(1 + x), exact for small x. */
export function log1p(x: Tensor): Tensor {
  return applySingle(x, "real", log1pLoop);
}

const sinLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.sin(xs[p]);
  }
};
/** y = sin x, x in radians. */
export function sin(x: Tensor): Tensor {
  return applySingle(x, "real", sinLoop);
}

const cosLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.cos(xs[p]);
  }
};
/** y = cos x, x in radians. */
export function cos(x: Tensor): Tensor {
  return applySingle(x, "real", cosLoop);
}

const tanLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.tan(xs[p]);
  }
};
/** y = tan x, x in radians. */
export function tan(x: Tensor): Tensor {
  return applySingle(x, "real", tanLoop);
}

const asinLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.asin(xs[p]);
  }
};
/** y = arcsin x in [−π/2, π/2]; NaN outside of [−1, 1]. */
export function asin(x: Tensor): Tensor {
  return applySingle(x, "real", asinLoop);
}

const acosLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.acos(xs[p]);
  }
};
/** y = arccos x in [0, π]; NaN outside of [−1, 1]. */
export function acos(x: Tensor): Tensor {
  return applySingle(x, "real", acosLoop);
}

const atanLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.atan(xs[p]);
  }
};
/** y = arctan x in [−π/2, π/2]. */
export function atan(x: Tensor): Tensor {
  return applySingle(x, "real", atanLoop);
}

const sinhLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.sinh(xs[p]);
  }
};
/** y = sinh x. */
export function sinh(x: Tensor): Tensor {
  return applySingle(x, "real", sinhLoop);
}

const coshLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.cosh(xs[p]);
  }
};
/** y = cosh x. */
export function cosh(x: Tensor): Tensor {
  return applySingle(x, "real", coshLoop);
}

const tanhLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.tanh(xs[p]);
  }
};
/** y = tanh x. */
export function tanh(x: Tensor): Tensor {
  return applySingle(x, "real", tanhLoop, "tanh");
}

const floorLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.floor(xs[p]);
  }
};
/** The largest integer that is not above x. */
export function floor(x: Tensor): Tensor {
  return applySingle(x, "counted", floorLoop);
}

const ceilLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.ceil(xs[p]);
  }
};
/** The smallest integer that is not below x. */
export function ceil(x: Tensor): Tensor {
  return applySingle(x, "counted", ceilLoop);
}

const roundLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = toEven(xs[p]);
  }
};
/** The nearest integer; halves go to the even one, as in NumPy. */
export function round(x: Tensor): Tensor {
  return applySingle(x, "counted", roundLoop);
}

const reluLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = Math.max(xs[p], 0);
  }
};
/** y = max(x, 0); NaN stays. */
export function relu(x: Tensor): Tensor {
  return applySingle(x, "same", reluLoop, "relu");
}

const leakyReluLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep, slope) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) { const x = xs[p]; out[o++] = x > 0 ? x : slope * x; }
  }
};
/** y = x for x > 0, slope · x below. */
export function leakyRelu(x: Tensor, slope: number): Tensor {
  return applySingle(x, "real", leakyReluLoop, undefined, slope);
}

const eluLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep, alpha) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) { const x = xs[p]; out[o++] = x > 0 ? x : alpha * Math.expm1(x); }
  }
};
/** y = x for x > 0, alpha · (eˣ − 1) below. */
export function elu(x: Tensor, alpha: number): Tensor {
  return applySingle(x, "real", eluLoop, undefined, alpha);
}

const softplusLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) { const x = xs[p]; out[o++] = Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))); }
  }
};
/** y = log(1 + eˣ), without overflow. */
export function softplus(x: Tensor): Tensor {
  return applySingle(x, "real", softplusLoop);
}

const softsignLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) { const x = xs[p]; out[o++] = x / (1 + Math.abs(x)); }
  }
};
/** y = x / (1 + |x|). */
export function softsign(x: Tensor): Tensor {
  return applySingle(x, "real", softsignLoop);
}

const sigmoidLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = logistic(xs[p]);
  }
};
/** y = 1 / (1 + e⁻ˣ). */
export function sigmoid(x: Tensor): Tensor {
  return applySingle(x, "real", sigmoidLoop, "sigmoid");
}

const logisticDensityLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = logisticDensityOf(xs[p]);
  }
};
/** y = σ(x) σ(−x). */
export function logisticDensity(x: Tensor): Tensor {
  return applySingle(x, "real", logisticDensityLoop, "logisticDensity");
}

const sech2Loop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = squaredSech(xs[p]);
  }
};
/** y = 1 / cosh² x. */
export function sech2(x: Tensor): Tensor {
  return applySingle(x, "real", sech2Loop, "sech2");
}

const geluGateLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = geluGateOf(xs[p]);
  }
};
/** y = σ(2u), u = √(2/π) (x + 0.044715 x³). */
export function geluGate(x: Tensor): Tensor {
  return applySingle(x, "real", geluGateLoop);
}

const erfLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = errorFunction(xs[p]);
  }
};
/** y = erf x = 2/√π ∫₀ˣ e^(−t²) dt. */
export function erf(x: Tensor): Tensor {
  return applySingle(x, "real", erfLoop);
}

const erfcLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = complementaryErrorFunction(xs[p]);
  }
};
/** y = erfc x = 1 − erf x. */
export function erfc(x: Tensor): Tensor {
  return applySingle(x, "real", erfcLoop);
}

const normalCdfLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = normalDistribution(xs[p]);
  }
};
/** y = Φ(x) = erfc(−x/√2) / 2. */
export function normalCdf(x: Tensor): Tensor {
  return applySingle(x, "real", normalCdfLoop);
}

const gaussianLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep, c) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = gaussianOf(xs[p], c);
  }
};
/** y = e^(−c x²), c = 1 or ½. */
export function gaussian(x: Tensor, c: number): Tensor {
  return applySingle(x, "real", gaussianLoop, undefined, c);
}

const lgammaLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = logGamma(xs[p]);
  }
};
/** y = log |Γ(x)|. */
export function lgamma(x: Tensor): Tensor {
  return applySingle(x, "real", lgammaLoop);
}

const polygammaLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep, n) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = polygammaOf(n, xs[p]);
  }
};
/** y = ψₙ(x), the derivative n + 1 of log Γ. */
export function polygamma(x: Tensor, n: number): Tensor {
  return applySingle(x, "real", polygammaLoop, undefined, n);
}

const logicalNotLoop: UnaryLoop = (out, o, rows, columns, xs, i, xRow, xStep) => {
  for (let r = 0; r < rows; r++, i += xRow) {
    for (let k = 0, p = i; k < columns; k++, p += xStep) out[o++] = xs[p] === 0 ? 1 : 0;
  }
};
/** Whether each element is 0 (or false): bool. */
export function logicalNot(x: Tensor): Tensor<"bool"> {
  return applySingle(x, "bool", logicalNotLoop) as unknown as Tensor<"bool">;
}

const addLoop: BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = as[p] + bs[q];
  }
};
const addException: BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = Math.max(as[p], bs[q]);
  }
};
/** y = a + b; of truth values, a or b. */
export function add(a: Operand, b: Operand): Tensor {
  return applyPair("add", a, b, "same", addLoop, true, "bool", addException);
}

const subLoop: BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = as[p] - bs[q];
  }
};
/** y = a − b. */
export function sub(a: Operand, b: Operand): Tensor {
  return applyPair("sub", a, b, "counted", subLoop, true);
}

const mulLoop: BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = as[p] * bs[q];
  }
};
const mulException: BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = Math.imul(as[p], bs[q]);
  }
};
/** y = a · b. */
export function mul(a: Operand, b: Operand): Tensor {
  return applyPair("mul", a, b, "same", mulLoop, true, "int32", mulException);
}

const divLoop: BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = as[p] / bs[q];
  }
};
/** y = a / b; integers divide to float64, division by 0 gives ±∞ or NaN. */
export function div(a: Operand, b: Operand): Tensor {
  return applyPair("div", a, b, "real", divLoop, true);
}

const powLoop: BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = as[p] ** bs[q];
  }
};
const powException: BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = integerPower(as[p], bs[q]);
  }
};
/** y = a^b. Integers to whole powers are exact modulo 2³².
 * @throws DTypeError for a negative power of integers */
export function pow(a: Operand, b: Operand): Tensor {
  return applyPair("pow", a, b, "counted", powLoop, true, "int32", powException);
}

const remainderLoop: BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = remainderOf(as[p], bs[q]);
  }
};
const remainderException: BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = integerRemainder(as[p], bs[q]);
  }
};
/** What is left of a divided by b, with the sign of b, as in Python; NaN for b = 0.
 * @throws DTypeError for integers divided by 0 */
export function remainder(a: Operand, b: Operand): Tensor {
  return applyPair("remainder", a, b, "counted", remainderLoop, undefined, "int32", remainderException);
}

const atan2Loop: BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = Math.atan2(as[p], bs[q]);
  }
};
/** The angle of the point (b, a) in (−π, π]; integers give float64. */
export function atan2(a: Operand, b: Operand): Tensor {
  return applyPair("atan2", a, b, "real", atan2Loop);
}

const maximumLoop: BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = Math.max(as[p], bs[q]);
  }
};
/** y = max(a, b); NaN if one is. */
export function maximum(a: Operand, b: Operand): Tensor {
  return applyPair("maximum", a, b, "same", maximumLoop);
}

const minimumLoop: BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = Math.min(as[p], bs[q]);
  }
};
/** y = min(a, b); NaN if one is. */
export function minimum(a: Operand, b: Operand): Tensor {
  return applyPair("minimum", a, b, "same", minimumLoop);
}

const eqLoop: BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = as[p] === bs[q] ? 1 : 0;
  }
};
/** a = b, elementwise with broadcasting: bool. */
export function eq(a: Operand, b: Operand): Tensor<"bool"> {
  return applyPair("eq", a, b, "bool", eqLoop) as unknown as Tensor<"bool">;
}

const neLoop: BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = as[p] !== bs[q] ? 1 : 0;
  }
};
/** a ≠ b, elementwise with broadcasting: bool. */
export function ne(a: Operand, b: Operand): Tensor<"bool"> {
  return applyPair("ne", a, b, "bool", neLoop) as unknown as Tensor<"bool">;
}

const ltLoop: BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = as[p] < bs[q] ? 1 : 0;
  }
};
/** a < b, elementwise with broadcasting: bool. */
export function lt(a: Operand, b: Operand): Tensor<"bool"> {
  return applyPair("lt", a, b, "bool", ltLoop) as unknown as Tensor<"bool">;
}

const leLoop: BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = as[p] <= bs[q] ? 1 : 0;
  }
};
/** a ≤ b, elementwise with broadcasting: bool. */
export function le(a: Operand, b: Operand): Tensor<"bool"> {
  return applyPair("le", a, b, "bool", leLoop) as unknown as Tensor<"bool">;
}

const gtLoop: BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = as[p] > bs[q] ? 1 : 0;
  }
};
/** a > b, elementwise with broadcasting: bool. */
export function gt(a: Operand, b: Operand): Tensor<"bool"> {
  return applyPair("gt", a, b, "bool", gtLoop, true) as unknown as Tensor<"bool">;
}

const geLoop: BinaryLoop = (out, o, rows, columns, as, i, aRow, aStep, bs, j, bRow, bStep) => {
  for (let r = 0; r < rows; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < columns; k++, p += aStep, q += bStep) out[o++] = as[p] >= bs[q] ? 1 : 0;
  }
};
/** a ≥ b, elementwise with broadcasting: bool. */
export function ge(a: Operand, b: Operand): Tensor<"bool"> {
  return applyPair("ge", a, b, "bool", geLoop) as unknown as Tensor<"bool">;
}
