/** Powers of ten as people write them: the same in boxes, tables, charts and sentences. */

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A power of ten: `10⁻³`. */
export function powerOfTen(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => superscripts[Number(digit)]).join("");
  return `10${exponent < 0 ? "⁻" : ""}${digits}`;
}

/** A number as a factor with so many significant digits and a power of ten: `2.5·10⁻³`, `10⁻³`. */
export function scientific(x: number, digits: number): string {
  if (x === 0) return "0";
  const [mantissa, exponent] = x.toExponential(digits - 1).split("e");
  const factor = String(Number(mantissa)).replace("-", "−");
  const power = powerOfTen(Number(exponent));
  return factor === "1" ? power : factor === "−1" ? `−${power}` : `${factor}·${power}`;
}
