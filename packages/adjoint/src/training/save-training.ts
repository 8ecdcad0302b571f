/** What remains of a training for people to look at: its curves, and the graph of one of its steps. */
import { join } from "node:path";
import { type Graph, toDot } from "@adjoint/autograd";
import { makeFolder, writeTogether } from "@adjoint/data/files";
import { toHtml, toSvg } from "@adjoint/explorer";
import type { Model } from "@adjoint/nn";
import type { TrainingData } from "@adjoint/optim";
import { kernels, type Tensor } from "@adjoint/tensor";
import { chartOfTraining } from "./chart.ts";
import { graphOfSamples } from "./step-graph.ts";
import type { TrainedModel } from "./train-model.ts";

/** Samples in the drawn step: the drawing shows shapes, and its size does not depend on them. */
const samplesOfDrawing = 4;

/**
 * The graph of one training step, the backward pass included, on a batch of four samples.
 *
 * The step is recorded as in training, so batch normalization and dropout are in training mode.
 */
export function graphOfStep(model: Model, data: TrainingData): Graph {
  const { x, t } = data.train;
  const rows = (all: Tensor): Tensor =>
    kernels.slice(all, [{ start: 0, step: 1, length: Math.min(samplesOfDrawing, all.shape[0]) }]);
  return graphOfSamples(model, { x: rows(x), t: rows(t) });
}

export const trainingFiles = ["training-curve.svg", "graph.dot", "graph.svg", "graph.html"] as const;

/**
 * Writes training-curve.svg, and graph.dot, graph.svg and graph.html into a folder, which is made if it is not there. The
 * files appear together or not at all.
 *
 * @param title  above the training curve
 * @returns the paths of the files
 * @throws DataError naming the file that cannot be written
 */
export async function saveTraining(result: TrainedModel, folder: string, title: string): Promise<string[]> {
  const graph = graphOfStep(result.model, result.data);
  const graphTitle = `one training step, ${samplesOfDrawing} samples: forward (solid) and backward (dashed)`;
  const perEpoch = result.losses.length / result.measured.length;
  const files: Readonly<Record<(typeof trainingFiles)[number], string>> = {
    "training-curve.svg": await chartOfTraining({ ...result, perEpoch }, title),
    "graph.dot": toDot(graph, { title: graphTitle }),
    "graph.svg": await toSvg(graph, { title: graphTitle }),
    "graph.html": toHtml(graph, { title }),
  };
  await makeFolder("saveTraining", folder);
  const written = trainingFiles.map((name) => ({ path: join(folder, name), content: files[name] }));
  await writeTogether("saveTraining", written);
  return written.map(({ path }) => path);
}
