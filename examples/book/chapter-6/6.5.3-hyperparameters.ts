/** A random search for the learning rate and the weight decay, on images that are kept apart for validation. */
import { chartGrid, MultiLayerNet, rng, Trainer } from "adjoint";
import { accuracyChart, type Experiment, first, imagesOf, percent, small } from "../experiment.ts";
import { threads } from "../losses.ts";

export default {
  section: "6.5.3",
  title: "a random search for hyper-parameters",
  figures: ["6-24"],
  async run(setting) {
    const { train } = await imagesOf(setting);
    const data = { train: first(train, 400), test: first(train, 100, 400) };
    const epochs = setting.quick ? 2 : 50;
    const random = rng(1);
    const within = (low: number, high: number): number => 10 ** (low + (high - low) * random.uniform([1]).item());
    const trials = Array.from({ length: setting.quick ? 3 : 60 }, () => {
      const weightDecay = within(-8, -4);
      const lr = within(-6, -2);
      const sizes = { inputSize: train.x.shape[1], hiddenSizes: [100, 100, 100, 100, 100, 100], outputSize: 10 };
      const network = new MultiLayerNet({ ...sizes, weightDecay, seed: 1 });
      const options = { epochs, optimizerParam: { lr }, recomputeLoss: false, seed: 1, threads };
      const { trainAccList, testAccList, finalTestAccuracy } = new Trainer(network, data, options).train();
      return { lr, weightDecay, train: trainAccList, validation: testAccList, accuracy: finalTestAccuracy ?? 0 };
    });
    const best = trials.toSorted((a, b) => b.accuracy - a.accuracy).slice(0, 20);
    const charts = await Promise.all(
      best.map(({ lr, train, validation }, i) =>
        accuracyChart(`best ${i + 1}: lr ${lr.toPrecision(2)}`, { validation, train }, small),
      ),
    );
    const [{ lr, weightDecay, accuracy }] = best;
    return {
      result: `best of ${trials.length}: ${percent(accuracy)} at lr ${lr.toPrecision(3)} and weight decay ${weightDecay.toPrecision(3)}`,
      figures: { "search.svg": chartGrid({ title: "the twenty best of a random search", charts, columns: 5 }) },
    };
  },
} satisfies Experiment;
