/**
 * The colour scale: blue below zero, red above, the background's grey at zero. Its ends and middle can be told apart by
 * people who confuse red and green.
 */
import type { Theme } from "./colors.ts";

type Rgb = readonly [red: number, green: number, blue: number];

const scales: { readonly [T in Theme]: readonly [below: Rgb, zero: Rgb, above: Rgb] } = {
  light: [
    [33, 102, 172],
    [247, 247, 247],
    [178, 24, 43],
  ],
  dark: [
    [103, 169, 232],
    [38, 43, 51],
    [240, 112, 103],
  ],
};

/** The colour of a number on a scale that ends at ±`largest`. */
export function scaleColor(value: number, largest: number, theme: Theme): Rgb {
  const [below, zero, above] = scales[theme];
  const share = largest > 0 ? Math.min(1, Math.abs(value) / largest) : 0;
  const end = value < 0 ? below : above;
  return [0, 1, 2].map((c) => Math.round(zero[c] + (end[c] - zero[c]) * share)) as unknown as Rgb;
}

/** How much of the colour stands behind a number, so that dark and light text can be read on it. */
const tint = 0.38;

/** How strongly the colour of its end stands behind a number, 0 … 1. */
export function cellTint(value: number, largest: number): number {
  if (!Number.isFinite(value)) return 0;
  return Math.round((largest > 0 ? Math.min(1, Math.abs(value) / largest) : 0) * tint * 1000) / 1000;
}

/** The colour behind a number, as CSS. */
export function cellColor(value: number, largest: number, theme: Theme): string {
  if (!Number.isFinite(value)) return "transparent";
  const [below, , above] = scales[theme];
  const [red, green, blue] = value < 0 ? below : above;
  return `rgba(${red}, ${green}, ${blue}, ${cellTint(value, largest)})`;
}

function css([red, green, blue]: Rgb): string {
  return `rgb(${red}, ${green}, ${blue})`;
}

/** The colours below zero, at zero and above, as CSS. */
export function scaleEnds(theme: Theme): readonly [below: string, zero: string, above: string] {
  const [below, zero, above] = scales[theme];
  return [css(below), css(zero), css(above)];
}

/** The colour of a number's end, and how much of it covers the colour of zero, each 0 … 255: for pictures that lie on it. */
export function scaleLayer(value: number, largest: number, theme: Theme): readonly [...Rgb, alpha: number] {
  const share = largest > 0 ? Math.min(1, Math.abs(value) / largest) : 0;
  const [below, , above] = scales[theme];
  return [...(value < 0 ? below : above), Number.isNaN(value) ? 0 : Math.round(255 * share)];
}

/** The scale as a gradient of CSS, from −largest to largest. */
export function scaleGradient(theme: Theme): string {
  return `linear-gradient(to right, ${scaleEnds(theme).join(", ")})`;
}
