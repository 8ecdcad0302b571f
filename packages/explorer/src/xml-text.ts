/** Text for XML documents: some characters need an escape, others have none. */
import { withoutUnprintable } from "@adjoint/tensor";

/**
 * The text with U+FFFD for every character that XML cannot hold (control characters, half of a surrogate pair), that is
 * not seen, or that turns the text around it.
 */
export function xmlText(text: string): string {
  return withoutUnprintable(text.replaceAll(/[\u{FFFE}\u{FFFF}]/gu, "\u{FFFD}"), "\u{FFFD}");
}

/** The text as part of a document, in an element or in an attribute between double quotes. */
export function escapedXml(text: string): string {
  return xmlText(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
