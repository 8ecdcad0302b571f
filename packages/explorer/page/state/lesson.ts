/** The lesson that came with the graph. */
import { computed, signal } from "@preact/signals";
import type { Lesson, LessonWords } from "../../src/lesson.ts";
import { language } from "./settings.ts";

/** The lesson; null when none came, or another graph was opened. */
export const lesson = signal<Lesson | null>(null);

/** Its words, in the reader's language where it has it. */
export const lessonWords = computed((): LessonWords | null => {
  if (lesson.value === null) return null;
  return (language.value === "ko" ? lesson.value.ko : undefined) ?? lesson.value.en;
});

/** What values are called in the reader's language, by their names in the graph; none where they are called by these. */
export const lessonNames = computed(() => lessonWords.value?.names);
