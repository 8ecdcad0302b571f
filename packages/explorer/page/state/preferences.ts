/**
 * Language and colours, as the reader has chosen them: the same on every page.
 */
import { computed, signal } from "@preact/signals";
import type { Theme } from "../../src/drawing/painting/colors.ts";

export type Language = "en" | "ko";

/** The language that was chosen with the switch; null: the browser's. */
export const chosenLanguage = signal<Language | null>(null);
export const language = computed<Language>(
  () => chosenLanguage.value ?? (navigator.language.startsWith("ko") ? "ko" : "en"),
);

const dark = matchMedia("(prefers-color-scheme: dark)");
const systemTheme = signal<Theme>(dark.matches ? "dark" : "light");
dark.addEventListener("change", () => {
  systemTheme.value = dark.matches ? "dark" : "light";
});
/** The theme that was chosen with the switch; null: the system's. */
export const chosenTheme = signal<Theme | null>(null);
export const theme = computed<Theme>(() => chosenTheme.value ?? systemTheme.value);
