/** The logistic function, its derivative and that of tanh, and the gate of gelu's tanh form: to their last digits at both ends. */
import { expOfNegative } from "./exponential.ts";

/** 1 / (1 + e^(−v)), to 3 units in the last place: e^v / (1 + e^v) below 0, where e^(−v) would overflow. */
export function logistic(v: number): number {
  const e = expOfNegative(v < 0 ? v : -v);
  return (v < 0 ? e : 1) / (1 + e);
}

/** σ(v) σ(−v) = e / (1 + e)², e = e^(−|v|), the derivative of σ, to 4 units in the last place. */
export function logisticDensityOf(v: number): number {
  const e = expOfNegative(-Math.abs(v));
  const d = 1 + e;
  return e / (d * d);
}

/** 1 / cosh² v = 4 e / (1 + e)², e = e^(−2|v|), to 4 units in the last place; 1 − tanh² v has none left from 19 on. */
export function squaredSech(v: number): number {
  return 4 * logisticDensityOf(2 * v);
}

const GATE_SCALE = 2 * Math.sqrt(2 / Math.PI);

/** σ(2u), u = √(2/π) (v + 0.044715 v³): relatively off by 2⁻⁵³ times 3 + 4 |2u|, at most, as e^(−2u) amplifies. */
export function geluGateOf(v: number): number {
  return logistic(GATE_SCALE * v * (1 + 0.044715 * v * v));
}
