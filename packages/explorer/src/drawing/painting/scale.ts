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

/** The colour behind a number, as CSS. */
export function cellColor(value: number, largest: number, theme: Theme): string {
  if (!Number.isFinite(value)) return "transparent";
  const [below, , above] = scales[theme];
  const share = largest > 0 ? Math.min(1, Math.abs(value) / largest) : 0;
  const [red, green, blue] = value < 0 ? below : above;
  return `rgba(${red}, ${green}, ${blue}, ${Math.round(share * tint * 1000) / 1000})`;
}

/** The scale as a gradient of CSS, from −largest to largest. */
export function scaleGradient(theme: Theme): string {
  const css = ([red, green, blue]: Rgb): string => `rgb(${red}, ${green}, ${blue})`;
  return `linear-gradient(to right, ${scales[theme].map(css).join(", ")})`;
}
