/**
 * The gallery: each graph as an interactive page, and as SVG, DOT, Mermaid and JSON beside it; and an index of the pages
 * with the page beside them in which networks are trained.
 */
import { readFileSync } from "node:fs";
import { col2im, Pooling, toDot, toHtml, toMermaid, toSvg, trainingPage, type Variable, variable, vjp } from "adjoint";
import { outputFolder, save } from "../output.ts";
import { gallery, lessonOf, parts } from "./gallery.ts";
import { indexPage } from "./index-page.ts";
import { indexFiles, trainingFile } from "./pages/page.ts";
import { cardPicture, squares } from "./pictures.ts";

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
// How many 3×3 windows overlap at each pixel, and what 2×2 windows of pooling give back.
const overlaps = col2im(variable(Array.from({ length: 9 }, () => new Array<number>(9).fill(1))), [1, 1, 5, 5], 3, 3);
save(folder, "windows.svg", squares(overlaps.reshape([5, 5]).value.toArray() as number[][]));
const image = variable([
  [
    [
      [1, 2, 1, 0],
      [0, 1, 2, 3],
      [3, 0, 1, 2],
      [2, 4, 0, 1],
    ],
  ],
]);
const { pullback } = vjp((x: Variable) => new Pooling(2, 2, { stride: 2 }).forward(x), image);
const [pooled] = pullback(
  variable([
    [
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ]),
);
save(folder, "pooling.svg", squares(pooled.reshape([4, 4]).value.toArray() as number[][]));
for (const language of ["en", "ko"] as const) save(folder, indexFiles[language], indexPage(parts, language));
