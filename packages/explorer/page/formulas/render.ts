/**
 * Formulas as MathML. Runs when the page is built: browsers draw MathML by themselves, so the page needs no typesetter.
 */
import { builtInWords } from "@adjoint/autograd/internal";
import temml from "temml";
import { texOf, texOfRules, withoutBars } from "./tex.ts";

/** What the page knows of a built-in op. */
export interface OpWords {
  /** MathML. */
  readonly forward: string;
  readonly backward: readonly string[];
  readonly words: string;
}

/** MathML without style attributes, which the page's security policy forbids. */
function mathOf(tex: string): string {
  const markup = temml.renderToString(tex, { throwOnError: true, displayMode: true, annotate: false });
  return markup.replaceAll(/ style="[^"]*"/g, "").replaceAll(/ class="[^"]*"/g, "");
}

/** The words of all built-in ops. */
export function wordsOfOps(): Readonly<Record<string, OpWords>> {
  const rows = Object.entries(builtInWords).flatMap(([name, { math, words = "" }]): [string, OpWords][] => {
    if (math === undefined) return [];
    const [forward, ...backward] = [texOf(math.forward), ...texOfRules(math.backward)].map(mathOf);
    return [[name, { forward, backward, words: withoutBars(words) }]];
  });
  return Object.fromEntries(rows);
}
