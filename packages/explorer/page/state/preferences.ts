/** Language and colours, as the reader has chosen them: the same on every page. */
import { computed, effect, signal } from "@preact/signals";
import type { Theme } from "../../src/drawing/painting/colors.ts";
import type { IndexAddress, Language } from "../../src/lesson.ts";

export type { Language };

/** The languages, each by its own name. */
export const languageNames: Readonly<Record<Language, string>> = { en: "English", ko: "한국어" };

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

/** Takes over the language and the theme that an address names. */
export function applyPreferences(address: URLSearchParams): void {
  const wanted = address.get("lang");
  if (wanted !== null && Object.hasOwn(languageNames, wanted)) chosenLanguage.value = wanted as Language;
  const colors = address.get("theme");
  if (colors === "dark" || colors === "light") chosenTheme.value = colors;
}

/** Names the language and the theme in an address, where they were chosen. */
export function keepPreferences(address: URLSearchParams): void {
  if (chosenLanguage.value !== null) address.set("lang", chosenLanguage.value);
  if (chosenTheme.value !== null) address.set("theme", chosenTheme.value);
}

/** Says in the address of another page what the reader has chosen here, and that the tour was offered before. */
export function comingFromHere(address: URLSearchParams): void {
  address.set("lang", language.value);
  if (chosenTheme.value !== null) address.set("theme", chosenTheme.value);
  address.set("tour", "0");
}

/** An address of another page, with the language and the theme of this one; null for anything that is none. */
export function pageAddress(address: string | undefined): string | null {
  if (address === undefined) return null;
  try {
    const { protocol, hash } = new URL(address, location.href);
    if (!["http:", "https:", "file:"].includes(protocol)) return null;
    const parts = new URLSearchParams(hash.slice(1));
    comingFromHere(parts);
    return `${address.replace(/#.*$/s, "")}#${parts}`;
  } catch {
    return null;
  }
}

/** The address of the overview of pages, in the reader's language. */
export function indexAddress(index: IndexAddress | undefined): string | null {
  return pageAddress(typeof index === "object" ? index[language.value] : index);
}

/** Sets the theme and the language of the document, now and whenever they change. */
export function followPreferences(): void {
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
    document.documentElement.lang = language.value;
  });
}
