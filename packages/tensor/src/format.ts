/**
 * Tensors as text in NumPy's layout: aligned columns, 8 decimals at the most, a blank line between matrices, the middle
 * of long axes left out, lines of up to 75 characters.
 */
import type { DType } from "./dtype.ts";

const PRECISION = 8;
const LINE_WIDTH = 75;
const EDGE_ITEMS = 3;
/** Number of elements beyond which only the edges are shown. */
const THRESHOLD = 1000;
/** Number of elements that are shown at the most. */
const MOST_SHOWN = 1_000_000;

/** Turns one element into text, all of one width. */
type FormatElement = (value: number) => string;

/** The decimal digits of |x|, without their point, which follows the first: |x| = d.ddd · 10^exponent. */
interface Digits {
  readonly digits: string;
  readonly exponent: number;
}

/** Whether |x| lies exactly between two decimal numbers with `decimals` digits after the point. */
function isTie(size: number, decimals: number): boolean {
  // Only an odd multiple of 2^(−decimals−1) has a 5, and nothing after it, in the place that is dropped.
  if (decimals >= 0) return Math.abs((size * 2 ** (decimals + 1)) % 2) === 1;
  // Beyond 10²² a tie has a factor 5²³, too long for 53 bits; up to there the powers of ten are exact.
  return decimals >= -22 && size % 10 ** -decimals === 10 ** -decimals / 2;
}

/** |x| with `places` digits after the first, rounded to the nearest; ties go to the even digit. */
function rounded(x: number, places: number): Digits {
  const [mantissa, power] = Math.abs(x).toExponential(places).split("e");
  const digits = mantissa.replace(".", "");
  const exponent = Number(power);
  const last = Number(digits.at(-1));
  // toExponential rounds ties up, so an odd last digit came from an even one below.
  if (last % 2 === 1 && isTie(Math.abs(x), places - exponent)) {
    return { digits: digits.slice(0, -1) + String(last - 1), exponent };
  }
  return { digits, exponent };
}

/** The fewest digits that the dtype reads back as x. */
function shortest(x: number, dtype: DType): Digits {
  if (dtype === "float32") {
    for (let places = 0; places < 9; places++) {
      const candidate = rounded(x, places);
      const { digits, exponent } = candidate;
      if (Math.fround(Number(`${digits}e${exponent - places}`)) === Math.abs(x)) return candidate;
    }
  }
  const [mantissa, power] = Math.abs(x).toExponential().split("e");
  return { digits: mantissa.replace(".", ""), exponent: Number(power) };
}

function sign(x: number): string {
  return x < 0 || Object.is(x, -0) ? "-" : "";
}

/** The digits before and after the point of a number written without exponent. */
function layOut({ digits, exponent }: Digits): [string, string] {
  if (exponent < 0) return ["0", "0".repeat(-exponent - 1) + digits];
  const padded = digits.padEnd(exponent + 1, "0");
  return [padded.slice(0, exponent + 1), padded.slice(exponent + 1)];
}

function powerOf(exponent: number): string {
  return `e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** The integer part, all of its digits x's own, and at most 8 decimals, without trailing zeros. */
function positional(x: number, dtype: DType): [string, string] {
  let number = shortest(x, dtype);
  const decimalsNeeded = number.digits.length - 1 - number.exponent;
  if (decimalsNeeded > PRECISION) number = rounded(x, PRECISION + number.exponent);
  else if (decimalsNeeded < 0) number = rounded(x, number.exponent);
  const [whole, decimals] = layOut(number);
  return [sign(x) + whole, decimals.replace(/0+$/, "")];
}

/** How many decimals the mantissa of x needs, 8 at the most. */
function scientificDecimals(x: number, dtype: DType): number {
  const number = shortest(x, dtype);
  const { digits } = number.digits.length - 1 > PRECISION ? rounded(x, PRECISION) : number;
  return digits.slice(1).replace(/0+$/, "").length;
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, text.length), 0);
}

/** One format for all `values`: positional, or scientific where magnitudes are too large, small or far apart. */
function floatFormat(values: readonly number[], dtype: DType): FormatElement {
  const finite = values.filter(Number.isFinite);
  let [largest, smallest] = [0, Number.POSITIVE_INFINITY];
  for (const value of finite) {
    if (value === 0) continue;
    largest = Math.max(largest, Math.abs(value));
    smallest = Math.min(smallest, Math.abs(value));
  }
  const ratio = dtype === "float32" ? Math.fround(largest / smallest) : largest / smallest;
  const isScientific = largest >= 1e8 || smallest < 1e-4 || ratio > 1000;
  const special = widest(values.filter((v) => !Number.isFinite(v)).map(nameOf));
  if (isScientific) {
    const decimals = finite.reduce((most, v) => Math.max(most, scientificDecimals(v, dtype)), 0);
    // All mantissas get the same number of decimals, as exact digits: zeros would claim a precision that is not there.
    const write = (x: number): string => {
      const { digits, exponent } = rounded(x, decimals);
      return `${sign(x)}${digits[0]}.${digits.slice(1)}${powerOf(exponent)}`;
    };
    const power = widest(finite.map((v) => powerOf(rounded(v, decimals).exponent)));
    const width = Math.max(special, widest(finite.map(write)));
    return (x) => {
      if (!Number.isFinite(x)) return nameOf(x).padStart(width);
      const [mantissa, exponent] = write(x).split("e");
      return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(power - 2, "0")}`.padStart(width);
    };
  }
  const parts = finite.map((v) => positional(v, dtype));
  const right = widest(parts.map((p) => p[1]));
  const left = Math.max(widest(parts.map((p) => p[0])), special - right - 1);
  return (x) => {
    if (!Number.isFinite(x)) return nameOf(x).padStart(left + right + 1);
    const [whole, fraction] = positional(x, dtype);
    return `${whole.padStart(left)}.${fraction.padEnd(right)}`;
  };
}

