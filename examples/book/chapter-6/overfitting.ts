/** A network that is too large for 300 images: what it learns by heart, and what helps. */
import { MultiLayerNetExtend, Trainer } from "adjoint";
import { accuracyChart, first, type Images } from "../experiment.ts";
import { threads } from "../losses.ts";

export interface Remedies {
  readonly weightDecay?: number;
  readonly dropoutRatio?: number;
}

export interface Course {
  readonly epochs: number;
  readonly seed: number;
  /** How many images the accuracies along the way are measured on. Default: all. */
  readonly measured?: number;
}

export interface Accuracies {
  readonly train: readonly number[];
  readonly test: readonly number[];
  /** By how much the accuracy on what was learned is above that on other images, at the end. */
  readonly gap: number;
}

/** Trains on 300 images with a network of seven layers. */
export function overfit(images: Images, { epochs, seed, measured }: Course, remedies: Remedies = {}): Accuracies {
  const { weightDecay = 0, dropoutRatio } = remedies;
  const network = new MultiLayerNetExtend({
    inputSize: images.train.x.shape[1],
    hiddenSizes: [100, 100, 100, 100, 100, 100],
    outputSize: 10,
    weightDecay,
    seed,
    ...(dropoutRatio === undefined ? {} : { useDropout: true, dropoutRatio }),
  });
  const data = { train: first(images.train, 300), test: images.test };
  const optimizerParam = { lr: 0.01 };
  const limit = measured === undefined ? {} : { evaluateSampleNumPerEpoch: measured };
  const trainer = new Trainer(network, data, { epochs, optimizerParam, recomputeLoss: false, seed, threads, ...limit });
  const { trainAccList, testAccList, finalTestAccuracy } = trainer.train();
  const gap = trainer.accuracy(data.train) - (finalTestAccuracy ?? 0);
  return { train: trainAccList, test: testAccList, gap };
}

export const courseChart = (title: string, { train, test }: Accuracies): Promise<string> =>
  accuracyChart(title, { train, test }, { markers: false });
