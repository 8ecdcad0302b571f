/**
 * Text that may stand in an XML document. Escaping is the renderers' work; some characters have no escape at all.
 */

/** The text with every character that XML cannot hold (control characters, half of a surrogate pair) as U+FFFD. */
export function xmlText(text: string): string {
  return text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\u{FFFD}");
}
