/** Brings a run that an older version began to the form of today, so that it goes on. */
import type { TrainerProgress } from "@adjoint/optim";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { migrated, progressMigrations } from "./migrations.ts";
import { readOlderSettings, writeSettings } from "./settings.ts";

/**
 * Rewrites what has an older form in the folder of a run: the checkpoint first, since the settings tell a run of an older
 * form, so that a migration that was killed is done again.
 *
 * @returns what was changed; nothing where all has today's form
 * @throws as `readSettings` and `readCheckpoint`, before anything is written
 */
export async function migrateRun(op: string, folder: string): Promise<string[]> {
  const { settings, changes } = await readOlderSettings(op, folder);
  const checkpoint = await readCheckpoint(op, folder);
  const done = [...changes];
  if (checkpoint !== null) {
    const { value, changes: inProgress } = migrated(progressMigrations, { ...checkpoint.state.progress });
    if (inProgress.length > 0) {
      const state = { ...checkpoint.state, progress: value as unknown as TrainerProgress };
      await writeCheckpoint(op, folder, { ...checkpoint, state });
      done.push(...inProgress);
    }
  }
  if (changes.length > 0) await writeSettings(op, folder, settings);
  return done;
}
