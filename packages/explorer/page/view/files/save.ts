/** Exports: the drawing as it is seen as SVG or PNG, the whole graph as DOT, Mermaid or JSON. */
import { hasPicture } from "../../../src/drawing/labels.ts";
import { colorsOf } from "../../../src/drawing/painting/colors.ts";
import { drawingToSvg } from "../../../src/drawing/painting/svg.ts";
import { paint } from "../../painting/paint.ts";
import { engine, opened } from "../../state/document.ts";
import { theme } from "../../state/settings.ts";
import { drawingState } from "../../state/shown.ts";
import { drawing } from "../../state/view.ts";
import { allPictures } from "../canvas/pictures.ts";

export const formats = ["svg", "png", "dot", "mmd", "json"] as const;
export type Format = (typeof formats)[number];

/** The longest side of a PNG: more than browsers paint. */
const longestSide = 8192;

type Shown = NonNullable<typeof drawing.value>;

async function picturesIn({ folded }: Shown): Promise<ReadonlyMap<number, HTMLCanvasElement>> {
  const pictured = [...folded.boxes.values()].filter((box) => hasPicture(drawingState.value.graph, box));
  return await allPictures(pictured.map((box) => box.nodes[0]));
}

async function png(shown: Shown): Promise<Blob> {
  const pictures = await picturesIn(shown);
  const { width, height } = shown.layout;
  const k = Math.min(2, longestSide / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(width * k);
  canvas.height = Math.ceil(height * k);
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const window = { width: canvas.width, height: canvas.height, density: 1 };
  const frame = { colors: colorsOf[theme.value], view: { x: 0, y: 0, k }, window, pictures, token: null };
  paint(context, shown, drawingState.value, frame);
  return await new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error("the picture is too large")) : resolve(blob)),
      "image/png",
    ),
  );
}

async function svg(shown: Shown, title: string): Promise<string> {
  const pictures = new Map([...(await picturesIn(shown))].map(([id, canvas]) => [id, canvas.toDataURL()]));
  return drawingToSvg({ ...shown, state: drawingState.value, theme: theme.value, title, pictures });
}

export async function exported(format: Format): Promise<Blob> {
  const { json, title } = opened.value ?? {};
  if (json === undefined || title === undefined) throw new Error("no graph is open");
  const asText = (text: string, type: string): Blob => new Blob([text], { type });
  if (format === "json") return asText(await engine.json(), "application/json");
  if (format === "dot") return asText(await engine.dot(title), "text/vnd.graphviz");
  if (format === "mmd") return asText(await engine.mermaid(), "text/plain");
  const shown = drawing.value;
  if (shown === null) throw new Error("nothing is drawn");
  return format === "png" ? await png(shown) : asText(await svg(shown, title), "image/svg+xml");
}

/** A name for a file: the title without what file systems refuse. */
function fileName(title: string, format: Format): string {
  const name = title.replaceAll(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60);
  return `${name.replaceAll(/^-|-$/g, "") || "graph"}.${format}`;
}

export async function save(format: Format): Promise<void> {
  const url = URL.createObjectURL(await exported(format));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName(opened.value?.title ?? "graph", format);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
