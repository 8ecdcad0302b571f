/** Filling in a page: its title, and what it shows. */

/** The page of a template, with `{content}` and `{title}` filled in. */
export function fillPage(
  template: string,
  content: { readonly title: string; readonly [part: string]: unknown },
): string {
  // As JSON all of these mean what they meant, and none of them can end the element that the text stands in.
  const json = JSON.stringify(content).replaceAll("<", "\\u003c");
  // The content first: its place comes after the title's, so that neither is taken for the other's.
  return template.replace("{content}", () => json).replace("{title}", () => escapedHtml(content.title));
}

/** Text that stands for itself in HTML. */
export function escapedHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
