/** The index of the gallery: every page with its drawing, its title and what there is to see, in two languages. */
import { addressOf, cardFile, type GalleryEntry, type GalleryPart } from "./gallery.ts";
import { indexFiles, trainingFile } from "./pages/page.ts";

type Language = keyof typeof indexFiles;

const words = {
  en: {
    title: "Graphs to explore",
    intro:
      "Backpropagation, one graph a page: step through it, point at numbers, change them. Each page is one file that needs no network.",
    start: (first: string): string =>
      `Start with ${first}. Each page leads on to the next, from a few numbers to a whole network.`,
    other: "한국어",
    nodes: (count: number): string => `${count} nodes`,
    section: (number: string): string => `Deep Learning from Scratch${number.startsWith("2, ") ? " " : ", "}${number}`,
  },
  ko: {
    title: "살펴보는 그래프",
    intro:
      "역전파를 그래프 하나씩 봅니다. 한 단계씩 지나고, 숫자를 가리키고, 바꿔 보세요. 페이지마다 파일 하나이고 네트워크가 필요 없습니다.",
    start: (first: string): string =>
      `${first}부터 시작하세요. 페이지마다 다음으로 이어지고, 숫자 몇 개에서 신경망 전체까지 갑니다.`,
    other: "English",
    nodes: (count: number): string => `노드 ${count}개`,
    section: (number: string): string => `밑바닥부터 시작하는 딥러닝${number.startsWith("2, ") ? " " : ", "}${number}`,
  },
} as const;

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; color: #1a202c; background: #fff; }
p a { color: #1d4ed8; }
@media (prefers-color-scheme: dark) { :root { color: #f1f5f9; background: #14171c; } p a { color: #7cb3ff; } }
body { max-width: 84rem; margin: 0 auto; padding: 1rem; }
h2 { margin: 1.6rem 0 0.6rem; font-size: 1.2rem; }
ol { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); gap: 1rem; padding: 0; margin: 0; list-style: none; }
li a { display: block; box-sizing: border-box; height: 100%; padding: 0.8rem; color: inherit; text-decoration: none; border: 1px solid #8a94a3; border-radius: 10px; }
li a:hover, li a:focus-visible { outline: 2px solid #1d4ed8; }
img { display: block; width: 100%; height: 250px; object-fit: contain; border-radius: 6px; }
h3 { margin: 0.5rem 0 0; font-size: 1.05rem; }
small { display: block; }
p { margin: 0.3rem 0 0; }
:lang(ko) { word-break: keep-all; }`;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** The pictures of the page that is no graph, on white and on black, and what they are made from in docs/images. */
export const trainingPictures = {
  "training.png": "training-live.png",
  "training-dark.png": "training-live-dark.png",
} as const;

/** The page that is no graph: its words. */
const training = {
  en: {
    title: "A network in training",
    text: "Digits, two spirals or a sine are learned in the page. Watch gradients vanish and explode, layer by layer, and repair them.",
  },
  ko: {
    title: "학습하는 신경망",
    text: "숫자, 두 나선, 사인 곡선을 페이지 안에서 학습합니다. 기울기가 층마다 사라지고 폭발하는 모습을 보고, 고쳐 보세요.",
  },
} as const;

const image = (file: string): string => `<img src="${file}" alt="" loading="lazy">`;
const [onWhite, onBlack] = Object.keys(trainingPictures);
const pictureOfTraining = `<picture><source srcset="${onBlack}" media="(prefers-color-scheme: dark)">${image(onWhite)}</picture>`;

export function indexPage(parts: readonly GalleryPart[], language: Language): string {
  const own = words[language];
  const other = language === "en" ? "ko" : "en";
  const card = (address: string, picture: string, title: string, facts: string, text: string): string =>
    `<li><a href="${address}#lang=${language}">${picture}<h3>${escaped(title)}</h3><small>${escaped(facts)}</small><p>${escaped(text)}</p></a></li>`;
  let number = 0;
  const numbered = (title: string): string => `${++number}. ${title}`;
  const graphCard = (entry: GalleryEntry): string => {
    const { title, card: text } = entry[language];
    const nodes = own.nodes(entry.build().nodes.length);
    const facts = entry.section === undefined ? nodes : `${own.section(entry.section)} · ${nodes}`;
    return card(addressOf(entry), image(cardFile(entry, language)), numbered(title), facts, text);
  };
  const section = (title: string, cards: readonly string[]): string => `<h2>${escaped(title)}</h2>
<ol>
${cards.join("\n")}
</ol>`;
  const sections = parts.map((part, i) => {
    const cards = part.pages.map(graphCard);
    const { [language]: last } = training;
    if (i === parts.length - 1) cards.push(card(trainingFile, pictureOfTraining, numbered(last.title), "", last.text));
    return section(part[language], cards);
  });
  const [{ name, [language]: first }] = parts[0].pages;
  const start = own.start(`<a href="${name}.html#lang=${language}">1. ${escaped(first.title)}</a>`);
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
<p>${start}</p>
${sections.join("\n")}
</main>
</body>
</html>
`;
}
