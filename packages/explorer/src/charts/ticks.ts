/** Ticks of axes and their labels, the same in drawings and on canvases: all labels of an axis have one notation. */
import type { ScaleLinear, ScaleLogarithmic } from "d3-scale";
import { scientific } from "../power-of-ten.ts";

/** From data to pixels of the plot. */
export type Scale = ScaleLinear<number, number> | ScaleLogarithmic<number, number>;

const plainNumber = (x: number, digits: number): string =>
  x.toLocaleString("en-US", { maximumSignificantDigits: digits });

/** Labels with three significant digits, or as many as tell the ticks apart. */
function toldApart(ticks: readonly number[], write: (tick: number, digits: number) => string): string[] {
  for (let digits = 3; digits < 17; digits++) {
    const labels = ticks.map((tick) => write(tick, digits));
    if (new Set(labels).size === ticks.length) return labels;
  }
  return ticks.map((tick) => write(tick, 17));
}

const longest = (labels: readonly string[]): number => Math.max(...labels.map(({ length }) => length));

/**
 * Powers of ten in a range: every second, third … where there are many, also twice and five times them where there are
 * few. Nothing for a range that has less than two of these.
 */
function logarithmicTicks([low, high]: readonly number[], count: number): number[] {
  // The logarithm of a power of ten is rounded.
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const each = Math.max(1, Math.ceil((last - first) / Math.max(1, count - 1)));
  const isWide = last - first > 2;
  const ticks: number[] = [];
  for (let exponent = isWide ? first : first - 1; exponent <= last; exponent += isWide ? each : 1) {
    for (const factor of isWide ? [1] : [1, 2, 5]) ticks.push(Number(`${factor}e${exponent}`));
  }
  const inside = ticks.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
  return inside.length < 2 ? [] : inside;
}

/** About `count` ticks of an axis with their labels: plain numbers where all of them are short, else powers of ten. */
export function labelledTicks(scale: Scale, count: number): (readonly [tick: number, label: string])[] {
  const isLogarithmic = "base" in scale;
  const decades = isLogarithmic ? logarithmicTicks(scale.domain(), count) : [];
  const ticks = decades.length > 0 ? decades : scale.ticks(count);
  const plain = isLogarithmic ? toldApart(ticks, plainNumber) : ticks.map(scale.tickFormat(count));
  const powers = toldApart(ticks, scientific);
  const isShort = longest(plain) <= (isLogarithmic ? 5 : 9) || longest(plain) < longest(powers);
  return ticks.map((tick, i) => [tick, (isShort ? plain : powers)[i]]);
}
