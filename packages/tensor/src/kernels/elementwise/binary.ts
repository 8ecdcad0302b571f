/**
 * Elementwise functions of two tensors, with NumPy's broadcasting and promotion. Each writes out its own loop over a
 * plane, so that each is compiled for what it computes. An operand may be a plain number, which never widens a float
 * tensor.
 */
import { type DType, promote } from "../../dtype.ts";
import { DTypeError } from "../../errors.ts";
import { Tensor } from "../../tensor.ts";
import { type Operand, operands } from "./operands.ts";
import { applyPair, type BinaryPlane } from "./pairs.ts";

/** The common dtype of two numbers; truth values are counted. */
function arithmetic(a: Tensor, b: Tensor): DType {
  const dtype = promote(a.dtype, b.dtype);
  return dtype === "bool" ? "int32" : dtype;
}

const addPlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = a[p] + b[q];
  }
};

/** y = a + b; of truth values, a or b. */
export function add(a: Operand, b: Operand): Tensor {
  if (!(a instanceof Tensor && b instanceof Tensor)) return add(...operands("add", a, b));
  const dtype = promote(a.dtype, b.dtype);
  return applyPair("add", dtype === "bool" ? maximumPlane : addPlane, a, b, dtype, "add");
}

const subPlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = a[p] - b[q];
  }
};

/** y = a − b. */
export function sub(a: Operand, b: Operand): Tensor {
  if (!(a instanceof Tensor && b instanceof Tensor)) return sub(...operands("sub", a, b));
  return applyPair("sub", subPlane, a, b, arithmetic(a, b), "sub");
}

const mulPlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = a[p] * b[q];
  }
};

/** Whole numbers, exact modulo 2³²: float64 could not hold every product. */
const integerMulPlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = Math.imul(a[p], b[q]);
  }
};

/** y = a · b. */
export function mul(a: Operand, b: Operand): Tensor {
  if (!(a instanceof Tensor && b instanceof Tensor)) return mul(...operands("mul", a, b));
  const dtype = promote(a.dtype, b.dtype);
  return applyPair("mul", dtype === "int32" ? integerMulPlane : mulPlane, a, b, dtype, "mul");
}

const divPlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = a[p] / b[q];
  }
};

/** y = a / b; whole numbers divide to float64, division by 0 gives ±∞ or NaN. */
export function div(a: Operand, b: Operand): Tensor {
  if (!(a instanceof Tensor && b instanceof Tensor)) return div(...operands("div", a, b));
  const dtype = promote(a.dtype, b.dtype);
  return applyPair("div", divPlane, a, b, dtype === "float32" ? "float32" : "float64", "div");
}

const powPlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = a[p] ** b[q];
  }
};

/** A whole power of a whole number, exact modulo 2³²: by squaring. */
function integerPower(base: number, exponent: number): number {
  let power = 1;
  for (let left = exponent; left > 0; left >>= 1) {
    if (left & 1) power = Math.imul(power, base);
    base = Math.imul(base, base);
  }
  return power;
}

const integerPowPlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) {
      if (b[q] < 0) throw negativePower(a[p], b[q]);
      out[o++] = integerPower(a[p], b[q]);
    }
  }
};

function negativePower(base: number, exponent: number): DTypeError {
  return new DTypeError({
    op: "pow",
    problem: `${base} to the power of ${exponent} is no whole number`,
    argument: "b",
    expected: "exponents ≥ 0 for int32",
    received: String(exponent),
    hint: 'Cast the base to "float32" or "float64" first.',
  });
}

/**
 * y = a^b. Whole numbers to whole powers are exact modulo 2³².
 * @throws DTypeError for a negative power of whole numbers
 */
export function pow(a: Operand, b: Operand): Tensor {
  if (!(a instanceof Tensor && b instanceof Tensor)) return pow(...operands("pow", a, b));
  const dtype = arithmetic(a, b);
  return applyPair("pow", dtype === "int32" ? integerPowPlane : powPlane, a, b, dtype);
}

/** a − b ⌊a / b⌋, exactly: JavaScript's % has the sign of a, this the sign of b. */
function remainderOf(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

const remainderPlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = remainderOf(a[p], b[q]);
  }
};

const integerRemainderPlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) {
      if (b[q] === 0) throw noRemainder(a[p]);
      out[o++] = remainderOf(a[p], b[q]);
    }
  }
};

function noRemainder(a: number): DTypeError {
  return new DTypeError({
    op: "remainder",
    problem: `${a} divided by 0 leaves no whole number`,
    argument: "b",
    expected: "divisors other than 0 for int32",
    received: "0",
    hint: 'Cast to "float32" or "float64" first: there the remainder is NaN.',
  });
}

/**
 * What is left of a divided by b, with the sign of b, as in Python; NaN for b = 0.
 * @throws DTypeError for whole numbers divided by 0
 */
export function remainder(a: Operand, b: Operand): Tensor {
  if (!(a instanceof Tensor && b instanceof Tensor)) return remainder(...operands("remainder", a, b));
  const dtype = arithmetic(a, b);
  return applyPair("remainder", dtype === "int32" ? integerRemainderPlane : remainderPlane, a, b, dtype);
}

const atan2Plane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = Math.atan2(a[p], b[q]);
  }
};

/** The angle of the point (b, a) in (−π, π]; whole numbers give float64. */
export function atan2(a: Operand, b: Operand): Tensor {
  if (!(a instanceof Tensor && b instanceof Tensor)) return atan2(...operands("atan2", a, b));
  const dtype = promote(a.dtype, b.dtype);
  return applyPair("atan2", atan2Plane, a, b, dtype === "float32" ? "float32" : "float64");
}

const maximumPlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = Math.max(a[p], b[q]);
  }
};

/** y = max(a, b); NaN if one is. */
export function maximum(a: Operand, b: Operand): Tensor {
  if (!(a instanceof Tensor && b instanceof Tensor)) return maximum(...operands("maximum", a, b));
  return applyPair("maximum", maximumPlane, a, b, promote(a.dtype, b.dtype));
}

const minimumPlane: BinaryPlane = (out, o, m, n, a, i, aRow, aStep, b, j, bRow, bStep) => {
  for (let r = 0; r < m; r++, i += aRow, j += bRow) {
    for (let k = 0, p = i, q = j; k < n; k++, p += aStep, q += bStep) out[o++] = Math.min(a[p], b[q]);
  }
};

/** y = min(a, b); NaN if one is. */
export function minimum(a: Operand, b: Operand): Tensor {
  if (!(a instanceof Tensor && b instanceof Tensor)) return minimum(...operands("minimum", a, b));
  return applyPair("minimum", minimumPlane, a, b, promote(a.dtype, b.dtype));
}
