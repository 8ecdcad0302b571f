/** Filling in a page: what it is called and is about, and what it shows. */
import { escapedXml } from "./xml-text.ts";

/** A box, and its gradient below. */
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect x='1' y='2' width='14' height='5' rx='2' fill='%23fde9c8' stroke='%23b7791f'/%3E%3Crect x='1' y='9' width='14' height='5' rx='2' fill='%23fbe3e4' stroke='%23b83253'/%3E%3C/svg%3E";

/** Title, icon, and what others show of a page when somebody sends a link to it. */
export function headOf(title: string, description: string): string {
  const [name, about] = [title, description].map(escapedXml);
  return `<link rel="icon" href="${icon}">
<title>${name}</title>
<meta name="description" content="${about}">
<meta property="og:type" content="website">
<meta property="og:title" content="${name}">
<meta property="og:description" content="${about}">`;
}

/** The page of a template, with `{content}` and `{head}` filled in. */
export function fillPage(
  template: string,
  {
    description,
    ...content
  }: { readonly title: string; readonly description?: string; readonly [part: string]: unknown },
): string {
  // As JSON all of these mean what they meant, and none of them can end the element that the text stands in.
  const json = JSON.stringify(content).replaceAll("<", "\\u003c");
  // The content first: its place comes after the head's, so that neither is taken for the other's.
  return template
    .replace("{content}", () => json)
    .replace("{head}", () => headOf(content.title, description ?? content.title));
}
