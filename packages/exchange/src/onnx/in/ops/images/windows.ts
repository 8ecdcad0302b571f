/** Sliding windows as ONNX writes them: pads of each side, auto_pad, ceil_mode, any number of axes. */
import type { NodeCall } from "../../nodes/call.ts";
import type { Width } from "./padding.ts";

/** The numbers of a window along one axis. */
export interface AxisWindow {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pads: Width;
  readonly count: number;
  /** Zeros beyond the padding after the axis that the last window of ceil_mode reads; negative where some is not read. */
  readonly extra: number;
}

const listOf = (node: NodeCall, name: string, n: number): readonly number[] => {
  const given = node.ints(name);
  const list = given === undefined || given.length === 0 ? new Array<number>(n).fill(1) : given;
  if (list.length === n && list.every((k) => Number.isInteger(k) && k >= 1 && k <= 2 ** 31)) return list;
  throw node.refuse(`has ${name} [${list.join(", ")}]`, { expected: `${n} integers ≥ 1` });
};

export const autoPads = ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"] as const;

/** The pads of n axes as they are written; null where auto_pad says them. */
export function writtenPads(node: NodeCall, n: number) {
  const auto = node.choice("auto_pad", autoPads, "NOTSET");
  const given = node.ints("pads");
  const pads =
    auto !== "NOTSET" || given === undefined || given.length === 0 ? new Array<number>(2 * n).fill(0) : given;
  if (pads.length !== 2 * n || pads.some((k) => !Number.isInteger(k) || Math.abs(k) > 2 ** 31)) {
    throw node.refuse(`has pads [${pads.join(", ")}]`, { expected: `${2 * n} integers` });
  }
  return { pads: Array.from({ length: n }, (_, i): Width => [pads[i], pads[i + n]]), auto };
}

/** The strides and dilations of n axes. */
export function stepsOf(node: NodeCall, n: number) {
  return { strides: listOf(node, "strides", n), dilations: listOf(node, "dilations", n) };
}

/** A total of padding in two halves: of an odd one `SAME_UPPER` puts more after. */
export function halvesOf(total: number, auto: (typeof autoPads)[number]): Width {
  const half = Math.floor(total / 2);
  return auto === "SAME_UPPER" ? [half, total - half] : [total - half, half];
}

/** The window over each axis of `lengths`. */
export function windowsOf(
  node: NodeCall,
  lengths: readonly number[],
  sizes: readonly number[],
  { ceil = false }: { readonly ceil?: boolean } = {},
): AxisWindow[] {
  const n = lengths.length;
  const { strides, dilations } = stepsOf(node, n);
  const { pads, auto } = writtenPads(node, n);
  if (sizes.length !== n) throw node.refuse(`has windows of ${sizes.length} axes over ${n}`);
  return lengths.map((length, i): AxisWindow => {
    const [size, stride, dilation] = [sizes[i], strides[i], dilations[i]];
    const span = dilation * (size - 1) + 1;
    let [before, after] = pads[i];
    if (auto === "SAME_UPPER" || auto === "SAME_LOWER") {
      const total = Math.max(0, (Math.ceil(length / stride) - 1) * stride + span - length);
      [before, after] = halvesOf(total, auto);
    }
    const whole = length + before + after;
    let count = (ceil ? Math.ceil : Math.floor)((whole - span) / stride) + 1;
    // A window of the last zeros alone is left out.
    if (ceil && (count - 1) * stride >= length + before) count--;
    if (!(count >= 1)) {
      throw node.refuse(`slides windows over ${span} elements along an axis of ${length}, padded to ${whole}`);
    }
    return { size, stride, dilation, pads: [before, after], count, extra: (count - 1) * stride + span - whole };
  });
}
