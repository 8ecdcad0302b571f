/** The index of the gallery: every page with its drawing, its title and what there is to see, in two languages. */
import type { GalleryEntry } from "./gallery.ts";

/** The languages of the index, with the names of their files. */
export const indexFiles = { en: "index.html", ko: "index.ko.html" } as const;
type Language = keyof typeof indexFiles;

const words = {
  en: {
    title: "Graphs to explore",
    intro:
      "Backpropagation, one graph a page: step through it, point at numbers, change them. Each page is one file that needs no network.",
    other: "한국어",
    section: (number: string): string => `Deep Learning from Scratch${number.startsWith("2, ") ? " " : ", "}${number}`,
  },
  ko: {
    title: "살펴보는 그래프",
    intro:
      "역전파를 그래프 하나씩 봅니다. 한 단계씩 지나고, 숫자를 가리키고, 바꿔 보세요. 페이지마다 파일 하나이고 네트워크가 필요 없습니다.",
    other: "English",
    section: (number: string): string => `밑바닥부터 시작하는 딥러닝${number.startsWith("2, ") ? " " : ", "}${number}`,
  },
} as const;

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 76rem; margin: 0 auto; padding: 1rem; }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: 1rem; padding: 0; list-style: none; }
li a { display: block; box-sizing: border-box; height: 100%; padding: 0.8rem; color: inherit; text-decoration: none; border: 1px solid #8a94a3; border-radius: 10px; }
li a:hover, li a:focus-visible { outline: 2px solid #1d4ed8; }
img { width: 100%; height: 11rem; object-fit: cover; object-position: left top; border-radius: 6px; }
h2 { margin: 0.4rem 0 0; font-size: 1.05rem; }
small { display: block; }
p { margin: 0.3rem 0 0; }`;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** The first sentence of a text. */
const firstSentence = (text: string): string => /^.*?[.?!](?= |$)/s.exec(text)?.[0] ?? text;

/** The index in a language. */
export function indexPage(entries: readonly GalleryEntry[], language: Language): string {
  const own = words[language];
  const other = language === "en" ? "ko" : "en";
  const items = entries.map((entry) => {
    const { title, text } = entry[language];
    const section = entry.section === undefined ? "" : `<small>${escaped(own.section(entry.section))}</small>`;
    return `<li><a href="${entry.name}.html#lang=${language}"><img src="${entry.name}.svg" alt="" loading="lazy"><h2>${escaped(title)}</h2>${section}<p>${escaped(firstSentence(text))}</p></a></li>`;
  });
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="${escaped(own.intro)}">
<meta property="og:title" content="${escaped(own.title)}">
<meta property="og:description" content="${escaped(own.intro)}">
<link rel="icon" href="data:,">
<title>${escaped(own.title)}</title>
<style>${style}
</style>
</head>
<body>
<main>
<h1>${escaped(own.title)}</h1>
<p>${escaped(own.intro)} <a href="${indexFiles[other]}" lang="${other}">${own.other}</a></p>
<ul>
${items.join("\n")}
</ul>
</main>
</body>
</html>
`;
}
