/** Training as a picture: a page in which networks are trained, and reports of two trainings that went differently. */
import {
  build,
  layers,
  loadDigits,
  type ModelSpec,
  model,
  recordTraining,
  Trainer,
  trainingPage,
  trainingReport,
} from "adjoint";
import { outputFolder, save } from "../output.ts";

const folder = outputFolder(import.meta.url);
save(folder, "playground.html", trainingPage());

function network(activation: "sigmoid" | "relu"): ModelSpec {
  const hidden = Array.from({ length: 6 }, (_, i) => [
    layers.affine(50, { name: `hidden${i + 1}` }),
    activation === "relu" ? layers.relu() : layers.sigmoid(),
  ]);
  return model({
    input: [64],
    layers: [...hidden.flat(), layers.affine(10, { name: "output" })],
    loss: "crossEntropy",
  });
}

const data = loadDigits();
const batchSize = 50;
for (const activation of ["sigmoid", "relu"] as const) {
  const recorder = recordTraining(build(network(activation)), {
    batchSize,
    samples: data.test,
    imageShape: [8, 8],
    title: `six layers of ${activation}`,
  });
  const trainer = new Trainer(recorder.network, data, {
    epochs: 10,
    miniBatchSize: batchSize,
    optimizer: "sgd",
    optimizerParam: { lr: 0.1 },
    replacement: false,
  });
  for (const step of trainer.steps()) recorder.add(step);
  const record = recorder.record();
  console.log(`${activation}: loss ${record.losses.at(-1)?.toFixed(2)} after ${record.losses.length} steps`);
  save(folder, `${activation}.html`, trainingReport(record));
}
