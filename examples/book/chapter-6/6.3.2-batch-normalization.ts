/** Batch normalization over sixteen scales of initial weights: with it, networks learn from nearly any of them. */
import { chartGrid, MultiLayerNetExtend, Trainer } from "adjoint";
import { accuracyChart, type Experiment, first, type Images, imagesOf, mean, small } from "../experiment.ts";
import { threads } from "../losses.ts";

/** Sixteen scales from 1 down to 0.0001, each a fixed share of the one before. */
export const scales = Array.from({ length: 16 }, (_, i) => 10 ** ((-4 * i) / 15));

/** The accuracies on the training samples, at every epoch, with or without batch normalization. */
export function accuracies(
  useBatchNorm: boolean,
  weightInit: number,
  images: Images,
  epochs: number,
  seed = 1,
): number[] {
  const sizes = { inputSize: images.train.x.shape[1], hiddenSizes: [100, 100, 100, 100, 100], outputSize: 10 };
  const network = new MultiLayerNetExtend({ ...sizes, weightInit, useBatchNorm, seed });
  const test = first(images.test, 1);
  const options = { epochs, optimizerParam: { lr: 0.01 }, recomputeLoss: false, seed, threads };
  return [...new Trainer(network, { train: images.train, test }, options).train().trainAccList];
}

export default {
  section: "6.3.2",
  title: "batch normalization over sixteen scales of weights",
  figures: ["6-18", "6-19"],
  async run(setting) {
    const all = await imagesOf(setting);
    const images = { ...all, train: first(all.train, 1000) };
    const epochs = setting.quick ? 2 : 20;
    const tried = setting.quick ? scales.slice(0, 2) : scales;
    const pairs = tried.map((scale) => [true, false].map((batchNorm) => accuracies(batchNorm, scale, images, epochs)));
    const charts = await Promise.all(
      pairs.map(([normalized, plain], i) =>
        accuracyChart(`W ${tried[i].toPrecision(2)}`, { normalized, plain }, small),
      ),
    );
    const ahead = pairs.filter(([normalized, plain]) => mean(normalized) > mean(plain)).length;
    return {
      result: `with batch normalization it learns faster from ${ahead} of ${tried.length} scales`,
      figures: {
        "batch-normalization.svg": chartGrid({ title: "accuracy by scale of the weights", charts, columns: 4 }),
      },
    };
  },
} satisfies Experiment;
