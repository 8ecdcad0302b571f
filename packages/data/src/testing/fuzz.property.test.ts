/** Every reader, fuzzed for two seconds at most, half a second in `pnpm test`; `tsx scripts/fuzz.ts 100000` does more. */
import { describe, expect, it } from "vitest";
import { runs } from "../../../../testing/runs.ts";
import { type FuzzTarget, fuzz, mutated } from "./fuzz.ts";
import { fuzzTargets } from "./fuzz-targets.ts";

/** Files of each kind, and the time after which it is enough. */
const files = 3000;
const milliseconds = runs(2000);

describe("a changed file", () => {
  it.each(fuzzTargets.map((target) => [target.name, target] as const))("is read or refused: %s", (_, target) => {
    for (const seed of target.seeds) target.read(seed);
    const end = performance.now() + milliseconds;
    const step = 50;
    for (let first = 0; first < files && performance.now() < end; first += step) {
      expect(fuzz(target, first, step)).toBe(null);
    }
  });
});

describe("fuzz", () => {
  const seeds = [Uint8Array.of(1, 2, 3)];
  const failing = (read: FuzzTarget["read"]) => fuzz({ name: "x", seeds, read }, 0, 50);

  it("finds what throws anything else, takes long or allocates much, and names the seed", () => {
    expect(failing(() => [])).toBe(null);
    const thrown = failing((bytes) => {
      if (bytes[0] !== 1) throw new TypeError("no");
    });
    expect(thrown?.problem).toContain("TypeError: no");
    expect(mutated(thrown!.seed, { name: "x", seeds, read: () => 0 })).toEqual(thrown?.bytes);
    const kept: unknown[] = [];
    expect(failing(() => kept.push(new Uint8Array(2 ** 23)))?.problem).toMatch(/allocated/);
  });
});
