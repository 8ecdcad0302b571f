/**
 * The reader's settings: language, dark or light, how much moves; and what is said aloud.
 */
import { computed, signal } from "@preact/signals";
import type { Theme } from "../drawing/painting/colors.ts";
import { en, type Text } from "../text/en.ts";
import { ko } from "../text/ko.ts";

/** The languages of the page. */
export const languages = { en, ko } as const;
export type Language = keyof typeof languages;

/** The language that was chosen with the switch; null: the browser's. */
export const chosenLanguage = signal<Language | null>(null);
export const language = computed<Language>(
  () => chosenLanguage.value ?? (navigator.language.startsWith("ko") ? "ko" : "en"),
);
/** What the page says, in the language chosen. */
export const text = computed<Text>(() => languages[language.value]);

const dark = matchMedia("(prefers-color-scheme: dark)");
const systemTheme = signal<Theme>(dark.matches ? "dark" : "light");
dark.addEventListener("change", () => {
  systemTheme.value = dark.matches ? "dark" : "light";
});
/** The theme that was chosen with the switch; null: the system's. */
export const chosenTheme = signal<Theme | null>(null);
export const theme = computed<Theme>(() => chosenTheme.value ?? systemTheme.value);

/** Whether movement is unwelcome. */
export function prefersStill(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** What the live region says. */
export const announced = signal("");

/** Says something to readers of the screen. */
export function announce(what: string): void {
  // The same words again are read only if something is different about them.
  announced.value = announced.peek() === what ? `${what}\u00a0` : what;
}

/** Reads a note that this browser keeps; null where it keeps none or must not. */
export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(`adjoint-explorer-${key}`);
  } catch {
    return null;
  }
}

/** Leaves a note in this browser, where that is possible. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`adjoint-explorer-${key}`, value);
  } catch {
    // A page that may store nothing asks again next time.
  }
}
