/**
 * The names of files that are being written, and the left-overs of processes that died while they wrote.
 *
 * A name is that of the file to come, then whose it is, then sixteen random digits: nobody can foresee it, and others can
 * tell whether its process still runs. Computers may share a folder, and containers the name of a computer.
 */
import { codeOf, nodeModule } from "../node.ts";

/** `tmp`: a file about to be renamed into place; `part`: a download that can be resumed. */
export type TemporaryKind = "tmp" | "part";

/** What a process that died left behind. */
export interface Leftover {
  readonly path: string;
  /** The name of the file that it was to become, or its beginning. */
  readonly of: string;
  readonly kind: TemporaryKind;
  readonly bytes: number;
}

/** How much of a file's name goes into that of its temporary file: names have an end, at 255 bytes on most systems. */
const longestName = 40;
/** Name, computer, process, random digits, kind. Downloads of earlier versions had neither computer nor random digits. */
const pattern = /^(.+)\.(?:adjoint-([0-9a-f]{8})-(\d+)-[0-9a-f]{16}\.(tmp|part)|(\d+)-\d+\.(part))$/s;
/** After so long nobody is writing any more, whatever runs under the process's number. */
const day = 24 * 60 * 60 * 1000;

let computer: string | undefined;

/** Eight digits for this computer, and this container on it. */
export function thisComputer(op: string): string {
  if (computer !== undefined) return computer;
  let container = "";
  try {
    container = nodeModule(op, "fs").readlinkSync("/proc/self/ns/pid");
  } catch {
    // Only Linux has numbers of processes that mean different things at the same time.
  }
  const name = `${nodeModule(op, "os").hostname()} ${container}`;
  computer = nodeModule(op, "crypto").createHash("sha256").update(name).digest("hex").slice(0, 8);
  return computer;
}

/** The beginning of a file's name that its temporary files have. */
function stemOf(op: string, path: string): string {
  return nodeModule(op, "path").basename(path).slice(0, longestName);
}

/** A name beside `path` that no file has, of this process. Open it with `wx` all the same. */
export function temporaryBeside(op: string, path: string, kind: TemporaryKind): string {
  const random = nodeModule(op, "crypto").randomBytes(8).toString("hex");
  const name = `${stemOf(op, path)}.adjoint-${thisComputer(op)}-${process.pid}-${random}.${kind}`;
  return nodeModule(op, "path").join(nodeModule(op, "path").dirname(path), name);
}

/** Whether a left-over was to become the file `path`. */
export function belongsTo(op: string, { of }: Leftover, path: string): boolean {
  return of === stemOf(op, path);
}

/** Whether a process of that number runs here. */
export function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}

/** What dead processes left in a folder. Only regular files with our names; none where the folder cannot be read. */
export async function leftoversIn(op: string, folder: string): Promise<readonly Leftover[]> {
  const { lstat, readdir } = nodeModule(op, "fs/promises");
  const found: Leftover[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const [, of, host, pid, kind, oldPid, oldKind] = pattern.exec(name) ?? [];
    if (of === undefined) continue;
    const path = nodeModule(op, "path").join(folder, name);
    const file = await lstat(path).catch(() => null);
    // A link, of either sort, may lead to a file of somebody else.
    if (file === null || !file.isFile() || file.nlink > 1) continue;
    const isHere = host === undefined || host === thisComputer(op);
    const isDead = (isHere && !runs(Number(pid ?? oldPid))) || Date.now() - file.mtimeMs > day;
    if (isDead) found.push({ path, of, kind: (kind ?? oldKind) as TemporaryKind, bytes: file.size });
  }
  return found;
}

/** Removes left-overs, as far as it can. */
export async function removeAll(op: string, leftovers: readonly Leftover[]): Promise<void> {
  for (const { path } of leftovers) {
    await nodeModule(op, "fs/promises")
      .rm(path, { force: true })
      .catch(() => {});
  }
}
