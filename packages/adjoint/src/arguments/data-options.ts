/** The options that say what a model is trained or measured on, for every command that does. */
import { dirname, join } from "node:path";
import type { ModelSpec } from "@adjoint/nn";
import { defined } from "@adjoint/tensor/internal";
import { type Command, Option } from "commander";
import { changesInWords } from "../training/data/augment.ts";
import { checkDataOptions, dataSets, type LoadDataOptions } from "../training/load-data.ts";
import { properShare } from "./numbers.ts";
import { choiceOption } from "./options.ts";

export interface ReadingOptions extends Pick<LoadDataOptions, "target" | "ignore" | "categories"> {
  readonly dataDir?: string;
}

/** What commander makes of the options of data to train or measure on. */
export interface DataOptions
  extends ReadingOptions,
    Pick<LoadDataOptions, "testData" | "split" | "missing" | "augment"> {
  /** Default: see {@link chosenData}. */
  readonly data?: string;
  readonly standardize: boolean;
}

/** A data set in upper or lower case, as the names of the library; a path as it is. */
export function dataName(text: string): string {
  return dataSets.includes(text.toLowerCase()) ? text.toLowerCase() : text;
}

/** What data may be, for the help. */
export const dataWords = `${dataSets.join(", ")}; or a table (.csv, .tsv, .jsonl), an .npz file, a folder of PNG images by class`;

/** Adds the options of how data are read. */
export function addReadingOptions(command: Command): Command {
  return command
    .option("--data-dir <dir>", "folder with the four files of MNIST and its like (default: download them once)")
    .option("--target <name>", "the column of a table, or the array of an .npz file, that is learned")
    .option("--ignore <columns...>", "columns of a table to leave out")
    .option("--categories <columns...>", "columns of a table that are categories although they look like numbers");
}

export function addDataOptions(command: Command): Command {
  return addReadingOptions(
    command.option("--data <name or path>", `${dataWords} (default: what the spec says, else digits)`, dataName),
  )
    .option("--test-data <path>", "another file or folder, to test with")
    .option(
      "--split <share>",
      "share of the samples to test with, where the data do not say (default: 0.2)",
      properShare,
    )
    .addOption(
      choiceOption("--missing <what>", "missing values of a table (default: refuse)", ["refuse", "fill", "drop"]),
    )
    .option("--no-standardize", "leave numbers of a table as they are (default: mean 0 and deviation 1)");
}

export function augmentOption(): Option {
  return new Option("--augment <changes...>", `random changes of training images: ${changesInWords}`);
}

/**
 * The options with the data that a spec names in its field `training`, unless they name others; else the digits; and how they
 * are read. A path there leads from the folder of the file; the target belongs to the data that it is named with.
 *
 * @param file  the file that the spec is from
 * @throws as {@link checkDataOptions}
 */
export function chosenData<Given extends DataOptions>(
  given: Given,
  { training = {} }: Pick<ModelSpec, "training">,
  file: string,
): { readonly options: Given & { readonly data: string }; readonly reading: LoadDataOptions } {
  const own = given.data === undefined ? training.data : undefined;
  const name = dataName(own ?? given.data ?? "digits");
  const isTarget = given.target === undefined && (training.data === undefined || own !== undefined);
  const options = {
    ...given,
    ...(isTarget && training.target !== undefined && !dataSets.includes(name) && { target: training.target }),
    data: own === undefined || dataSets.includes(name) ? name : join(dirname(file), own),
  };
  const reading = loadOptionsOf(options);
  checkDataOptions(options.data, reading);
  return { options, reading };
}

export function loadOptionsOf(options: ReadingOptions & Partial<DataOptions>): LoadDataOptions {
  const { dataDir: dir, testData, split, target, ignore, categories, missing, standardize, augment } = options;
  return defined({ dir, testData, split, target, ignore, categories, missing, standardize, augment });
}
