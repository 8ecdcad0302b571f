/** SimpleConvNet learns digits, and its filters before and after: from noise to edges and blobs. */
import { imageGrid, SimpleConvNet, type Tensor } from "adjoint";
import { accuracyChart, type Experiment, imagesOf, percent, trainedByAdam } from "../experiment.ts";

export default {
  section: "7.5",
  title: "SimpleConvNet learns, and its filters",
  figures: ["7-24"],
  async run(setting) {
    const images = await imagesOf(setting, { flatten: false });
    const { side } = images;
    // Filters of 5 × 5 leave little of an image of 8 × 8.
    const filterSize = setting.data === "mnist" ? 5 : 3;
    const network = new SimpleConvNet({ inputDim: [1, side, side], convParam: { filterNum: 30, filterSize }, seed: 1 });
    const filters = (title: string): Promise<string> => {
      return imageGrid({ title, images: network.params.W1.value as Tensor, columns: 10, scale: 10 });
    };
    const before = await filters("filters before");
    const { trainAccList, testAccList, finalTestAccuracy, epochs } = trainedByAdam(network, images, setting);
    const figure = await accuracyChart("accuracy of SimpleConvNet", { train: trainAccList, test: testAccList });
    return {
      result: `test accuracy ${percent(finalTestAccuracy ?? 0)} after ${epochs} epochs`,
      figures: {
        "accuracy.svg": figure,
        "filters-before.svg": before,
        "filters-after.svg": await filters("filters after"),
      },
    };
  },
} satisfies Experiment;
