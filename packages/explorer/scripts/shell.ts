/** The HTML document around a page: its policy, its style and its scripts, in one file. */
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
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}${allowed?.scripts ?? ""} 'wasm-unsafe-eval'`,
    `style-src ${hashOf(style)}${allowed?.styles ?? ""}`,
    "worker-src blob:",
    "img-src blob: data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<script type="application/json" id="content">{content}</script>
${parts}
<script>${script}</script>
</body>
</html>
<!--
${licencesOf(packages)}
-->
`;
}

/** The element that holds the script of a page's worker, as text. */
export function engineElement(script: string): string {
  return `<script type="text/plain" id="engine">${script}</script>`;
}
