/**
 * The gallery: each graph as an interactive page, and as SVG, DOT, Mermaid and JSON beside it; and an index of the pages
 * with the page beside them in which networks are trained.
 */
import { readFileSync } from "node:fs";
import { toDot, toHtml, toMermaid, toSvg, trainingPage } from "adjoint";
import { outputFolder, save } from "../output.ts";
import { cardFile, cardOf, gallery, lessonOf, parts } from "./gallery.ts";
import { indexPage, trainingPictures } from "./index-page.ts";
import { indexFiles, trainingFile } from "./pages/page.ts";

const languages = ["en", "ko"] as const;
const folder = outputFolder(import.meta.url);
for (const entry of gallery) {
  const { name, title } = entry;
  const graph = entry.build();
  save(folder, `${name}.html`, toHtml(graph, { title, lesson: lessonOf(entry, graph) }));
  save(folder, `${name}.svg`, await toSvg(graph, { title }));
  for (const language of languages) save(folder, cardFile(entry, language), await cardOf(entry, graph, language));
  save(folder, `${name}.dot`, toDot(graph, { title }));
  save(folder, `${name}.mmd`, toMermaid(graph));
  save(folder, `${name}.json`, JSON.stringify(graph.toJSON({ values: "leaves" })));
}
save(folder, trainingFile, trainingPage({ index: indexFiles }));
for (const [file, image] of Object.entries(trainingPictures))
  save(folder, file, readFileSync(new URL(`../../docs/images/${image}`, import.meta.url)));
for (const language of languages) save(folder, indexFiles[language], indexPage(parts, language));
