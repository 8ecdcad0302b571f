/** The graphs of the gallery: what the book draws by hand, and what nobody would. */
import type { Graph, Lesson, LessonWords } from "adjoint";
import { firstPages } from "./pages/first.ts";
import { koreanName } from "./pages/korean-names.ts";
import { layerPages } from "./pages/layers.ts";
import { networkPages } from "./pages/networks.ts";
import { type GalleryPage, indexFiles, renamed, trainingFile } from "./pages/page.ts";
import { sequencePages } from "./pages/sequences.ts";
import { windowPages } from "./pages/windows.ts";
import { cardPicture } from "./pictures.ts";

export interface GalleryEntry extends GalleryPage {
  readonly title: string;
}

const titled = (page: GalleryPage): GalleryEntry => ({
  ...page,
  title: page.section === undefined ? page.en.title : `${page.en.title} (${page.section})`,
});

/** Pages of a kind, with what they are called. */
export interface GalleryPart {
  readonly en: string;
  readonly ko: string;
  readonly pages: readonly GalleryEntry[];
}

/** The gallery in its parts, from simple to large. */
export const parts: readonly GalleryPart[] = [
  {
    en: "Numbers",
    ko: "숫자",
    pages: [
      firstPages.apples,
      firstPages.applesAndOranges,
      firstPages.sigmoid,
      networkPages.tenSigmoids,
      firstPages.secondDerivative,
    ].map(titled),
  },
  {
    en: "Layers",
    ko: "계층",
    pages: [
      layerPages.affine,
      layerPages.softmaxWithLoss,
      layerPages.dropout,
      networkPages.residual,
      layerPages.layerNormalization,
      layerPages.batchNormalization,
      networkPages.convolution,
    ].map(titled),
  },
  {
    en: "Networks and training",
    ko: "신경망과 학습",
    pages: [networkPages.twoLayerNet, networkPages.simpleConvNet, networkPages.deepConvNet, networkPages.adam].map(
      titled,
    ),
  },
  { en: "Sequences", ko: "시퀀스", pages: [sequencePages.lstm, sequencePages.attention].map(titled) },
  {
    en: "Windows, and networks in training",
    ko: "윈도우, 그리고 학습하는 신경망",
    pages: [windowPages.convolution, windowPages.pooling].map(titled),
  },
];

export const gallery: readonly GalleryEntry[] = parts.flatMap(({ pages }) => pages);

export function addressOf({ name }: GalleryPage): string {
  return `${name}.html`;
}

/** The name of the picture on a page's card. */
export function cardFile({ name }: GalleryPage, language: keyof typeof indexFiles): string {
  return `${name}-card${language === "en" ? "" : `.${language}`}.svg`;
}

/** The picture on a page's card, with names in a language. */
export async function cardOf(page: GalleryPage, graph: Graph, language: keyof typeof indexFiles): Promise<string> {
  const called = (name: string | undefined) => (name === undefined || language === "en" ? name : koreanName(name));
  const shown = language === "en" ? graph : renamed(graph, ({ name }) => called(name));
  return await (page.picture?.(graph) ?? cardPicture(shown, called(page.pictured)));
}

/** The Korean words of a page, with what the values of its graph are called. */
export function koreanOf({ ko }: GalleryPage, { nodes }: Graph): LessonWords {
  const names = nodes.flatMap(({ name }) => {
    const called = name === undefined ? undefined : koreanName(name);
    return name === undefined || called === name ? [] : [[name, called as string]];
  });
  return { ...ko, names: Object.fromEntries(names) };
}

/** The lesson of a page, with its links to the pages before and after: the last leads on to networks in training. */
export function lessonOf(entry: GalleryEntry, graph: Graph): Lesson {
  const at = gallery.findIndex(({ name }) => name === entry.name);
  const [previous, next] = [gallery[at - 1], gallery[at + 1]];
  return {
    en: entry.en,
    ko: koreanOf(entry, graph),
    tries: entry.tries(graph),
    index: indexFiles,
    ...(entry.opens === undefined ? {} : { opens: entry.opens }),
    ...(entry.section === undefined ? {} : { section: entry.section }),
    ...(previous === undefined ? {} : { previous: addressOf(previous) }),
    next: next === undefined ? trainingFile : addressOf(next),
  };
}
