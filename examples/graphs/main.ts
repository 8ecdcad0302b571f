/**
 * The gallery: each graph as an interactive page, and as SVG, DOT, Mermaid and JSON beside it.
 */
import { toDot, toHtml, toMermaid, toSvg } from "adjoint";
import { outputFolder, save } from "../output.ts";
import { gallery } from "./gallery.ts";

const folder = outputFolder(import.meta.url);
for (const { name, title, build } of gallery) {
  const graph = build();
  save(folder, `${name}.html`, toHtml(graph, { title }));
  save(folder, `${name}.svg`, await toSvg(graph, { title }));
  save(folder, `${name}.dot`, toDot(graph, { title }));
  save(folder, `${name}.mmd`, toMermaid(graph));
  save(folder, `${name}.json`, JSON.stringify(graph.toJSON({ values: "leaves" })));
}
