/** A small disk of its own, for tests of what a full or read-only disk does. */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";

/** A disk that was mounted. */
export interface SmallDisk {
  /** Its folder. */
  readonly folder: string;
  /** Fills it up to so many bytes. */
  fill(free: number): Promise<void>;
  /** Mounts it again with other options, such as `ro`. */
  remount(options: string): void;
  /** Unmounts it. */
  remove(): void;
}

const mount = (...args: string[]): boolean => spawnSync("mount", args).status === 0;

/** Mounts a disk of so many bytes in memory; null where that is not allowed. */
export function mountSmallDisk(folder: string, bytes: number): SmallDisk | null {
  mkdirSync(folder);
  if (!mount("-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder)) return null;
  const ballast = join(folder, "ballast");
  return {
    folder,
    async fill(free) {
      rmSync(ballast, { force: true });
      writeFileSync(ballast, "");
      const { bavail, bsize } = await statfs(folder);
      writeFileSync(ballast, Buffer.alloc(bavail * bsize));
      truncateSync(ballast, statSync(ballast).size - free);
    },
    remount(options) {
      if (!mount("-o", `remount,${options}`, folder)) throw new Error(`cannot mount ${folder} again with ${options}`);
    },
    remove() {
      spawnSync("umount", [folder]);
    },
  };
}
