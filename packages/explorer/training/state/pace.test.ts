import fc from "fast-check";
import { expect, it } from "vitest";
import { DrawingPace } from "./pace.ts";

/** Milliseconds between frames. */
const frame = 16;

/** Which frames of a hundred are drawn in when each drawing takes so many milliseconds. */
function drawnFrames(cost: number): number[] {
  const pace = new DrawingPace();
  return Array.from({ length: 100 }, (_, i) => i).filter((i) => {
    const isDue = pace.isDue(i * frame);
    if (isDue) pace.took(cost, i * frame + cost);
    return isDue;
  });
}

it("draws in every frame while a drawing takes half of one, in every second when it takes more", () => {
  expect(drawnFrames(8)).toHaveLength(100);
  expect(drawnFrames(9)).toHaveLength(50);
});

it("draws for half of the time at most, however long drawings take, and never stops", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 9 }), (costs) => {
      const pace = new DrawingPace();
      let [now, work] = [0, 0];
      for (let i = 0; i < 60; i++) {
        if (!pace.isDue(now)) {
          now += frame;
          continue;
        }
        // All drawings so far, each with its rest: 2 · cost ≤ the time that has gone by.
        expect(2 * work).toBeLessThanOrEqual(now);
        const cost = costs[i % costs.length];
        [now, work] = [now + cost, work + cost];
        pace.took(cost, now);
      }
      expect(work).toBeGreaterThan(0);
      expect(pace.isDue(now + Math.max(...costs))).toBe(true);
    }),
  );
});
