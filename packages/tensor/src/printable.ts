/**
 * Words of others (names in files, servers' answers) as they may be shown: nothing in them commands a terminal, turns the
 * text around it or hides in it. Whatever prints goes through here.
 */

/**
 * Controls (C0, C1, DEL), characters that are not seen (zero-width spaces, marks of byte order and of direction, bidi
 * controls, tags), breaks of line and paragraph, and halves of surrogate pairs. Not the two joiners, which emoji and
 * scripts are written with, and not tabs and line feeds.
 */
const unprintable = /(?![\t\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text with such characters as JSON escapes them, `\u001b`. Line feeds and tabs stay. */
export function printable(text: string): string {
  return text.replace(unprintable, escaped);
}

/** The text as {@link printable} gives it, on one line: for a name within a line, which could make lines of its own otherwise. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\n\t]/g, escaped);
}

/** The text with `substitute` for such characters, for places that show them in no other way. */
export function withoutUnprintable(text: string, substitute: string): string {
  return text.replace(unprintable, substitute);
}

function escaped(character: string): string {
  let text = "";
  for (let i = 0; i < character.length; i++) {
    text += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  }
  return text;
}
