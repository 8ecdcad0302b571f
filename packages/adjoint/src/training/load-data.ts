/**
 * The data sets of the command line, in the form that a model takes.
 */
import { loadDigits, loadMnist } from "@adjoint/data";
import { inputsOf, type ModelSpec } from "@adjoint/nn";
import type { TrainingData } from "@adjoint/optim";

/** Names of data sets. */
export const dataSets = ["digits", "mnist"] as const;

/**
 * Loads a data set: rows of pixels for a model with an input of one axis, images [1, height, width] for others.
 *
 * @param name "digits": embedded in the package; "mnist": read from `dir`, or downloaded once
 */
export async function loadData(
  name: (typeof dataSets)[number],
  spec: Pick<ModelSpec, "input" | "inputs">,
  options: { readonly dir?: string } = {},
): Promise<TrainingData> {
  const [first] = inputsOf(spec);
  const flatten = first?.shape.length === 1;
  if (name === "digits") return loadDigits({ flatten });
  return await loadMnist({ flatten, ...(options.dir === undefined ? {} : { dir: options.dir }) });
}
