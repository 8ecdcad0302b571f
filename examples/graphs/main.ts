/**
 * The gallery: each graph as an interactive page, and as SVG, DOT, Mermaid and JSON beside it; and an index of the pages
 * with the page beside them in which networks are trained.
 */
import { readFileSync } from "node:fs";
import { toDot, toHtml, toMermaid, toSvg, trainingPage } from "adjoint";
import { outputFolder, save } from "../output.ts";
import { gallery, lessonOf, parts } from "./gallery.ts";
import { indexPage } from "./index-page.ts";
import { indexFiles, trainingFile } from "./pages/page.ts";
import { cardPicture } from "./pictures.ts";

const folder = outputFolder(import.meta.url);
for (const entry of gallery) {
  const { name, title } = entry;
  const graph = entry.build();
  save(folder, `${name}.html`, toHtml(graph, { title, lesson: lessonOf(entry, graph) }));
  save(folder, `${name}.svg`, await toSvg(graph, { title }));
  save(folder, `${name}-card.svg`, await (entry.picture?.(graph) ?? cardPicture(graph, entry.pictured)));
  save(folder, `${name}.dot`, toDot(graph, { title }));
  save(folder, `${name}.mmd`, toMermaid(graph));
  save(folder, `${name}.json`, JSON.stringify(graph.toJSON({ values: "leaves" })));
}
save(folder, trainingFile, trainingPage({ index: indexFiles }));
save(folder, "training.png", readFileSync(new URL("../../docs/images/training-live.png", import.meta.url)));
for (const language of ["en", "ko"] as const) save(folder, indexFiles[language], indexPage(parts, language));
