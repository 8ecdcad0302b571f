/** A report of a training that was recorded, as one HTML file. */
import { checkKind } from "@adjoint/tensor";
import { fillPage } from "../fill-page.ts";
import { withPreview } from "../pages/preview.ts";
import { trainingTemplate } from "./page.generated.ts";
import type { TrainingRecord } from "./record.ts";

/**
 * A page of a training that was recorded: loss, accuracy, the distributions of activations, gradients and weights of each
 * layer over time, filters, mistakes, regions or the fitted curve. It is one file that loads nothing from anywhere.
 *
 * @param record  what {@link recordTraining}'s `record()` returns, or its JSON, read again
 * @throws SpecError when it is no such record
 */
export function trainingReport(record: TrainingRecord): string {
  const isRecord =
    Array.isArray(record?.losses) &&
    Array.isArray(record.layers) &&
    Array.isArray(record.snapshots) &&
    typeof record.title === "string";
  const hint = "Pass recordTraining(…).record(), or that as it was read from a file of JSON.";
  checkKind("trainingReport", "record", record, isRecord, "a TrainingRecord", hint);
  const template = trainingTemplate
    .replace("{scripts}", "")
    .replace("{styles}", "")
    .replace("{engine}\n{explorer}\n", "");
  const about = "A training of a neural network: loss, accuracy, and the distributions of its layers over time.";
  return withPreview(fillPage(template, { title: record.title, record }), record.title, about);
}
