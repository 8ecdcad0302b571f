/** Writes files so that nobody ever sees half of one: whatever Adjoint writes is written here. */
import { codeOf, ifThere, nodeModule } from "../node.ts";
import { checkPath, fileError, notAFile } from "./system-error.ts";
import { leftoversIn, removeAll, temporaryBeside } from "./temporary.ts";

/** Where a file goes: links followed, so that a link stays one; and the permissions of the file that is replaced. */
interface Place {
  readonly path: string;
  readonly mode: number | null;
}

/** As many links as systems follow. */
const mostLinks = 40;

function pathOf(op: string, path: string | URL): string {
  checkPath(op, path, "path");
  return typeof path === "string" ? path : nodeModule(op, "url").fileURLToPath(path);
}

/** What a path leads to, whether a file is there or not. */
async function followed(op: string, path: string): Promise<string> {
  const { lstat, readlink, realpath } = nodeModule(op, "fs/promises");
  const { dirname, resolve } = nodeModule(op, "path");
  let place = path;
  for (let links = 0; links < mostLinks; links++) {
    const found = await ifThere(lstat(place));
    if (found === null || !found.isSymbolicLink()) return place;
    place = resolve(await realpath(dirname(place)), await readlink(place));
  }
  throw Object.assign(new Error("too many symbolic links"), { code: "ELOOP" });
}

/** Where `path` is written to. @throws the system's error, or a DataError for what is not a file */
async function placeOf(op: string, path: string): Promise<Place> {
  const { access, stat } = nodeModule(op, "fs/promises");
  const place = await followed(op, path);
  const found = await ifThere(stat(place));
  if (found === null) return { path: place, mode: null };
  if (found.isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
  if (!found.isFile()) throw notAFile(op, "write", path, "path");
  // Renaming would replace a file that may only be read, too.
  await access(place, nodeModule(op, "fs").constants.W_OK);
  return { path: place, mode: found.mode & 0o777 };
}

/** Writes a temporary file beside a place, and returns its path; leaves nothing behind on failure. */
async function writeBeside(op: string, place: Place, content: Uint8Array | string): Promise<string> {
  const { open, rm } = nodeModule(op, "fs/promises");
  const temporary = temporaryBeside(op, place.path, "tmp");
  const handle = await open(temporary, "wx");
  try {
    try {
      await handle.writeFile(content);
      if (place.mode !== null) await handle.chmod(place.mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return temporary;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

/** A file to write. */
export interface NewFile {
  readonly path: string | URL;
  readonly content: Uint8Array | string;
}

/**
 * Writes files that belong together, such as a program and its numbers: each under a name of its own beside its path, and
 * when all are there, renamed into place. Before that it removes what writers that were killed left in the folders. A link
 * stays, and what it leads to is replaced; permissions stay.
 *
 * @throws DataError for one that cannot be written, for example on a full disk; then nothing is left behind, and all that
 *         was there before stays
 */
export async function writeTogether(op: string, files: readonly NewFile[]): Promise<void> {
  const { rename, rm } = nodeModule(op, "fs/promises");
  const ready: { readonly temporary: string; readonly path: string | URL; readonly place: string }[] = [];
  let current: string | URL = "";
  try {
    for (const { path, content } of files) {
      current = path;
      const place = await placeOf(op, pathOf(op, path));
      const leftovers = await leftoversIn(op, nodeModule(op, "path").dirname(place.path));
      await removeAll(
        op,
        leftovers.filter(({ kind }) => kind === "tmp"),
      );
      ready.push({ temporary: await writeBeside(op, place, content), path, place: place.path });
    }
    for (const { temporary, path, place } of ready) {
      current = path;
      await rename(temporary, place);
    }
  } catch (cause) {
    for (const { temporary } of ready) await rm(temporary, { force: true }).catch(() => {});
    throw fileError(op, "write", current, cause, "path");
  }
}

/** Writes one file as {@link writeTogether} does. @throws as {@link writeTogether} */
export async function writeWhole(op: string, path: string | URL, content: Uint8Array | string): Promise<void> {
  await writeTogether(op, [{ path, content }]);
}

/** Makes a folder, and those around it, unless it is there. @throws DataError when it cannot be made */
export async function makeFolder(op: string, folder: string): Promise<void> {
  try {
    await nodeModule(op, "fs/promises").mkdir(folder, { recursive: true });
  } catch (cause) {
    throw fileError(op, "write", folder, cause, "path");
  }
}

/**
 * Tries whether {@link writeWhole} could write a file, by writing an empty one beside it and removing it again.
 *
 * @param makesFolder whether the folder will be made: where it is missing, the nearest one above it is tried
 * @throws DataError when the file cannot be written
 */
export async function tryToWrite(op: string, path: string | URL, makesFolder: boolean): Promise<void> {
  const { rm } = nodeModule(op, "fs/promises");
  try {
    const place = await placeOf(op, pathOf(op, path));
    const beside = { path: makesFolder ? await inExistingFolder(op, place.path) : place.path, mode: null };
    await rm(await writeBeside(op, beside, ""));
  } catch (cause) {
    throw fileError(op, "write", path, cause, "path");
  }
}

/** The path itself when its folder exists, else that of the topmost folder that is missing. */
async function inExistingFolder(op: string, path: string): Promise<string> {
  const { dirname, resolve } = nodeModule(op, "path");
  for (let place = resolve(path); ; place = dirname(place)) {
    const folder = await nodeModule(op, "fs/promises")
      .stat(dirname(place))
      .catch((error) => {
        if (codeOf(error) !== "ENOENT" || dirname(place) === place) throw error;
        return null;
      });
    if (folder !== null) return place;
  }
}

/** Whether two paths lead to one file, whatever links, relative paths and capitals are in them. */
export async function isSameFile(op: string, a: string | URL, b: string | URL): Promise<boolean> {
  const { stat } = nodeModule(op, "fs/promises");
  const [one, other] = await Promise.all([a, b].map((path) => stat(path, { bigint: true }).catch(() => null)));
  return one !== null && other !== null && one.dev === other.dev && one.ino === other.ino;
}
