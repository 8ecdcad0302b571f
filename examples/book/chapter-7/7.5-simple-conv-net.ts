/** SimpleConvNet learns digits, and its filters before and after: from noise to edges and blobs. */
import { imageGrid, lineChart, SimpleConvNet, type Tensor, Trainer } from "adjoint";
import { type Experiment, first, imagesOf, percent } from "../experiment.ts";

const experiment: Experiment = {
  section: "7.5",
  title: "SimpleConvNet learns, and its filters",
  figures: ["7-24"],
  async run(setting) {
    const images = await imagesOf(setting, { flatten: false });
    const { side } = images;
    // Filters of 5 × 5 leave little of an image of 8 × 8.
    const filterSize = setting.data === "mnist" ? 5 : 3;
    const network = new SimpleConvNet({ inputDim: [1, side, side], convParam: { filterNum: 30, filterSize }, seed: 1 });
    const epochs = setting.quick ? 1 : 20;
    const data = setting.quick ? { train: first(images.train, 200), test: first(images.test, 50) } : images;
    const filters = (title: string): Promise<string> => {
      return imageGrid({ title, images: network.params.W1.value as Tensor, columns: 10, scale: 10 });
    };
    const before = await filters("filters before");
    const trainer = new Trainer(network, data, {
      epochs,
      optimizer: "adam",
      optimizerParam: { lr: 0.001 },
      evaluateSampleNumPerEpoch: 1000,
      recomputeLoss: false,
      seed: 1,
    });
    const { trainAccList, testAccList, finalTestAccuracy } = trainer.train();
    const figure = await lineChart({
      title: "accuracy of SimpleConvNet",
      xLabel: "epoch",
      yLabel: "accuracy",
      yRange: [0, 1],
      series: [
        { name: "train", values: trainAccList },
        { name: "test", values: testAccList },
      ],
    });
    return {
      result: `test accuracy ${percent(finalTestAccuracy ?? 0)} after ${epochs} epochs`,
      figures: {
        "accuracy.svg": figure,
        "filters-before.svg": before,
        "filters-after.svg": await filters("filters after"),
      },
    };
  },
};

export default experiment;
