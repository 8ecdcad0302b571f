/** Random numbers as ONNX: Philox4x32-10 in integers, so that the same numbers are drawn as by the library. */
import { sizeOf } from "@adjoint/tensor";
import type { Emitter, OnnxValue } from "../emitter.ts";
import { type LoweredNode, type Lowering, whole } from "../lowering.ts";
import { Refusal } from "../refusal.ts";

interface RandomAttributes {
  readonly key: number;
  readonly counter: number;
}

/** The first version with operators on bits. */
export const opsetOfBits = 18;

const word = 2 ** 32 - 1;
const number = (out: Emitter, value: number): OnnxValue => out.scalar(value, "uint64");
const and = (out: Emitter, a: OnnxValue, b: OnnxValue): OnnxValue => out.map("BitwiseAnd", [a, b]);
const xor = (out: Emitter, ...xs: readonly OnnxValue[]): OnnxValue =>
  xs.reduce((a, b) => out.map("BitwiseXor", [a, b]));
const shifted = (out: Emitter, x: OnnxValue, direction: "LEFT" | "RIGHT", bits: number): OnnxValue =>
  out.map("BitShift", [x, number(out, bits)], { direction });

/** The four words of each block. Source: Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3 (2011). */
function philox(out: Emitter, counter: OnnxValue, key: OnnxValue): OnnxValue[] {
  const low = (x: OnnxValue): OnnxValue => and(out, x, number(out, word));
  const high = (x: OnnxValue): OnnxValue => shifted(out, x, "RIGHT", 32);
  let [c0, c1, c2, c3] = [low(counter), high(counter), number(out, 0), number(out, 0)];
  let [k0, k1] = [low(key), high(key)];
  for (let round = 0; round < 10; round++) {
    // Products of 32 bits each way fit in 64.
    const [p0, p1] = [out.map("Mul", [c0, number(out, 0xd2511f53)]), out.map("Mul", [c2, number(out, 0xcd9e8d57)])];
    [c0, c1, c2, c3] = [xor(out, high(p1), c1, k0), low(p1), xor(out, high(p0), c3, k1), low(p0)];
    k0 = low(out.map("Add", [k0, number(out, 0x9e3779b9)]));
    k1 = low(out.map("Add", [k1, number(out, 0xbb67ae85)]));
  }
  return [c0, c1, c2, c3];
}

/** Key and counter of each element of a draw: those of the state, if there is one, and of the attributes added. */
function startOf(out: Emitter, state: OnnxValue | undefined, { key, counter }: RandomAttributes): OnnxValue[] {
  if (state === undefined) return [number(out, key), number(out, counter)];
  return [key, counter].map((first, i) => {
    const base = out.reshape(out.slice(state, [{ start: i, step: 1, length: 1 }]), []);
    return out.cast(out.map("Add", [base, first]), "uint64");
  });
}

/** A row of a distribution: from the words of the blocks to numbers. */
const drawing = (draw: (out: Emitter, words: readonly OnnxValue[], node: LoweredNode) => OnnxValue): Lowering =>
  whole<never>((out, [state], node) => {
    if (out.opset < opsetOfBits) {
      throw new Refusal(
        `random numbers need bit operators, of opset ${opsetOfBits} and later; this is opset ${out.opset}`,
      );
    }
    if (node.shape.some((n) => out.grows(n))) throw new Refusal("it draws for each sample of a batch of any size");
    const [key, counter] = startOf(out, state, node.attributes);
    const count = sizeOf(node.shape);
    const range = ["first", "limit", "step"].map((_, i) => out.scalar([0, count, 1][i], "int64"));
    const places = out.cast(out.emit("Range", range, { shape: [count], type: "int64" }), "uint64");
    const words = philox(out, out.map("Add", [places, counter]), key);
    return out.reshape(draw(out, words, node), node.shape);
  });

/** 53 bits of two words as a real number in [0, 1): float64. */
function unit(out: Emitter, high: OnnxValue, low: OnnxValue): OnnxValue {
  const bits = out.map("Add", [shifted(out, high, "LEFT", 21), shifted(out, low, "RIGHT", 11)]);
  return out.map("Mul", [out.cast(bits, "float64"), 2 ** -53]);
}

export const randomOps = {
  randomBernoulli: drawing((out, [high, low], { attributes, dtype }) => {
    const { p } = attributes as { readonly p: number };
    return out.cast(out.map("Less", [unit(out, high, low), p]), dtype);
  }),
  randomUniform: drawing((out, [high, low], { dtype }) => {
    if (dtype === "float64") return unit(out, high, low);
    const bits = out.cast(shifted(out, high, "RIGHT", 8), "float32");
    return out.map("Mul", [bits, 2 ** -24]);
  }),
  randomNormal: drawing((out, [a, b, c, d], { dtype }) => {
    // 1 − u is exact: u is a multiple of 2⁻⁵³.
    const rest = out.map("Sub", [1, unit(out, a, b)]);
    const radius = out.map("Sqrt", [out.map("Mul", [out.map("Log", [rest]), -2])]);
    const turn = out.map("Cos", [out.map("Mul", [unit(out, c, d), 2 * Math.PI])]);
    return out.cast(out.map("Mul", [radius, turn]), dtype);
  }),
};
