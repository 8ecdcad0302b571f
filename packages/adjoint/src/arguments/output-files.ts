/** Where a command writes: found out before the work is done, and not after it. */
import { stat } from "node:fs/promises";
import { extname, join, resolve, sep } from "node:path";
import { isSameFile, tryToWrite } from "@adjoint/data/files";
import { SpecError } from "@adjoint/tensor";

function refuse(option: string, path: string, problem: string, expected: string, hint: string): never {
  throw new SpecError({ op: option, problem, argument: option, expected, received: path, hint });
}

/** @throws SpecError when a file that is written is one of those that are read */
async function checkNotRead(option: string, path: string, inputs: readonly string[]): Promise<void> {
  for (const input of inputs) {
    if (!(await isSameFile(option, input, path))) continue;
    refuse(option, path, `${path} is the file that is read`, "another file", "Name another file.");
  }
}

/**
 * Makes sure that a file can be written at the end. It makes nothing.
 *
 * @param endings what the name may end in
 * @param inputs  the files that are read
 * @param options `makesFolder`: whether its folder will be made. Default false
 * @throws SpecError for another ending, or for one of the inputs; DataError for a place that cannot be written to
 */
export async function checkOutputFile(
  option: string,
  path: string,
  endings: readonly string[],
  inputs: readonly string[],
  { makesFolder = false }: { readonly makesFolder?: boolean } = {},
): Promise<void> {
  if (!endings.includes(extname(path))) {
    const known = endings.join(", ");
    if (path.startsWith("--")) {
      const hint = `Write ${option} and the name of a file that ends in ${known}.`;
      refuse(option, path, `${option} is followed by the option ${path}`, "the name of a file", hint);
    }
    const problem = `${path} does not end in ${endings.length > 1 ? "any of " : ""}${known}`;
    refuse(option, path, problem, `a name that ends in ${known}`, `Name a file that ends in ${known}.`);
  }
  await checkNotRead(option, path, inputs);
  await tryToWrite(option, path, makesFolder);
}

/**
 * Makes sure that files can be written into a folder at the end, which is made then if it is not there.
 *
 * @param names the files
 * @throws SpecError for what is no folder, or would replace one of the inputs; DataError for a place that cannot be written to
 */
export async function checkOutputFolder(
  option: string,
  folder: string,
  names: readonly string[],
  inputs: readonly string[],
): Promise<void> {
  if (folder === "")
    refuse(option, folder, "the name of the folder is empty", "a folder", "Name a folder, such as output.");
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() === false) refuse(option, folder, `${folder} is a file`, "a folder", "Name another folder.");
  for (const name of names) {
    await checkNotRead(option, join(folder, name), inputs);
    await tryToWrite(option, join(folder, name), true);
  }
}

/**
 * Makes sure that a file and a folder that do not exist yet can both be made: that the folder is not to have the name of
 * the file, or to stand in it.
 *
 * @throws SpecError naming the option of the folder
 */
export function checkApart(option: string, folder: string, fileOption: string, file: string): void {
  if (!(resolve(folder) + sep).startsWith(resolve(file) + sep)) return;
  const problem = `${folder} leads through ${file}, the file of ${fileOption}`;
  refuse(option, folder, problem, "a folder", "Name another folder.");
}
