/** The switches of theme and language, the same on every page. */
import { chosenLanguage, chosenTheme, type Language, language, languageNames, theme } from "../../state/preferences.ts";
import { Button, Select } from "../parts.tsx";

const languages = Object.keys(languageNames) as Language[];

/** The two switches. `themeLabel`: what the first one does, in the language chosen. */
export function Preferences({ themeLabel }: { readonly themeLabel: string }) {
  return (
    <>
      <Button
        aria-label={themeLabel}
        title={themeLabel}
        onClick={() => (chosenTheme.value = theme.value === "dark" ? "light" : "dark")}
      >
        ◐
      </Button>
      <Select
        aria-label="Language / 언어"
        value={language.value}
        options={languages.map((code) => [code, languageNames[code], code])}
        onSelect={(code) => (chosenLanguage.value = code)}
      />
    </>
  );
}
