/** The data that the settings of a run name. */
import type { ModelSpec } from "@adjoint/nn";
import type { TrainingData } from "@adjoint/optim";
import { DataError } from "@adjoint/tensor";
import { dataSets, loadData } from "../training/load-data.ts";
import type { DataSettings } from "../training/run/settings.ts";

/** Loads them. @throws DataError for settings that name no data set */
export async function loadNamedData(
  { data, dataDir }: DataSettings,
  spec: Pick<ModelSpec, "input" | "inputs">,
): Promise<TrainingData> {
  const name = dataSets.find((known) => known === data);
  if (name === undefined) {
    throw DataError.of("data", "data", data, dataSets.join(", "), { problem: `unknown data set ${data}` });
  }
  return await loadData(name, spec, typeof dataDir === "string" ? { dir: dataDir } : {});
}
