/** The graphs of the gallery: what the book draws by hand, and what nobody would. */
import type { Graph, Lesson } from "adjoint";
import { firstPages } from "./pages/first.ts";
import { layerPages } from "./pages/layers.ts";
import { networkPages } from "./pages/networks.ts";
import type { GalleryPage } from "./pages/page.ts";
import { sequencePages } from "./pages/sequences.ts";

/** One graph of the gallery. */
export interface GalleryEntry extends GalleryPage {
  readonly title: string;
}

const titled = (page: GalleryPage): GalleryEntry => ({
  ...page,
  title: page.section === undefined ? page.en.title : `${page.en.title} (${page.section})`,
});

/** The gallery, from simple to large. */
export const gallery: readonly GalleryEntry[] = [
  firstPages.apples,
  firstPages.applesAndOranges,
  firstPages.sigmoid,
  firstPages.secondDerivative,
  layerPages.affine,
  layerPages.softmax,
  networkPages.tenSigmoids,
  networkPages.residual,
  layerPages.batchNormalization,
  layerPages.layerNormalization,
  layerPages.dropout,
  networkPages.twoLayerNet,
  networkPages.convolution,
  networkPages.simpleConvNet,
  networkPages.deepConvNet,
  networkPages.adam,
  sequencePages.lstm,
  sequencePages.attention,
].map(titled);

/** The lesson of a page, with its links to the pages before and after. */
export function lessonOf(entry: GalleryEntry, graph: Graph): Lesson {
  const at = gallery.findIndex(({ name }) => name === entry.name);
  const [previous, next] = [gallery[at - 1], gallery[at + 1]];
  return {
    en: entry.en,
    ko: entry.ko,
    tries: entry.tries(graph),
    index: "index.html",
    ...(entry.section === undefined ? {} : { section: entry.section }),
    ...(previous === undefined ? {} : { previous: `${previous.name}.html` }),
    ...(next === undefined ? {} : { next: `${next.name}.html` }),
  };
}
