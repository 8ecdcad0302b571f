/** Folders that one process at a time writes into: a file names the process, and that of a dead one is taken over. */
import { DataError } from "@adjoint/tensor";
import { codeOf, ifThere, nodeModule } from "../node.ts";
import { fileError } from "./system-error.ts";
import { runs, temporaryBeside, thisComputer } from "./temporary.ts";

/** The name of the lock in its folder. */
export const lockName = "lock";

/** A lock that this process holds. */
export interface FolderLock {
  /** Gives the folder free; it may be called twice, and while the process ends. */
  release(): void;
}

/** Who holds a lock. */
interface Holder {
  readonly computer: string;
  readonly pid: number;
  /** When the process started, in ticks since the computer did; null where the system does not tell. */
  readonly started: string | null;
}

/** When a process started, which tells it from a later one of the same number. Only Linux says so in a file. */
function startOf(op: string, pid: number): string | null {
  try {
    const stat = nodeModule(op, "fs").readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name of the program stands in brackets and may hold any character.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

function holderIn(text: string): Holder | null {
  try {
    const { computer, pid, started } = JSON.parse(text) as Holder;
    return typeof computer === "string" && Number.isSafeInteger(pid) && pid > 0 ? { computer, pid, started } : null;
  } catch {
    return null;
  }
}

function isAlive(op: string, { computer, pid, started }: Holder): boolean {
  if (computer !== thisComputer(op)) return true;
  if (!runs(pid)) return false;
  const now = startOf(op, pid);
  return now === null || started === null || now === started;
}

/** Makes the lock unless there is one. A lock is there whole or not at all. */
async function made(op: string, lock: string, text: string): Promise<boolean> {
  const { link, rm, writeFile } = nodeModule(op, "fs/promises");
  const own = temporaryBeside(op, lock, "tmp");
  try {
    await writeFile(own, text, { flag: "wx" });
    await link(own, lock).catch(async (error) => {
      if (codeOf(error) === "EEXIST") throw error;
      // Some file systems have no links: another process may then see the file while it is written, and wait for nothing.
      await writeFile(lock, text, { flag: "wx" }).catch(async (cause) => {
        if (codeOf(cause) !== "EEXIST") await rm(lock, { force: true });
        throw cause;
      });
    });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** What a lock says; null where there is none. */
function read(op: string, lock: string): Promise<string | null> {
  return ifThere(nodeModule(op, "fs/promises").readFile(lock, "utf8"));
}

/** Makes a lock, also in place of a dead process's; what the lock says where another holds it, else null. */
async function take(op: string, lock: string, text: string): Promise<string | null> {
  const { rm } = nodeModule(op, "fs/promises");
  while (!(await made(op, lock, text))) {
    const found = await read(op, lock);
    if (found === null) continue;
    const holder = holderIn(found);
    if (holder === null || isAlive(op, holder)) return found;
    // A dead process's lock is removed under a lock of its own: one who comes second would remove that of the first.
    const claim = `${lock}-${nodeModule(op, "crypto").createHash("sha256").update(found).digest("hex").slice(0, 8)}`;
    if ((await take(op, claim, text)) !== null) continue;
    if ((await read(op, lock)) === found) await rm(lock, { force: true });
    await rm(claim, { force: true });
  }
  return null;
}

/**
 * Locks a folder, which must exist, for this process.
 *
 * @throws DataError when another process holds it that runs, or may run on another computer, and when nothing can be
 *         written there
 */
export async function lockFolder(op: string, folder: string): Promise<FolderLock> {
  const { readdir, rm } = nodeModule(op, "fs/promises");
  const fs = nodeModule(op, "fs");
  const { join } = nodeModule(op, "path");
  const lock = join(folder, lockName);
  const own: Holder = { computer: thisComputer(op), pid: process.pid, started: startOf(op, process.pid) };
  const text = `${JSON.stringify(own)}\n`;
  try {
    const found = await take(op, lock, text);
    if (found !== null) throw inUse(op, folder, lock, holderIn(found), own);
    // What processes left that died while they removed a dead one's: nothing is removed while this lock is there.
    for (const name of await readdir(folder))
      if (name.startsWith(`${lockName}-`)) await rm(join(folder, name), { force: true });
  } catch (cause) {
    throw fileError(op, "write", lock, cause, "folder");
  }
  let isHeld = true;
  return {
    release() {
      if (!isHeld) return;
      isHeld = false;
      try {
        if (fs.readFileSync(lock, "utf8") === text) fs.rmSync(lock);
      } catch {
        // Somebody removed it, or its folder.
      }
    },
  };
}

function inUse(op: string, folder: string, lock: string, holder: Holder | null, own: Holder): DataError {
  const isHere = holder?.computer === own.computer;
  const who = holder === null ? "a process" : `process ${holder.pid}${isHere ? "" : " of another computer"}`;
  const hint = isHere
    ? `Wait for it to end, or end it: kill ${holder.pid}.`
    : `If nothing writes there any more, remove ${lock}.`;
  return DataError.of(op, "folder", who, "a folder that no other process uses", {
    problem: `${folder} is in use by ${who}`,
    hint,
  });
}
