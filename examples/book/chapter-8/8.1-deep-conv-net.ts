/** DeepConvNet learns digits, and the images that it still takes for others. */
import { argmax, DeepConvNet, imageGrid, kernels, tensor } from "adjoint";
import { type Experiment, first, imagesOf, percent, trainedByAdam } from "../experiment.ts";

export default {
  section: "8.1",
  title: "DeepConvNet learns, and what it gets wrong",
  figures: ["8-2"],
  async run(setting) {
    const images = await imagesOf(setting, { flatten: false });
    const { side } = images;
    const network = new DeepConvNet({ inputDim: [1, side, side], seed: 1 });
    const { finalTestAccuracy, data, epochs } = trainedByAdam(network, images, setting);
    const { x, t } = data.test;
    const labels = t.toArray() as number[];
    const wrong = Array.from({ length: Math.ceil(labels.length / 100) }, (_, i) => {
      const count = Math.min(100, labels.length - 100 * i);
      const found = argmax(network.predict(first(data.test, count, 100 * i).x), { axis: 1 }).toArray() as number[];
      return found.flatMap((answer, k) => (answer === labels[100 * i + k] ? [] : [[100 * i + k, answer] as const]));
    }).flat();
    const shown = wrong.slice(0, 20);
    const rows = tensor(
      shown.map(([row]) => row),
      { dtype: "int32" },
    );
    const figures: Record<string, string> = {};
    if (shown.length > 0) {
      figures["misclassified.svg"] = await imageGrid({
        title: `${wrong.length} of ${labels.length} taken for others`,
        images: kernels.indexSelect(x, rows, 0),
        labels: shown.map(([row, answer]) => `${labels[row]}, not ${answer}`),
        columns: 5,
        scale: 84 / side,
        range: [0, 1],
      });
    }
    return {
      result: `test accuracy ${percent(finalTestAccuracy ?? 0)} after ${epochs} epochs, ${wrong.length} wrong`,
      figures,
    };
  },
} satisfies Experiment;