function nameOf(x: number): string {
  return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
}

function plain(x: number, dtype: DType): string {
  return dtype === "bool" ? String(x !== 0) : String(x);
}

/** The indices that are shown along an axis; −1 stands for those left out. */
function shownIndices(length: number, edges: number): number[] {
  if (length <= 2 * edges) return Array.from({ length }, (_, i) => i);
  const edge = Array.from({ length: edges }, (_, i) => i);
  return [...edge, -1, ...edge.map((i) => length - edges + i)];
}

/** A single number: as short as it can be read back, with a point if it is real. */
function formatScalar(x: number, dtype: DType): string {
  if (dtype === "bool" || dtype === "int32") return plain(x, dtype);
  if (!Number.isFinite(x)) return nameOf(x);
  const size = Math.abs(x);
  const number = shortest(x, dtype);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    const { digits, exponent } = number;
    return `${sign(x)}${digits[0]}${digits.length > 1 ? "." : ""}${digits.slice(1)}${powerOf(exponent)}`;
  }
  const [whole, decimals] = layOut(number);
  return `${sign(x)}${whole}.${decimals || "0"}`;
}

/** Elements in memory, as a Tensor has them. */
interface Elements {
  readonly data: { readonly [index: number]: number };
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
  readonly size: number;
}

/** The text of a tensor, as NumPy's `str` gives it. */
export function formatTensor(x: Elements): string {
  const { data, shape, strides, offset, dtype, size } = x;
  if (shape.length === 0) return formatScalar(data[offset], dtype);
  if (size === 0) return "[]";
  let edges = size > THRESHOLD ? EDGE_ITEMS : size;
  // Many axes multiply what their edges show.
  while (edges > 1 && shape.reduce((count, length) => count * Math.min(length, 2 * edges), 1) > MOST_SHOWN) edges--;
  const shown = shape.map((length) => shownIndices(length, edges));
  if (shown.reduce((count, indices) => count * indices.length, 1) > MOST_SHOWN) return "[...]";
  const values: number[] = [];
  const collect = (axis: number, at: number): void => {
    if (axis === shape.length) values.push(data[at]);
    else for (const i of shown[axis]) if (i >= 0) collect(axis + 1, at + i * strides[axis]);
  };
  collect(0, offset);
  const width = widest(values.map((v) => plain(v, dtype)));
  const whole = dtype === "bool" || dtype === "int32";
  const format = whole ? (v: number) => plain(v, dtype).padStart(width) : floatFormat(values, dtype);

  const rows = (axis: number, at: number, indent: string, lineWidth: number): string => {
    if (axis === shape.length - 1) {
      const lines: string[] = [];
      let line = indent;
      for (const i of shown[axis]) {
        const word = i < 0 ? "..." : format(data[at + i * strides[axis]]);
        if (line.length + word.length > lineWidth - 1 && line.length > indent.length) {
          lines.push(line.trimEnd());
          line = indent;
        }
        line += `${word} `;
      }
      lines.push(line.slice(0, -1));
      return `[${lines.join("\n").slice(indent.length)}]`;
    }
    const parts = shown[axis].map((i) =>
      i < 0 ? "..." : rows(axis + 1, at + i * strides[axis], `${indent} `, lineWidth - 1),
    );
    return `[${parts.join("\n".repeat(shape.length - 1 - axis) + indent)}]`;
  };
  return rows(0, offset, " ", LINE_WIDTH);
}
