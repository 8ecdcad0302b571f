/** Grey images beside and below each other, as an SVG drawing: digits, filters. */
import { checkInteger, checkKind, checkNumber, checkOptions, formatShape, ShapeError, Tensor } from "@adjoint/tensor";
import { checkRange, framed, textAt, widthOf } from "./axes.ts";

/** What {@link imageGrid} draws. */
export interface ImageGridOptions {
  /** The title above the images. */
  readonly title: string;
  /** Grey images, [N, height, width] or [N, 1, height, width]. */
  readonly images: Tensor;
  /** What stands below each image. Default: nothing. */
  readonly labels?: readonly string[];
  /** How many stand beside each other. Default 10. */
  readonly columns?: number;
  /** Pixels of the drawing for one of an image. Default 4. */
  readonly scale?: number;
  /** The values that are white and black, in this order. Default: the least and greatest of each image. */
  readonly range?: readonly [number, number];
}

/** Shades are told apart by the eye up to some 50: so many, and equal neighbours become one rectangle. */
const shades = 64;

/** One image as rectangles, of a pixel each: the rows' runs of equal shades, each shade one path. */
function drawn(pixels: readonly number[], width: number, [white, black]: readonly [number, number]): string {
  const shadeOf = (value: number): number => {
    if (!Number.isFinite(value)) return Number.NaN;
    const share = black === white ? 0 : (value - white) / (black - white);
    return Math.round(Math.min(Math.max(share, 0), 1) * (shades - 1));
  };
  const runs = new Map<string, string[]>();
  for (let start = 0; start < pixels.length; ) {
    const shade = shadeOf(pixels[start]);
    const [row, column] = [Math.floor(start / width), start % width];
    let end = start + 1;
    while (end % width !== 0 && Object.is(shadeOf(pixels[end]), shade)) end++;
    const grey = Math.round(255 * (1 - shade / (shades - 1)));
    // What is no number is red.
    const color = Number.isNaN(shade) ? "#d55e00" : `rgb(${grey},${grey},${grey})`;
    const rectangles = runs.get(color) ?? [];
    runs.set(color, rectangles);
    if (grey !== 255) rectangles.push(`M${column},${row}h${end - start}v1h${start - end}z`);
    start = end;
  }
  return [...runs]
    .map(([color, all]) => (all.length === 0 ? "" : `<path d="${all.join("")}" fill="${color}"/>`))
    .join("");
}

/**
 * The images as SVG text; the same images give the same text. Numbers that are not finite are red.
 *
 * @throws ShapeError unless they are grey images, as many as labels
 */
export async function imageGrid(options: ImageGridOptions): Promise<string> {
  const op = "imageGrid";
  checkOptions(op, options, ["title", "images", "labels", "columns", "scale", "range"]);
  const { title, images, labels, columns = 10, scale = 4, range } = options;
  checkKind(op, "images", images, images instanceof Tensor, "a Tensor");
  checkInteger(op, "columns", columns, 1);
  checkNumber(op, "scale", scale, scale > 0 && scale < Number.POSITIVE_INFINITY, "a finite number > 0");
  if (range !== undefined) checkRange(op, "range", range);
  if (labels !== undefined) {
    const isList = Array.isArray(labels) && labels.every((label) => typeof label === "string");
    checkKind(op, "labels", labels, isList, "a list of strings");
  }
  const { shape } = images;
  if (!(shape.length === 3 || (shape.length === 4 && shape[1] === 1)) || images.size === 0) {
    throw ShapeError.of(op, "images", images, "[N, height, width] or [N, 1, height, width], none of them 0");
  }
  const count = shape[0];
  if (labels !== undefined && labels.length !== count) {
    const expected = `${count}, one for each image of ${formatShape(shape)}`;
    throw ShapeError.of(op, "labels", `${labels.length} labels`, expected);
  }
  const [height, width] = shape.slice(-2);
  const data = images.toJSON().data as number[];
  const room = Math.max(width * scale, ...(labels ?? []).map(widthOf)) + 8;
  const below = labels === undefined ? 8 : 22;
  const cells = Array.from({ length: count }, (_, i) => {
    const pixels = data.slice(i * height * width, (i + 1) * height * width);
    const finite = pixels.filter(Number.isFinite);
    const ends = range ?? [Math.min(...finite), Math.max(...finite)];
    const [x, y] = [(i % columns) * room, Math.floor(i / columns) * (height * scale + below)];
    const middle = (width * scale) / 2;
    return [
      `<g transform="translate(${x},${y})"><g transform="scale(${scale})" shape-rendering="crispEdges">`,
      `<rect class="image" width="${width}" height="${height}" fill="white"/>${drawn(pixels, width, ends)}</g>`,
      `<rect width="${width * scale}" height="${height * scale}" fill="none" stroke="#bbb"/>`,
      labels === undefined ? "" : textAt(middle, height * scale + 13, labels[i], ' text-anchor="middle"'),
      "</g>",
    ].join("");
  });
  const size = [Math.min(columns, count) * room + 24, Math.ceil(count / columns) * (height * scale + below) + 60];
  return framed({ title, width: size[0], height: size[1], left: 16, top: 40 }, cells.join(""));
}
