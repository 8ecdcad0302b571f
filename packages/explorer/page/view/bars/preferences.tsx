/** The switches of theme and language, the same on every page. */
import { chosenLanguage, chosenTheme, type Language, language, languageNames, theme } from "../../state/preferences.ts";

/** The two switches. `themeLabel`: what the first one does, in the language chosen. */
export function Preferences({ themeLabel }: { readonly themeLabel: string }) {
  return (
    <>
      <button
        type="button"
        aria-label={themeLabel}
        title={themeLabel}
        onClick={() => {
          chosenTheme.value = theme.value === "dark" ? "light" : "dark";
        }}
      >
        ◐
      </button>
      <select
        aria-label="Language / 언어"
        value={language.value}
        onChange={(event) => {
          chosenLanguage.value = event.currentTarget.value as Language;
        }}
      >
        {Object.entries(languageNames).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </>
  );
}
