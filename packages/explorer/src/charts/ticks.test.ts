import { scaleLinear, scaleLog } from "d3-scale";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelledTicks, type Scale } from "./ticks.ts";

const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** The number that a label says, and whether it says it as a power of ten. */
function read(label: string): { readonly value: number; readonly isPower: boolean } {
  const plain = label.replace("−", "-").replaceAll(",", "");
  const [, factor = "", minus, exponent = ""] = /^(.*?)·?10(⁻?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/.exec(plain) ?? [];
  if (exponent === "") return { value: Number(plain), isPower: false };
  const power = [...exponent].map((digit) => digits.indexOf(digit)).join("");
  const mantissa = factor === "" || factor === "-" ? `${factor}1` : factor;
  return { value: Number(`${mantissa}e${minus === "" ? "" : "-"}${power}`), isPower: true };
}

function expectOneNotation(scale: Scale, count: number): void {
  const ticks = labelledTicks(scale, count);
  const [low, high] = [...scale.domain()].sort((a, b) => a - b);
  expect(ticks.length).toBeGreaterThan(1);
  const notations = new Set<boolean>();
  for (const [tick, label] of ticks) {
    const { value, isPower } = read(label);
    if (tick !== 0) notations.add(isPower);
    expect(tick).toBeGreaterThanOrEqual(low * (1 - 1e-9));
    expect(tick).toBeLessThanOrEqual(high * (1 + 1e-9));
    // Half of the last of three digits.
    expect(Math.abs(value - tick), label).toBeLessThanOrEqual(0.005 * Math.abs(tick));
  }
  expect(notations.size).toBe(1);
  expect(new Set(ticks.map(([, label]) => label)).size).toBe(ticks.length);
}

describe("the ticks of an axis", () => {
  it("are written in one notation, inside the axis, and say where they are", () => {
    const count = fc.integer({ min: 4, max: 8 });
    const ends = fc.tuple(fc.double({ min: -12, max: 8, noNaN: true }), fc.double({ min: 1e-4, max: 14, noNaN: true }));
    fc.assert(
      fc.property(ends, count, ([low, decades], n) => {
        expectOneNotation(scaleLog([10 ** low, 10 ** (low + decades)], [0, 1]), n);
        expectOneNotation(scaleLinear([0, 10 ** low], [0, 1]), n);
      }),
    );
  });

  it.each([
    [[0.01, 10], "0.01 0.1 1 10"],
    [[1, 10], "1 2 5 10"],
    [[1e-3, 1000], "0.001 0.1 10 1,000"],
    [[1e-4, 1], "10⁻⁴ 10⁻³ 10⁻² 10⁻¹ 10⁰"],
    [[1e-4, 5e-4], "10⁻⁴ 2·10⁻⁴ 5·10⁻⁴"],
    [[2.2, 2.2005], "2.2 2.2001 2.2002 2.2003 2.2004 2.2005"],
    [[2.2, 2.5], "2.2 2.25 2.3 2.35 2.4 2.45 2.5"],
  ])("of a logarithmic axis over %j are %s", (domain, labels) => {
    const ticks = labelledTicks(scaleLog(domain, [0, 1]), 6);
    expect(ticks.map(([, label]) => label).join(" ")).toBe(labels);
  });
});
