import { describe, expect, it } from "vitest";
import { losses as lossesByOptimizer, optimizers } from "./chapter-6/6.1.8-optimizers.ts";
import { losses as lossesByInitialization } from "./chapter-6/6.2.4-initialization.ts";
import { accuracies, scales } from "./chapter-6/6.3.2-batch-normalization.ts";
import { overfit } from "./chapter-6/overfitting.ts";
import { first, imagesOf, mean } from "./experiment.ts";

const images = await imagesOf({ data: "digits", quick: true });
const seeds = [1, 2, 3];

/** Milliseconds: a limit for what hangs, on a busy machine too. */
const limit = 600_000;

/** The mean over seeds. */
const averaged = (measure: (seed: number) => number): number => mean(seeds.map(measure));

describe("what the book says, averaged over seeds", () => {
  it(
    "SGD is behind Momentum, which is behind AdaGrad and Adam",
    () => {
      const [sgd, momentum, adaGrad, adam] = optimizers.map((name) => {
        return averaged((seed) => mean(lossesByOptimizer(name, images.train, 80, seed)));
      });
      expect(momentum).toBeLessThan(0.6 * sgd);
      expect(adaGrad).toBeLessThan(0.9 * momentum);
      expect(adam).toBeLessThan(0.9 * momentum);
    },
    limit,
  );

  it(
    "with ReLU He initialization learns, and weights of 0.01 do not",
    () => {
      const [small, xavier, he] = ["std 0.01", "Xavier", "He"].map((name) => {
        return averaged((seed) => mean(lossesByInitialization(name, images.train, 150, seed).slice(-20)));
      });
      // The loss of guessing is log 10 = 2.303.
      expect(Math.abs(small - Math.log(10))).toBeLessThan(0.02);
      expect(xavier).toBeLessThan(2.25);
      expect(he).toBeLessThan(0.6 * xavier);
    },
    limit,
  );

  it(
    "with batch normalization a network learns faster from at least 13 of 16 scales of weights",
    () => {
      const data = { ...images, train: first(images.train, 500) };
      const ahead = scales.filter((scale) => {
        const [normalized, plain] = [true, false].map((batchNorm) =>
          averaged((seed) => mean(accuracies(batchNorm, scale, data, 4, seed))),
        );
        return normalized > plain;
      });
      expect(ahead.length).toBeGreaterThanOrEqual(13);
    },
    limit,
  );

  it(
    "dropout narrows the gap between what was learned and other images",
    () => {
      const [plain, dropped] = [{}, { dropoutRatio: 0.2 }].map((remedies) => {
        return averaged((seed) => overfit(images, { epochs: 100, seed, measured: 1 }, remedies).gap);
      });
      expect(dropped).toBeLessThan(0.8 * plain);
    },
    limit,
  );
});
