/** Numbers as they are written in boxes, figures and sentences. */
import { scientific } from "../../power-of-ten.ts";

/** A number with as many significant digits as said. */
export function numberText(x: number, digits = 5): string {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "NaN" : x > 0 ? "∞" : "−∞";
  const size = Math.abs(x);
  const isExtreme = size !== 0 && (size >= 1e6 || size < 1e-3);
  return isExtreme ? scientific(x, Math.min(3, digits)) : String(Number(x.toPrecision(digits))).replace("-", "−");
}

/** A number for a cell of a table: five characters, a sign aside. */
export function cellText(x: number): string {
  if (!Number.isFinite(x) || x === 0) return numberText(x);
  const size = Math.abs(x);
  if (Number.isInteger(x) && size < 100_000) return numberText(x, 6);
  // What three decimals would round to nothing, or to half as much again.
  if (size < 0.00095 || size >= 99_999.5) return scientific(x, 1);
  const decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size < 0.1 ? 3 : 2;
  return String(Number(x.toFixed(decimals))).replace("-", "−");
}

/** A number for a cell that has room: three significant digits, so that products can be followed. */
export function wideCellText(x: number): string {
  const size = Math.abs(x);
  if (size >= 1) return cellText(x);
  return size >= 1e-4 ? String(Number(x.toPrecision(3))).replace("-", "−") : numberText(x, 3);
}

/** The next of 1, 2, 5, 10, 20, … that is not smaller: where a scale that several things share may end. */
export function niceEnd(x: number): number {
  if (!(x > 0) || !Number.isFinite(x)) return 1;
  const power = 10 ** Math.floor(Math.log10(x));
  for (const factor of [1, 2, 5]) if (factor * power >= x * (1 - 1e-9)) return factor * power;
  return 10 * power;
}
