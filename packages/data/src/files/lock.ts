/**
 * Folders that one process at a time writes into. The lock is a file with the number of its process; that of a process
 * that died is taken over.
 */
import { DataError } from "@adjoint/tensor";
import { codeOf, nodeModule } from "../node.ts";
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

/** Moves the lock of a dead process away. Whoever comes second finds another lock, and puts it back. */
async function removeDead(op: string, lock: string, text: string): Promise<void> {
  const { link, readFile, rename, rm } = nodeModule(op, "fs/promises");
  const away = temporaryBeside(op, lock, "tmp");
  await rename(lock, away).catch((error) => {
    if (codeOf(error) !== "ENOENT") throw error;
  });
  const moved = await readFile(away, "utf8").catch(() => text);
  if (moved !== text) await link(away, lock).catch(() => {});
  await rm(away, { force: true });
}

/**
 * Locks a folder, which must exist, for this process.
 *
 * @throws DataError when another process holds it that runs, or may run on another computer, and when nothing can be
 *         written there
 */
export async function lockFolder(op: string, folder: string): Promise<FolderLock> {
  const { readFile } = nodeModule(op, "fs/promises");
  const fs = nodeModule(op, "fs");
  const lock = nodeModule(op, "path").join(folder, lockName);
  const own: Holder = { computer: thisComputer(op), pid: process.pid, started: startOf(op, process.pid) };
  const text = `${JSON.stringify(own)}\n`;
  try {
    while (!(await made(op, lock, text))) {
      const found = await readFile(lock, "utf8").catch((error) => {
        if (codeOf(error) !== "ENOENT") throw error;
        return null;
      });
      if (found === null) continue;
      const holder = holderIn(found);
      if (holder === null || isAlive(op, holder)) throw inUse(op, folder, lock, holder, own);
      await removeDead(op, lock, found);
    }
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
