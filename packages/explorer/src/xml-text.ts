/**
 * Text that may stand in an XML document. Escaping is the renderers' work; some characters have no escape at all.
 */

import { withoutUnprintable } from "@adjoint/tensor";

/**
 * The text with U+FFFD for every character that XML cannot hold (control characters, half of a surrogate pair), that is
 * not seen, or that turns the text around it.
 */
export function xmlText(text: string): string {
  return withoutUnprintable(text.replaceAll(/[\u{FFFE}\u{FFFF}]/gu, "\u{FFFD}"), "\u{FFFD}");
}
