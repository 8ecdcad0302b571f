/** Where a command writes: found out before the work is done, and not after it. */
import { constants } from "node:fs";
import { access, mkdir, stat } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { SpecError } from "@adjoint/tensor";

/** Makes a folder that will be written to. @throws SpecError when it cannot be made, or not be written to */
export async function makeFolder(option: string, folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    const isFile = await stat(folder).then(
      (found) => !found.isDirectory(),
      () => false,
    );
    const problem = isFile ? `${folder} is a file` : `${folder} cannot be written to (${(cause as Error).message})`;
    throw new SpecError(
      { op: option, problem, argument: option, expected: "a folder", received: folder, hint: "Name another folder." },
      { cause },
    );
  }
}

/**
 * Makes sure that a file can be written at the end.
 * @throws SpecError for another ending, for one of the files that are read, or a folder that cannot be written to
 */
export async function checkOutputFile(
  option: string,
  path: string,
  ending: string,
  inputs: readonly string[],
): Promise<void> {
  const refuse = (problem: string): never => {
    throw new SpecError({
      op: option,
      problem,
      argument: option,
      expected: `a new name that ends in ${ending}`,
      received: path,
      hint: `Name a file that ends in ${ending}.`,
    });
  };
  if (extname(path) !== ending) refuse(`${path} does not end in ${ending}, by which it is read again`);
  if (inputs.some((input) => resolve(input) === resolve(path))) refuse(`${path} is the file that is read`);
  await makeFolder(option, dirname(path));
}
