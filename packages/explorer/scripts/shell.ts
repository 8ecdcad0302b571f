/** The HTML document around a page: its policy, its style and its scripts, in one file. */
import { documentOf } from "../src/pages/preview.ts";
import { hashOf, licencesOf } from "./bundle.ts";

/** The parts of a page that differ from page to page. */
export interface Shell {
  readonly style: string;
  /** The script that runs, as text that may stand in a script element. */
  readonly script: string;
  /** Elements after the content that hold data or other scripts as text. */
  readonly parts: string;
  /** The folders of the packages of others whose code is in it. */
  readonly packages: readonly string[];
  /** Sources that the policy allows besides the document's own: places to be filled in. */
  readonly allowed?: { readonly scripts: string; readonly styles: string };
}

/** The document, in which `{title}` and `{content}` are to be filled in. */
export function shell({ style, script, parts, packages, allowed }: Shell): string {
  // Compiling the WebAssembly kernels is allowed, evaluating text is not.
  const sources = [
    `script-src ${hashOf(script)}${allowed?.scripts ?? ""} 'wasm-unsafe-eval'`,
    `style-src ${hashOf(style)}${allowed?.styles ?? ""}`,
    "worker-src blob:",
    "img-src blob: data:",
  ];
  const body = `<div id="app"></div>
<script type="application/json" id="content">{content}</script>
${parts}
<script>${script}</script>`;
  return `${documentOf(sources, "{title}", style, body)}<!--\n${licencesOf(packages)}\n-->\n`;
}

/** The element that holds the script of a page's worker, as text. */
export function engineElement(script: string): string {
  return `<script type="text/plain" id="engine">${script}</script>`;
}
