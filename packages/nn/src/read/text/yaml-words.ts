/** What the YAML library says of mistakes of syntax, in words for people who write specs. */

/** Its words, as they begin, and ours with what to do. */
const words: readonly (readonly [pattern: RegExp, problem: string, hint?: string])[] = [
  [/^Tabs are not allowed/, "a tab stands before this", "Indent by spaces."],
  [
    /^Implicit keys/,
    "a name and its colon stand on different lines",
    "Perhaps a space is missing after a colon above.",
  ],
  [/^Implicit map keys need/, "a colon is missing after this", "A space follows the colon."],
  [
    /^Nested mappings are not allowed/,
    "there is a second colon in one entry",
    "Put quotes around a text that holds one; or the line below is indented too far.",
  ],
  [
    /^All (sequence|mapping|collection) items|^Sequence item without|^All collection items/,
    "this line is not indented as those before it",
  ],
  [
    /must be sufficiently indented and end with an? \]|^Flow sequence in block/i,
    "a ] is missing before this, or this line is not indented enough",
  ],
  [
    /must be sufficiently indented and end with an? \}|^Flow map in block/i,
    "a } is missing before this, or this line is not indented enough",
  ],
  [/^Flow sequence.*end with an? \]/i, "a ] is missing before this"],
  [/^Flow map.*end with an? \}/i, "a } is missing before this"],
  [/^Missing , or : between/, "a comma or a colon is missing before this"],
  [/^Missing , between/, "a comma is missing before this"],
  [/^Missing space after :/, "a space is missing after the colon"],
  [/^Missing closing ("|')quote/, "a quote is missing at the end of this text"],
  [/^Unexpected empty item|^Unexpected , in/, "a comma stands here with nothing before it", "Leave it out."],
  [/^Unresolved tag/, "tags (!…) are not read", "Leave it out."],
  [/^unresolved alias|^aliased anchor/i, "an alias (*…) stands for nothing above it"],
  [/multiple documents/, "there are several documents, divided by ---", "A file holds one spec."],
  [/^Plain value cannot start with/, "a text that begins with this sign needs quotes"],
  [
    /^Invalid escape sequence/,
    "this text holds a \\ that means nothing",
    "A \\ itself is \\\\; in single quotes \\ is a sign as any.",
  ],
  [/keys must be (strings|scalars)|^With stringKeys/, "names must be texts"],
];

/** A mistake of syntax; what has no words of ours is told by where it stands alone. */
export function syntaxWords(message: string): { readonly problem: string; readonly hint?: string } {
  if (/alias count/.test(message))
    return { problem: "aliases unfold to too much", hint: "Write out what they stand for." };
  const found = words.find(([pattern]) => pattern.test(message));
  if (found === undefined)
    return {
      problem: "is not YAML: something here has no place in it",
      hint: "Look at quotes, brackets and how lines are indented.",
    };
  const [, problem, hint] = found;
  return { problem: `is not YAML: ${problem}`, ...(hint === undefined ? {} : { hint }) };
}
