/**
 * Elementwise functions of one tensor. Each writes out its own loop over a plane, so that each is compiled for what it
 * computes; where a result goes and how its operand is walked is the same for all.
 */
import { allocate, type DType, isFloat, type TypedArray } from "../../dtype.ts";
import { Tensor } from "../../tensor.ts";
import { runsAsWasm } from "../backend.ts";
import { forEachPlane, isDense, mergeAxes } from "../planes.ts";
import { LEAST_ELEMENTS, type WasmUnary, wasmUnary } from "../wasm/elementwise.ts";
import { errorFunction } from "./error-function.ts";

/** out[o + r·n + k] = f(x[i + r·rowStep + k·step]) for a plane of m × n. */
type UnaryPlane = (
  out: TypedArray,
  o: number,
  m: number,
  n: number,
  x: TypedArray,
  i: number,
  rowStep: number,
  step: number,
  parameter: number,
) => void;

/** A dense operand gives a result that lies in memory as it does; others give row-major order. */
function apply(plane: UnaryPlane, x: Tensor, dtype: DType, parameter = 0, wasm?: WasmUnary): Tensor {
  const out = allocate(dtype, x.size);
  if (isDense(x) || x.size === 0) {
    if (wasm !== undefined && x.dtype === "float32" && runsAsWasm(x.size, LEAST_ELEMENTS)) {
      wasmUnary(wasm, out as Float32Array, x.data as Float32Array, x.offset);
    } else plane(out, 0, 1, x.size, x.data, x.offset, 0, 1, parameter);
    return x.isContiguous ? new Tensor(out, x.shape) : new Tensor(out, x.shape, x.strides);
  }
  const walk = mergeAxes(x.shape, [x.strides]);
  const [strides] = walk.strides;
  const rows = walk.shape.length - 2;
  const m = walk.shape[rows];
  const n = walk.shape[rows + 1];
  const at = [x.offset];
  forEachPlane(walk, at, (k) =>
    plane(out, k * m * n, m, n, x.data, at[0], strides[rows], strides[rows + 1], parameter),
  );
  return new Tensor(out, x.shape);
}

/** Numbers keep their dtype; truth values are counted. */
function arithmetic(x: Tensor): DType {
  return x.dtype === "bool" ? "int32" : x.dtype;
}

/** Real dtypes stay; whole numbers become float64. */
function real(x: Tensor): DType {
  return isFloat(x.dtype) ? x.dtype : "float64";
}

const negPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = -x[at];
  }
};

/** y = −x. */
export function neg(x: Tensor): Tensor {
  return apply(negPlane, x, arithmetic(x), 0, "neg");
}

const absPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.abs(x[at]);
  }
};

/** y = |x|. */
export function abs(x: Tensor): Tensor {
  return apply(absPlane, x, arithmetic(x), 0, "abs");
}

const signPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.sign(x[at]);
  }
};

/** y = −1, 0 or 1 by the sign of x. */
export function sign(x: Tensor): Tensor {
  return apply(signPlane, x, arithmetic(x));
}

const sqrtPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.sqrt(x[at]);
  }
};

/** y = √x; NaN for x < 0. */
export function sqrt(x: Tensor): Tensor {
  return apply(sqrtPlane, x, real(x), 0, "sqrt");
}

const expPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.exp(x[at]);
  }
};

/** y = eˣ. */
export function exp(x: Tensor): Tensor {
  return apply(expPlane, x, real(x));
}

const expm1Plane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.expm1(x[at]);
  }
};

/** y = eˣ − 1, exact for small x. */
export function expm1(x: Tensor): Tensor {
  return apply(expm1Plane, x, real(x));
}

const logPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.log(x[at]);
  }
};

/** y = log x; −∞ at 0, NaN below. */
export function log(x: Tensor): Tensor {
  return apply(logPlane, x, real(x));
}

const log1pPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.log1p(x[at]);
  }
};

/** y = log(1 + x), exact for small x. */
export function log1p(x: Tensor): Tensor {
  return apply(log1pPlane, x, real(x));
}

const sinPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.sin(x[at]);
  }
};

/** y = sin x, x in radians. */
export function sin(x: Tensor): Tensor {
  return apply(sinPlane, x, real(x));
}

const cosPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.cos(x[at]);
  }
};

/** y = cos x, x in radians. */
export function cos(x: Tensor): Tensor {
  return apply(cosPlane, x, real(x));
}

const tanhPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = Math.tanh(x[at]);
  }
};

/** y = tanh x. */
export function tanh(x: Tensor): Tensor {
  return apply(tanhPlane, x, real(x));
}

const sigmoidPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = 1 / (1 + Math.exp(-x[at]));
  }
};

/** y = 1 / (1 + e⁻ˣ). */
export function sigmoid(x: Tensor): Tensor {
  return apply(sigmoidPlane, x, real(x));
}

const erfPlane: UnaryPlane = (out, o, m, n, x, i, rowStep, step) => {
  for (let r = 0; r < m; r++, i += rowStep) {
    for (let k = 0, at = i; k < n; k++, at += step) out[o++] = errorFunction(x[at]);
  }
};

/** y = erf x = 2/√π ∫₀ˣ e^(−t²) dt. */
export function erf(x: Tensor): Tensor {
  return apply(erfPlane, x, real(x));
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
  return apply(isFloat(x.dtype) ? squarePlane : integerSquarePlane, x, arithmetic(x), 0, "square");
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
  return apply(reluPlane, x, x.dtype, 0, "relu");
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
  return apply(softplusPlane, x, real(x));
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
  return apply(leakyReluPlane, x, real(x), slope);
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
  return apply(eluPlane, x, real(x), alpha);
}
