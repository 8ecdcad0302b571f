/** Changes of options that several kinds try for a layer that does not fit: windows, groups, heads. */
import { bothOf } from "@adjoint/tensor";
import type { Fix } from "./layer-kind.ts";
import type { Pair } from "./options.ts";
import { isPair, type Padding } from "./padding.ts";
import type { TimePadding } from "./sequence-windows.ts";

/** The divisors of a number up to 64, but for the number `not`: what groups and heads can be. */
export function divisorsOf(n: number, not: number): number[] {
  const found: number[] = [];
  for (let d = 1; d <= Math.min(n, 64); d++) if (n % d === 0 && d !== not) found.push(d);
  return found.sort((a, b) => Math.abs(a - not) - Math.abs(b - not));
}

/** The divisor of a number that is nearest to another, among those not more than 64 away. */
export function nearestDivisor(n: number, to: number): number | undefined {
  for (let away = 0; away <= 64; away++) {
    for (const d of [to - away, to + away]) if (d >= 1 && n % d === 0) return d;
  }
  return undefined;
}

/** Pairs with one length changed by one, none below `least`; empty for a single number. */
export function neighbours(pair: Pair, least: number): Pair[] {
  if (typeof pair === "number") return [];
  const [a, b] = pair;
  return [
    [a - 1, b],
    [a, b - 1],
    [a + 1, b],
    [a, b + 1],
  ].filter((lengths): lengths is [number, number] => lengths.every((n) => n >= least));
}

/** Changes of a window that keep it over the image: more or less padding, other steps, a smaller window. */
export function windowFixes({ size, pad = 0, stride }: { size: Pair; pad?: Padding; stride?: Pair }): Fix[] {
  const [height, width] = bothOf(size);
  const same = height === width ? (height - 1) / 2 : null;
  const pads = [...(same !== null && Number.isInteger(same) ? [same] : []), 0, 1, 2, 3, 4].filter(
    (p, i, all) => p !== pad && all.indexOf(p) === i,
  );
  const sizes = [height - 1, height - 2, height + 1, 1].filter((n, i, all) => n >= 1 && all.indexOf(n) === i);
  const strides = [1, 2].filter((n) => n !== stride);
  return [
    ...pads.map((p) => ({ pad: p })),
    ...strides.map((n) => ({ stride: n })),
    ...(height === width ? sizes.map((n) => ({ size: n })) : []),
    ...neighbours(size, 1).map((pair) => ({ size: pair })),
    ...(stride === undefined ? [] : neighbours(stride, 1).map((pair) => ({ stride: pair }))),
    ...(isPair(pad) ? neighbours(pad, 0).map((pair) => ({ pad: pair })) : []),
  ];
}

/** The same for a window over time. */
export function timeFixes({ size, pad = 0, stride }: { size: number; pad?: TimePadding; stride?: number }): Fix[] {
  const pads = [0, 1, 2, 3, "same"].filter((p) => p !== pad);
  const sizes = [size - 1, size - 2, size + 1, 1].filter((n, i, all) => n >= 1 && n !== size && all.indexOf(n) === i);
  return [
    ...pads.map((p) => ({ pad: p })),
    ...[1, 2].filter((n) => n !== stride).map((n) => ({ stride: n })),
    ...sizes.map((n) => ({ size: n })),
    ...(typeof pad === "object" ? neighbours(pad, 0).map((pair) => ({ pad: pair })) : []),
  ];
}

/** Numbers of filters and of groups that fit together and divide the channels, nearest to those of a spec. */
export function groupFixes(
  { filters, groups }: { readonly filters: number; readonly groups?: number },
  channels: number,
): Fix[] {
  if (groups === undefined) return [];
  const filterFixes = filters % groups === 0 ? [] : [{ filters: Math.ceil(filters / groups) * groups }];
  return [...filterFixes, ...divisorsOf(channels, groups).map((divisor) => ({ groups: divisor }))];
}
