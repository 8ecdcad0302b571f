/**
 * Trainings as pages of one file: a network that is trained in the page, and a report of a training that was recorded.
 */
import { checkKind, checkOptions } from "@adjoint/tensor";
import { escapedHtml, inScript } from "../fill-page.ts";
import type { IndexAddress } from "../lesson.ts";
import { page as explorerPage } from "../page.generated.ts";
import { withPreview } from "../pages/preview.ts";
import { trainingEngine } from "./engine.generated.ts";
import { trainingTemplate } from "./page.generated.ts";

/** Options of {@link trainingPage}. */
export interface TrainingPageOptions {
  /** The title of the page. Default: its own, in the reader's language. */
  readonly title?: string;
  /**
   * What the page begins with where its address does not say: the fragment of the address of such a page, which the page
   * keeps up to date, such as `"task=spirals&depth=3"` or `"lesson=he"`. Default: the first lesson.
   */
  readonly settings?: string;
  /** The address of an overview of pages, relative to this one. Default: none. */
  readonly index?: IndexAddress;
}

/** A source of the explorer's policy, for scripts or styles, with a space before it: the hashes of what is in its page. */
function hashesOf(kind: "script-src" | "style-src"): string {
  const [, sources = ""] = new RegExp(`${kind} ([^;"]*)`).exec(explorerPage) ?? [];
  return sources
    .split(" ")
    .filter((source) => source.startsWith("'sha256-"))
    .map((source) => ` ${source}`)
    .join("");
}

/**
 * A page in which networks are trained, live: handwritten digits, two spirals or a sine, with lessons, all settings,
 * play, pause and step. It shows loss, accuracy, the distributions of activations, gradients and weights of each layer
 * over time, filters, mistakes, regions or the fitted curve, and opens the graph of the last step in the explorer.
 *
 * The library trains in a worker of the page. The page is one file that loads nothing from anywhere.
 *
 * @throws SpecError for unknown options
 */
export function trainingPage(options: TrainingPageOptions = {}): string {
  checkOptions("trainingPage", options, ["title", "settings", "index"]);
  const { title, settings = "", index } = options;
  for (const [name, value] of Object.entries({ title: title ?? "", settings }))
    checkKind("trainingPage", name, value, typeof value === "string", "a string");
  const shownTitle = title ?? "A network in training";
  // The parts that hold code come in last: nothing is looked for in them.
  const content = JSON.stringify({ title: title ?? "", settings, index }).replaceAll("<", "\\u003c");
  const filled = trainingTemplate
    .replace("{scripts}", () => hashesOf("script-src"))
    .replace("{styles}", () => hashesOf("style-src"))
    .replace("{title}", () => escapedHtml(shownTitle))
    .replace("{content}", () => content)
    .replace("{engine}\n{explorer}", () => {
      const explorer = `<script type="text/plain" id="explorer">${inScript(explorerPage)}</script>`;
      return `${trainingEngine}\n${explorer}`;
    });
  return withPreview(filled, shownTitle, "Train a neural network in this page, and watch its layers while it learns.");
}
