/** Numbers for people. */
import { scientific } from "../../src/power-of-ten.ts";

/** About three digits: `0.0123`, `2.3·10⁻⁹`; what is not finite by its name. */
export function about(value: number, digits = 3): string {
  if (!Number.isFinite(value) || value === 0) return String(value).replace("-", "−");
  const size = Math.abs(value);
  if (size >= 0.001 && size < 10_000) return String(Number(value.toPrecision(digits))).replace("-", "−");
  return scientific(value, 2);
}

/** A size to one digit: `400`, `2·10⁻⁹`, for what is known no better. */
export function roughly(value: number): string {
  if (!Number.isFinite(value) || value === 0) return String(value);
  if (value >= 0.01 && value < 10_000) return String(Number(value.toPrecision(1)));
  return scientific(value, 1);
}

/** A share in percent: `97.5 %`; a dash where there is none. */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : "–";
}
