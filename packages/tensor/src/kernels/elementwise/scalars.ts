/** Functions of numbers that elementwise kernels need and JavaScript lacks. */
import { DTypeError } from "../../errors.ts";

/** Adding and taking away 2⁵² rounds a smaller number to a whole one, halves to the even neighbour (IEEE 754). */
const shift = 2 ** 52;

/** The nearest integer, halves to the even one. */
export function toEven(v: number): number {
  if (!(Math.abs(v) < shift)) return v;
  return v < 0 || Object.is(v, -0) ? -(shift - v - shift) : shift + v - shift;
}

/** A whole power of an integer, exact modulo 2³²: by squaring. @throws DTypeError for a negative exponent */
export function integerPower(base: number, exponent: number): number {
  if (exponent < 0) throw negativePower(base, exponent);
  let power = 1;
  for (let left = exponent; left > 0; left >>= 1) {
    if (left & 1) power = Math.imul(power, base);
    base = Math.imul(base, base);
  }
  return power;
}

function negativePower(base: number, exponent: number): DTypeError {
  return DTypeError.of("pow", "b", exponent, "exponents ≥ 0 for int32", {
    problem: `${base} to the power of ${exponent} is not an integer`,
    hint: 'Cast the base to "float32" or "float64" first.',
  });
}

/** a − b ⌊a / b⌋, exactly: JavaScript's % has the sign of a, this the sign of b. */
export function remainderOf(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

/** {@link remainderOf} for integers. @throws DTypeError for b = 0 */
export function integerRemainder(a: number, b: number): number {
  if (b === 0) throw noRemainder(a);
  return remainderOf(a, b);
}

function noRemainder(a: number): DTypeError {
  return DTypeError.of("remainder", "b", 0, "divisors other than 0 for int32", {
    problem: `${a} divided by 0 has no integer remainder`,
    hint: 'Cast to "float32" or "float64" first: there the remainder is NaN.',
  });
}
