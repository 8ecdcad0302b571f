/** Kills processes at moments that a seed chooses. */
import { existsSync, readdirSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { RunningCommand } from "./built-command.ts";

/** When a process is killed: after some time, or as soon as it has begun to write some file, not counting others before. */
export type Moment = { readonly afterMs: number } | { readonly atFile: number };

/** A file while it is written: its name, and what tells its writer. */
const temporary = /^(.+)\.adjoint-[0-9a-f]+-\d+-[0-9a-f]+\.(?:tmp|part)$/;

/** The files in a folder that nobody finished, by the names that they were to have. */
export function unfinishedIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => temporary.exec(name)?.[1] ?? []);
}

/**
 * Ends a process by SIGKILL.
 *
 * @param folder  that it writes into; it need not be there yet
 * @returns       how it ended; it may have ended by itself before the moment came
 */
export async function killAt(
  { process, done }: RunningCommand,
  moment: Moment,
  folder: string,
): Promise<Awaited<RunningCommand["done"]>> {
  const kill = (): unknown => process.kill("SIGKILL");
  if ("afterMs" in moment) {
    const timer = setTimeout(kill, moment.afterMs);
    return await done.finally(() => clearTimeout(timer));
  }
  const seen = new Set<string>();
  const stops: (() => void)[] = [];
  const listen = (place: string, onName: (name: string) => void): void => {
    const watcher = watch(place, (_, name) => name !== null && onName(name));
    stops.push(() => watcher.close());
  };
  const onFile = (name: string): void => {
    if (!temporary.test(name)) return;
    seen.add(name);
    if (seen.size > moment.atFile) kill();
  };
  if (existsSync(folder)) listen(folder, onFile);
  else {
    let isThere = false;
    listen(dirname(folder), (name) => {
      if (isThere || name !== basename(folder) || !existsSync(folder)) return;
      isThere = true;
      listen(folder, onFile);
    });
  }
  return await done.finally(() => {
    for (const stop of stops) stop();
  });
}
