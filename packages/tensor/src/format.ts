/**
 * Tensors as text in NumPy's layout: aligned columns, 8 decimals at the most, a blank line between matrices, the middle
 * of long axes left out, lines of up to 75 characters.
 */
import type { DType } from "./dtype.ts";
import type { Tensor } from "./tensor.ts";

const PRECISION = 8;
const LINE_WIDTH = 75;
const EDGE_ITEMS = 3;
/** Number of elements beyond which only the edges are shown. */
const THRESHOLD = 1000;

/** Turns one element into text, all of one width. */
type FormatElement = (value: number) => string;

/** Digits and exponent of the shortest decimal number that the dtype reads back as x: [−]d.ddd and e. */
function shortest(x: number, dtype: DType): { mantissa: string; exponent: number } {
  let text = x.toExponential();
  if (dtype === "float32") {
    for (let digits = 0; digits < 9; digits++) {
      const candidate = x.toExponential(digits);
      if (Math.fround(Number(candidate)) === x) {
        text = candidate;
        break;
      }
    }
  }
  const [mantissa, exponent] = text.split("e");
  return { mantissa, exponent: Number(exponent) };
}

function sign(x: number): string {
  return Object.is(x, -0) ? "-" : "";
}

/** The integer part and the decimals, without trailing zeros. */
function positional(x: number, dtype: DType): [string, string] {
  const { mantissa, exponent } = shortest(x, dtype);
  const digits = (mantissa.split(".")[1] ?? "").length;
  const text = x.toFixed(Math.min(PRECISION, Math.max(0, digits - exponent)));
  const [whole, decimals = ""] = text.split(".");
  return [sign(x) + whole, decimals.replace(/0+$/, "")];
}

/** The mantissa's integer part and decimals, and the exponent as e+dd. */
function scientific(x: number, dtype: DType): [string, string, string] {
  let { mantissa, exponent } = shortest(x, dtype);
  if (mantissa.length > PRECISION + 3) {
    const [rounded, power] = x.toExponential(PRECISION).split("e");
    [mantissa, exponent] = [rounded, Number(power)];
  }
  const [whole, decimals = ""] = mantissa.split(".");
  const power = `e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  return [sign(x) + whole, decimals.replace(/0+$/, ""), power];
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, text.length), 0);
}

/** One format for all `values`: positional, or scientific where magnitudes are too large, small or far apart. */
function floatFormat(values: readonly number[], dtype: DType): FormatElement {
  const finite = values.filter(Number.isFinite);
  const sizes = finite.map(Math.abs).filter((v) => v !== 0);
  const [largest, smallest] = [Math.max(...sizes), Math.min(...sizes)];
  const isScientific = sizes.length > 0 && (largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000);
  const special = widest(values.filter((v) => !Number.isFinite(v)).map(nameOf));
  if (isScientific) {
    const parts = finite.map((v) => scientific(v, dtype));
    const decimals = widest(parts.map((p) => p[1]));
    const power = widest(parts.map((p) => p[2]));
    const left = Math.max(widest(parts.map((p) => p[0])), special - decimals - power - 1);
    return (x) => {
      if (!Number.isFinite(x)) return nameOf(x).padStart(left + decimals + power + 1);
      const [whole, fraction, exponent] = scientific(x, dtype);
      return `${whole.padStart(left)}.${fraction.padEnd(decimals, "0")}${exponent}`;
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
function shownIndices(length: number, abridged: boolean): number[] {
  if (!abridged || length <= 2 * EDGE_ITEMS) return Array.from({ length }, (_, i) => i);
  const edge = Array.from({ length: EDGE_ITEMS }, (_, i) => i);
  return [...edge, -1, ...edge.map((i) => length - EDGE_ITEMS + i)];
}

/** A single number: as short as it can be read back, with a point if it is real. */
function formatScalar(x: number, dtype: DType): string {
  if (dtype === "bool" || dtype === "int32") return plain(x, dtype);
  if (!Number.isFinite(x)) return nameOf(x);
  const size = Math.abs(x);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    const { mantissa, exponent } = shortest(x, dtype);
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const { mantissa, exponent } = shortest(x, dtype);
  const digits = (mantissa.split(".")[1] ?? "").length;
  return sign(x) + x.toFixed(Math.min(20, Math.max(1, digits - exponent)));
}

/** The text of a tensor, as NumPy's `str` gives it. */
export function formatTensor(x: Tensor): string {
  const { data, shape, strides, offset, dtype, size } = x;
  if (shape.length === 0) return formatScalar(data[offset], dtype);
  if (size === 0) return "[]";
  const abridged = size > THRESHOLD;
  const shown = shape.map((length) => shownIndices(length, abridged));
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
