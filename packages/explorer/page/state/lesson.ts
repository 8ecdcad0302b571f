/** The lesson that came with the graph, and what the page is called. */
import { computed, signal } from "@preact/signals";
import type { Lesson, LessonWords } from "../../src/lesson.ts";
import { opened } from "./document.ts";
import { language } from "./settings.ts";

/** The lesson; null when none came, or another graph was opened. */
export const lesson = signal<Lesson | null>(null);

/** Its words, in the reader's language where it has it. */
export const lessonWords = computed((): LessonWords | null => {
  if (lesson.value === null) return null;
  return (language.value === "ko" ? lesson.value.ko : undefined) ?? lesson.value.en;
});

/** The title of the page. */
export const titleShown = computed(() => lessonWords.value?.title ?? opened.value?.title ?? "");
