/** How a run is trained, as JSON: what `resume` needs to make the same training again. */
import { createHash } from "node:crypto";
import { readWhole, writeWhole } from "@adjoint/data/files";
import { optimizerNames, type TrainingData } from "@adjoint/optim";
import { AdjointError, DataError, kernels, SpecError, shown } from "@adjoint/tensor";
import { ownVersion } from "../../version.ts";
import type { DataEncoding, LoadDataOptions } from "../load-data.ts";
import { type CompleteSettings, rateSchedules, type TrainModelOptions } from "../train-model.ts";
import { runFile, runFiles } from "./files.ts";
import { type AnyForm, migrated, settingsMigrations } from "./migrations.ts";

/** What is trained on: what `loadData` is called with; paths are absolute. */
export interface DataSettings {
  readonly data: string;
  readonly reading: LoadDataOptions;
}

export interface RunSettings extends CompleteSettings {
  /** The version of this form. */
  readonly version: 1;
  /** The file that the spec came from, as it was named. */
  readonly model: string;
  readonly data: DataSettings;
  /** SHA-256 of all samples. */
  readonly dataHash: string;
  /** How they became samples: the names of classes, the columns of a table. */
  readonly encoding: DataEncoding;
  readonly engine: NonNullable<TrainModelOptions["engine"]>;
  readonly threads: "auto" | number;
  /** Mini-batches between checkpoints; null: by time. */
  readonly checkpointEvery: number | null;
  /** Modules with layers and ops of the user's own, absolute paths. */
  readonly use: readonly string[];
  readonly made: string;
  readonly versions: { readonly adjoint: string; readonly node: string; readonly system: string };
}

export function versionsNow(): RunSettings["versions"] {
  return { adjoint: ownVersion(), node: process.version, system: `${process.platform} ${process.arch}` };
}

/** SHA-256 of all numbers of all parts, with their shapes and dtypes. */
export function hashOf({ train, test, validation }: TrainingData): string {
  const hash = createHash("sha256");
  for (const part of [train, test, ...(validation ? [validation] : [])]) {
    for (const x of [part.x, part.t]) {
      const { data } = kernels.copy(x);
      hash.update(`${x.dtype} ${x.shape.join(",")};`);
      hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
  }
  return hash.digest("hex");
}

/** Writes the settings of a run. @throws DataError when they cannot be written */
export async function writeSettings(op: string, folder: string, settings: RunSettings): Promise<void> {
  await writeWhole(op, runFile(folder, "settings"), `${JSON.stringify(settings, null, 2)}\n`);
}

const forms: Readonly<Record<keyof RunSettings, (value: unknown) => boolean>> = (() => {
  const isText = (value: unknown) => typeof value === "string";
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  const isRecord = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
  const orNull = (is: (value: unknown) => boolean) => (value: unknown) => value === null || is(value);
  return {
    version: (value) => value === 1,
    model: isText,
    data: (value) =>
      isRecord(value) && isText((value as DataSettings).data) && isRecord((value as DataSettings).reading),
    dataHash: isText,
    encoding: isRecord,
    epochs: isCount,
    batchSize: isCount,
    optimizer: (value) => (optimizerNames as readonly unknown[]).includes(value),
    lr: (value) => typeof value === "number",
    schedule: orNull((value) => (rateSchedules as readonly unknown[]).includes(value)),
    warmup: isCount,
    seed: isCount,
    engine: isText,
    threads: (value) => value === "auto" || isCount(value),
    validation: (value) => typeof value === "number",
    earlyStop: orNull(isCount),
    keepBest: (value) => typeof value === "boolean",
    bestBy: isText,
    checkpointEvery: orNull(isCount),
    use: isTexts,
    made: isText,
    versions: isRecord,
  };
})();

/** The text of the settings of a run, as a value. @throws SpecError for a folder that holds no run; DataError for broken ones */
async function readAny(op: string, folder: string): Promise<AnyForm> {
  const path = runFile(folder, "settings");
  const bytes = await readWhole(op, path, 2 ** 24).catch((cause) => {
    if (!(cause instanceof AdjointError) || !["ENOENT", "ENOTDIR"].includes(cause.received ?? "")) throw cause;
    throw SpecError.of(op, "DIR", folder, `a folder with ${runFiles.settings}, as train --run makes it`, {
      problem: `${folder} holds no run`,
      hint: "Start one: adjoint train SPEC --run DIR.",
    });
  });
  let settings: unknown;
  try {
    settings = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw refused(op, path, "is not JSON");
  }
  if (typeof settings !== "object" || settings === null) throw refused(op, path, "holds no settings");
  const { version } = settings as AnyForm;
  if (typeof version === "number" && version > 1) {
    throw refused(op, path, `is of version ${version}`, "Update Adjoint to read newer files.");
  }
  return settings as AnyForm;
}

function refused(op: string, path: string, problem: string, hint?: string): DataError {
  return DataError.of(op, "DIR", path, "settings as train --run wrote them", { problem: `${path} ${problem}`, hint });
}

/** @throws DataError for settings with a field that is wrong */
function checked(op: string, path: string, settings: AnyForm): RunSettings {
  for (const [name, fits] of Object.entries(forms)) {
    if (fits(settings[name])) continue;
    throw refused(op, path, name in settings ? `has ${name} ${shown(settings[name])}` : `has no ${name}`);
  }
  return settings as unknown as RunSettings;
}

/** The settings of the run in a folder. @throws SpecError for a folder that holds no run; DataError for broken ones */
export async function readSettings(op: string, folder: string): Promise<RunSettings> {
  const { settings, changes } = await readOlderSettings(op, folder);
  if (changes.length === 0) return settings;
  const hint = `Bring it to the one of today: adjoint migrate ${folder}.`;
  throw refused(op, runFile(folder, "settings"), "has an older form", hint);
}

/**
 * The settings of a run of this form or an older one, in this form, and what was changed.
 * @throws as {@link readSettings}
 */
export async function readOlderSettings(op: string, folder: string) {
  const { value, changes } = migrated(settingsMigrations, await readAny(op, folder));
  return { settings: checked(op, runFile(folder, "settings"), value), changes };
}
