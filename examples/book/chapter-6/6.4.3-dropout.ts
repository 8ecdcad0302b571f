/** Overfitting on 300 images, and dropout against it. */
import { type Experiment, imagesOf, percent } from "../experiment.ts";
import { courseChart, overfit } from "./overfitting.ts";

export default {
  section: "6.4.3",
  title: "overfitting, and dropout against it",
  figures: ["6-23"],
  async run(setting) {
    const images = await imagesOf(setting);
    const epochs = setting.quick ? 2 : 300;
    const plain = overfit(images, { epochs, seed: 1 });
    const dropped = overfit(images, { epochs, seed: 1 }, { dropoutRatio: 0.2 });
    return {
      result: `train above test by ${percent(plain.gap)}, with dropout by ${percent(dropped.gap)}`,
      figures: {
        "without-dropout.svg": await courseChart("300 images, seven layers", plain),
        "dropout.svg": await courseChart("300 images, seven layers, dropout 0.2", dropped),
      },
    };
  },
} satisfies Experiment;
