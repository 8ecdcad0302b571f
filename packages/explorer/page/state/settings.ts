/** The reader's settings: what the page says in the language chosen, how much moves; and what is said aloud. */
import { computed, signal } from "@preact/signals";
import { en, type Text } from "../text/en.ts";
import { ko } from "../text/ko.ts";
import { type Language, language } from "./preferences.ts";

export * from "./preferences.ts";

const languages: { readonly [L in Language]: Text } = { en, ko };

/** What the page says, in the language chosen. */
export const text = computed<Text>(() => languages[language.value]);

/** Whether the page is a part of another one: then it shows the drawing and the steps alone. */
export const isEmbedded = signal(false);

/** Whether the page was opened by a training, as the graph of its last step. */
export const isOfTraining = signal(false);

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
