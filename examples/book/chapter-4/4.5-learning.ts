/** A network of two layers learns digits by mini-batches: its loss, and how many images it gets right. */
import { lineChart, smoothCurve, Trainer, TwoLayerNet } from "adjoint";
import { accuracyChart, type Experiment, imagesOf, percent } from "../experiment.ts";

export default {
  section: "4.5",
  title: "a two-layer network learns",
  figures: ["4-11", "4-12"],
  async run(setting) {
    const images = await imagesOf(setting);
    const inputSize = images.train.x.shape[1];
    const network = new TwoLayerNet({ inputSize, hiddenSize: 50, outputSize: 10, activation: "sigmoid", seed: 1 });
    // The book's rate for images of 784 pixels; those of 64 give gradients that are smaller.
    const lr = setting.data === "mnist" ? 0.1 : 0.5;
    const epochs = setting.quick ? 2 : setting.data === "mnist" ? 17 : 100;
    const trainer = new Trainer(network, images, { epochs, optimizerParam: { lr }, recomputeLoss: false, seed: 1 });
    const { trainLossList, trainAccList, testAccList, finalTestAccuracy } = trainer.train();
    const losses = await lineChart({
      title: "loss of a two-layer network",
      xLabel: "iteration",
      yLabel: "loss",
      series: [
        { name: "loss", values: trainLossList, faint: true, markers: false, color: "#0072b2" },
        { name: "smoothed", values: smoothCurve(trainLossList), markers: false, color: "#0072b2" },
      ],
    });
    const accuracies = await accuracyChart("accuracy of a two-layer network", {
      train: trainAccList,
      test: testAccList,
    });
    return {
      result: `test accuracy ${percent(finalTestAccuracy ?? 0)} after ${epochs} epochs`,
      figures: { "loss.svg": losses, "accuracy.svg": accuracies },
    };
  },
} satisfies Experiment;
