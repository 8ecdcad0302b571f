/** What others show of a page when somebody sends a link to it: an icon, and in the head its title and what it is about. */
import { escapedXml } from "../xml-text.ts";

/** A box, and its gradient below. */
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect x='1' y='2' width='14' height='5' rx='2' fill='%23fde9c8' stroke='%23b7791f'/%3E%3Crect x='1' y='9' width='14' height='5' rx='2' fill='%23fbe3e4' stroke='%23b83253'/%3E%3C/svg%3E";

/** The page, whose head has an empty icon and a title, with all of it. A picture would have to be a file beside it. */
export function withPreview(page: string, title: string, description: string): string {
  const [name, about] = [title, description].map(escapedXml);
  const preview = `</title>
<meta name="description" content="${about}">
<meta property="og:type" content="website">
<meta property="og:title" content="${name}">
<meta property="og:description" content="${about}">`;
  // Nothing but the page's own head comes before these.
  return page.replace('href="data:,"', () => `href="${icon}"`).replace("</title>", () => preview);
}

/** An HTML document. @param sources  what its policy allows it to load and to run, besides nothing */
export function documentOf(sources: readonly string[], title: string, style: string, body: string): string {
  const policy = ["default-src 'none'", ...sources, "base-uri 'none'", "form-action 'none'"].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** A page without scripts, which loads nothing. @param about  what it is about @param body  what is in its body */
export function plainPage(title: string, about: string, style: string, body: string): string {
  const page = documentOf(["style-src 'unsafe-inline'", "img-src data:"], escapedXml(title), style, body);
  return withPreview(page, title, about);
}
