import { afterEach, expect, it, vi } from "vitest";
import { Choice } from "./choice.ts";

afterEach(() => vi.restoreAllMocks());

/** The share of runs in which threads took part, when runs take so long with and without them. */
function shareOfRuns(choice: Choice, runs: number, shared: number, alone: number, late = () => 0): number {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  let count = 0;
  for (let run = 0; run < runs; run++) {
    choice.begin();
    count += Number(choice.isShared);
    now += (choice.isShared ? shared : alone) + late();
    choice.end();
  }
  return count / runs;
}

it("takes the faster way, and finds out when the other one has become faster", () => {
  const choice = new Choice();
  expect(shareOfRuns(choice, 2000, 1, 2)).toBeGreaterThan(0.95);
  shareOfRuns(choice, 2000, 3, 2);
  expect(shareOfRuns(choice, 2000, 3, 2)).toBeLessThan(0.05);
  shareOfRuns(choice, 2000, 1, 2);
  expect(shareOfRuns(choice, 2000, 1, 2)).toBeGreaterThan(0.95);
});

it("is not misled by runs that something else held up", () => {
  const choice = new Choice();
  let run = 0;
  const late = (): number => (run++ % 4 === 0 ? 50 : 0);
  expect(shareOfRuns(choice, 2000, 1, 1.5, late)).toBeGreaterThan(0.95);
});

it("gives a core that has slept the time to become fast", () => {
  const choice = new Choice();
  let [wasShared, warm] = [true, 0];
  const late = (): number => {
    warm = choice.isShared && wasShared ? warm + 1 : 0;
    wasShared = choice.isShared;
    return choice.isShared && warm < 6 ? 1 : 0;
  };
  // Others need the core at first.
  shareOfRuns(choice, 200, 1, 0.5);
  expect(choice.isShared).toBe(false);
  expect(shareOfRuns(choice, 4000, 0.6, 1, late)).toBeGreaterThan(0.8);
});
