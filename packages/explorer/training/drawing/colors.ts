/**
 * Colours of the charts: those of Okabe and Ito, which people with colour blindness tell apart, and for dark pages
 * paler ones of the same hues.
 */
import type { Theme } from "../../src/drawing/painting/colors.ts";
import type { RecordedQuantity } from "../../src/training/record.ts";

export interface ChartColors {
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly surface: string;
  readonly batch: string;
  readonly training: string;
  readonly heldOut: string;
  readonly quantity: { readonly [Q in RecordedQuantity]: string };
  readonly median: string;
  /** Of numbers below and above zero. */
  readonly below: string;
  readonly above: string;
  /** Fill and border by class. */
  readonly classes: readonly string[];
}

export const chartColors: { readonly [T in Theme]: ChartColors } = {
  light: {
    text: "#1a202c",
    faint: "#4a5568",
    line: "#d5dae1",
    surface: "#ffffff",
    batch: "#9cc9e6",
    training: "#0072b2",
    heldOut: "#d55e00",
    quantity: { activations: "#0072b2", gradients: "#9b1c43", weights: "#00755a" },
    median: "#000000",
    below: "#2166ac",
    above: "#b2182b",
    classes: ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00"],
  },
  dark: {
    text: "#f1f5f9",
    faint: "#b4bfcc",
    line: "#3a424e",
    surface: "#14171c",
    batch: "#2c5a7d",
    training: "#56b4e9",
    heldOut: "#f0a04b",
    quantity: { activations: "#7cc4f0", gradients: "#ffa3b8", weights: "#6fd6b4" },
    median: "#ffffff",
    below: "#6fb3ff",
    above: "#ff7b7b",
    classes: ["#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#0072b2", "#d55e00"],
  },
};

/** Red, green and blue of a colour, 0 … 255. */
export function channels(color: string): readonly [number, number, number] {
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** The colour of a number: blue below zero, red above, the paper's at zero. `scale` is the largest size. */
export function signed(value: number, scale: number, { surface, below, above }: ChartColors): [number, number, number] {
  const share = scale === 0 ? 0 : Math.min(1, Math.abs(value) / scale);
  const [paper, ink] = [channels(surface), channels(value < 0 ? below : above)];
  return [0, 1, 2].map((i) => Math.round(paper[i] + (ink[i] - paper[i]) * share)) as [number, number, number];
}
