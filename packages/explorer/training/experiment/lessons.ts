/** Lessons: settings that show something, and changes to try. Their words are in text/. */
import { defaults, type Settings } from "./settings.ts";

export interface Lesson {
  readonly settings: Settings;
  /** Changes of the settings, each under the name that the texts have for it. */
  readonly tries: readonly Partial<Settings>[];
}

const sgd = { ...defaults, optimizer: "sgd", lr: 0.1 } as const;

/** The lessons, in the order in which they are best read. */
export const lessons = {
  sigmoids: {
    settings: { ...sgd, activation: "sigmoid", depth: 10, init: "xavier" },
    tries: [{ depth: 2 }, { activation: "relu", init: "he" }, { batchNorm: true }],
  },
  he: { settings: { ...sgd, depth: 8, init: "0.01" }, tries: [{ init: "xavier" }, { init: "he" }, { init: "large" }] },
  explode: {
    settings: { ...sgd, activation: "tanh", depth: 10, width: 100, init: "large", lr: 0.0001 },
    tries: [{ init: "xavier", lr: 0.1 }, { activation: "relu" }, { batchNorm: true, lr: 0.1 }],
  },
  rate: { settings: { ...sgd, lr: 3 }, tries: [{ lr: 1 }, { lr: 0.3 }, { lr: 0.001 }] },
  norm: {
    settings: { ...sgd, depth: 5, init: "0.01" },
    tries: [{ batchNorm: true }, { init: "large" }, { init: "large", batchNorm: true }],
  },
  dropout: {
    settings: { ...sgd, activation: "tanh", init: "large", width: 100, samples: 300 },
    tries: [{ dropout: 0.2 }, { dropout: 0.5 }, { samples: 1400 }],
  },
  sine: {
    settings: { ...defaults, task: "sine", depth: 1, width: 8, lr: 0.01 },
    tries: [{ activation: "tanh" }, { width: 32 }, { width: 32, depth: 2 }],
  },
  spirals: {
    settings: { ...defaults, task: "spirals", activation: "tanh", init: "xavier", depth: 1, width: 4, lr: 0.01 },
    tries: [{ width: 32 }, { width: 32, depth: 3 }, { width: 32, depth: 3, activation: "relu", init: "he" }],
  },
} as const satisfies Readonly<Record<string, Lesson>>;

/** The name of a lesson, as the address carries it. */
export type LessonName = keyof typeof lessons;

export const lessonNames = Object.keys(lessons) as readonly LessonName[];
