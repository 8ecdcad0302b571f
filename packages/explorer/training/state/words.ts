/** What the page says, in the language chosen; language and colours are those of the explorer's page. */
import { computed } from "@preact/signals";
import { language } from "../../page/state/preferences.ts";
import { en, type Text } from "../text/en.ts";
import { ko } from "../text/ko.ts";

const languages = { en, ko } as const;

/** What the page says. */
export const words = computed<Text>(() => languages[language.value]);
