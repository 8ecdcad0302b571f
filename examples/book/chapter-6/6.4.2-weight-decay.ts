/** Overfitting on 300 images, and weight decay against it. */
import { type Experiment, imagesOf, percent } from "../experiment.ts";
import { courseChart, overfit } from "./overfitting.ts";

export default {
  section: "6.4.2",
  title: "overfitting, and weight decay against it",
  figures: ["6-20", "6-21"],
  async run(setting) {
    const images = await imagesOf(setting);
    const epochs = setting.quick ? 2 : 200;
    const plain = overfit(images, { epochs, seed: 1 });
    const decayed = overfit(images, { epochs, seed: 1 }, { weightDecay: 0.1 });
    return {
      result: `train above test by ${percent(plain.gap)}, with weight decay by ${percent(decayed.gap)}`,
      figures: {
        "overfitting.svg": await courseChart("300 images, seven layers", plain),
        "weight-decay.svg": await courseChart("300 images, seven layers, weight decay 0.1", decayed),
      },
    };
  },
} satisfies Experiment;
