/**
 * Older forms of the settings and the checkpoint of a run, and what makes the next form of each: the newest one last. A form
 * is known by what it lacks. A change of either adds a line here, and a run of the form before to the fixtures.
 */

export type AnyForm = Readonly<Record<string, unknown>>;

interface Migration {
  /** What it does, for the report. */
  readonly words: string;
  /** Whether a value has the older form, or one before it. */
  readonly applies: (value: AnyForm) => boolean;
  /** The newer form of the older one. */
  readonly migrate: (value: AnyForm) => AnyForm;
}

export const settingsMigrations: readonly Migration[] = [
  {
    words: "how data were read and became samples is kept beside their name",
    applies: (settings) => !("encoding" in settings) && "classes" in settings,
    migrate({ classes, data: named, ...rest }) {
      const { data, dataDir } = named as { readonly data: unknown; readonly dataDir?: unknown };
      const reading = dataDir === undefined ? {} : { dir: dataDir };
      return { ...rest, data: { data, reading }, encoding: { classes, table: null } };
    },
  },
  {
    words: "the learning rate has a schedule and a warm-up: none",
    applies: (settings) => !("schedule" in settings) && !("warmup" in settings),
    migrate: (settings) => ({ ...settings, schedule: null, warmup: 0 }),
  },
];

/** The hyper-parameters of the optimizer in the progress of a training. */
const hyperparametersIn = ({ optimizer }: AnyForm): AnyForm =>
  (optimizer as { readonly hyperparameters?: AnyForm } | undefined)?.hyperparameters ?? {};

export const progressMigrations: readonly Migration[] = [
  {
    words: "the optimizer has a weight decay: 0",
    applies: (progress) => "lr" in hyperparametersIn(progress) && !("weightDecay" in hyperparametersIn(progress)),
    migrate: (progress) => ({
      ...progress,
      optimizer: {
        ...(progress.optimizer as AnyForm),
        hyperparameters: { ...hyperparametersIn(progress), weightDecay: 0 },
      },
    }),
  },
];

/** A value in the newest form, and what was done: nothing where it has it. */
export function migrated(migrations: readonly Migration[], value: AnyForm) {
  const changes: string[] = [];
  let now = value;
  for (const { words, applies, migrate } of migrations) {
    if (!applies(now)) continue;
    now = migrate(now);
    changes.push(words);
  }
  return { value: now, changes };
}
