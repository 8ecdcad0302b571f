/**
 * Formulas as MathML. Runs when the page is built: browsers draw MathML by themselves, so the page needs no typesetter.
 */
import { builtInWords } from "@adjoint/autograd/internal";
import temml from "temml";
import { texOfOps } from "./tex.ts";

/** What the page knows of a built-in op. */
export interface OpWords {
  /** MathML. */
  readonly forward: string;
  readonly backward: readonly string[];
  readonly words: string;
}

/** MathML without style attributes, which the page's security policy forbids. */
export function mathOf(tex: string): string {
  const markup = temml.renderToString(tex, { throwOnError: true, displayMode: true, annotate: false });
  return markup.replaceAll(/ style="[^"]*"/g, "").replaceAll(/ class="[^"]*"/g, "");
}

/** The words of all built-in ops. */
export function wordsOfOps(): Readonly<Record<string, OpWords>> {
  return Object.fromEntries(
    Object.entries(texOfOps).map(([name, { forward, backward }]) => [
      name,
      {
        forward: mathOf(forward),
        backward: backward.map(mathOf),
        words: builtInWords[name].words ?? "",
      },
    ]),
  );
}
