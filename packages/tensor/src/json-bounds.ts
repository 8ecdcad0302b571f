/**
 * Bounds that the text of a JSON file is held to before it is parsed. What parses or walks JSON calls itself for every
 * level, and takes a hundred bytes for every value: a small file could end the program or fill the memory.
 */

/** How deep values may be nested in each other, and how many there may be. */
export interface JsonBounds {
  readonly depth: number;
  /** Default: any number. */
  readonly values?: number;
}

const [quote, backslash, comma] = ['"', "\\", ","].map((sign) => sign.charCodeAt(0));
const [openList, closeList, openObject, closeObject] = ["[", "]", "{", "}"].map((sign) => sign.charCodeAt(0));

/**
 * Which bound a text breaks, and from which character on; null when it breaks none. One pass, which stops at the first
 * character beyond a bound. What is not JSON is left to the parser.
 */
export function beyondBounds(
  text: string,
  { depth, values = Number.POSITIVE_INFINITY }: JsonBounds,
): { readonly bound: keyof JsonBounds; readonly offset: number } | null {
  let level = 0;
  let count = 1;
  for (let i = 0; i < text.length; i++) {
    const sign = text.charCodeAt(i);
    if (sign === quote) i = endOfString(text, i);
    else if (sign === openList || sign === openObject) {
      if (++level > depth) return { bound: "depth", offset: i };
      count++;
    } else if (sign === closeList || sign === closeObject) level--;
    else if (sign === comma) count++;
    if (count > values) return { bound: "values", offset: i };
  }
  return null;
}

/** Where the string that begins at `start` ends. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}
