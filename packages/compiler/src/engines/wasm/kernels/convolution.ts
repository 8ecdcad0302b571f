/** Convolution and its two gradients, as the book writes them: products with the rows of im2col. */
import { type Shape, sizeOf } from "@adjoint/tensor";
import { convolutionAt, filterGradientsAt, imageGradientsAt, type Windows } from "../../../recognize/windows.ts";
import { type Call, callOf } from "../calls.ts";
import { addressOf, freshValue, type Value } from "../layout/values.ts";
import { edgeBytes, mostGroups, packCall, packedOf, productTime } from "./lowering.ts";
import type { Pattern } from "./pattern.ts";
import { imageStrides, windowArguments } from "./windows.ts";

/** The most steps of a window of which a convolution of gradients pays: between them it reads zeros. */
const mostSpread = 2;

/** Positions of windows that are packed at once: kernels/convolution.ts. */
const blockOfPositions = 640;

/** Bytes of an image with what is around it, as windows reach it. */
function frameBytes([c, , , fh, fw, oh, ow, stepY, stepX, , , dilationY, dilationX]: readonly number[]): number {
  return 4 * c * ((oh - 1) * stepY + (fh - 1) * dilationY + 1) * ((ow - 1) * stepX + (fw - 1) * dilationX + 1);
}

/** How a convolution with `f` filters is computed. */
interface Way {
  /** What is kept of the filters. */
  readonly filters: Value;
  /** Bytes of scratch memory. */
  readonly scratch: number;
  /** The call that prepares them: their elements are numbered by row, column and channel. */
  prepare(address: number, strides: readonly [row: number, column: number, channel: number, filter: number]): Call;
  /** The call for images at an address, with strides of images, channels, rows and columns, which are spread before. */
  convolve(images: number, x: readonly number[], y: Value, spread: readonly number[]): Call;
}

/** The calls of a kernel that convolves, which takes the time of so many multiplications for each result. */
function convolveBy(
  kernel: "convolve32" | "winograd32",
  filters: Value,
  window: readonly number[],
  f: number,
  multiplications: number,
  scratch: number,
): Way["convolve"] {
  const [, , , , , oh, ow] = window;
  return (images, [x, ...strides], y, spread) => {
    const args = [x, ...strides, addressOf(filters), addressOf(y), ...window, ...spread, f];
    return callOf(kernel, args, images, productTime * images * oh * ow * f * multiplications, scratch);
  };
}

/** Windows are multiplied as they are. */
export function directWay(window: readonly number[], f: number): Way {
  const [c, , , fh, fw, oh, ow] = window;
  const filters = packedOf({ dtype: "float32" }, f, c * fh * fw);
  const scratch = edgeBytes + 4 * (fh * fw + oh * ow) + 16 * c * fh * fw + frameBytes(window);
  return {
    filters,
    scratch,
    prepare: (address, [row, column, channel, filter]) =>
      packCall(address, [fh, row, fw, column, c, channel], f, filter, filters),
    convolve: convolveBy("convolve32", filters, window, f, c * fh * fw, scratch),
  };
}

/** Numbers of a transformed window, and bytes between them beyond those of the windows: kernels/winograd.ts. */
const [numbersOfWindow, gap] = [16, 64];

/** Rows of windows that are transformed at once, where that is up to so many windows. */
function rowsAtOnce(windows: number, tilesX: number): number {
  return Math.max(1, Math.floor(windows / tilesX));
}

/** Channels and filters from which on transforms pay. */
const manyChannels = 16;

/** Whether there is a faster way for windows: by transforms. */
export function isTransformed(
  [c, , , fh, fw, , , stepY, stepX, , , dilationY, dilationX]: readonly number[],
  f: number,
): boolean {
  const isSmall = fh === 3 && fw === 3 && Math.max(stepY, stepX, dilationY, dilationX) === 1;
  return isSmall && Math.min(c, f) >= manyChannels && c % 4 === 0 && f % 4 === 0;
}

/** Windows of 3 × 3 are transformed before they are multiplied: kernels/winograd.ts. */
function transformedWay(window: readonly number[], f: number): Way {
  const [c, , , , , oh, ow] = window;
  const [tilesY, tilesX] = [Math.ceil(oh / 2), Math.ceil(ow / 2)];
  const panels = Math.ceil(f / 8);
  const filters = freshValue("float32", [numbersOfWindow, panels, c, 8]);
  const frame = 4 * c * (2 * tilesY + 2) * (2 * tilesX + 2);
  const tiles = 4 * Math.ceil((Math.min(tilesY, rowsAtOnce(32, tilesX)) * tilesX) / 4);
  const scratch = edgeBytes + frame + numbersOfWindow * (4 * tiles * (c + 8 * panels) + 2 * gap);
  return {
    filters,
    scratch,
    prepare: (address, [row, column, channel, filter]) => {
      const args = [address, row, column, c, channel, f, filter, addressOf(filters)];
      return callOf("winogradFilters32", args, panels, 20 * c * f);
    },
    convolve: convolveBy("winograd32", filters, window, f, 6 * c, scratch),
  };
}

/** The faster way; with `exact` the one that adds up products. */
function wayOf(window: readonly number[], f: number, exact: boolean): Way {
  return !exact && isTransformed(window, f) ? transformedWay(window, f) : directWay(window, f);
}

/** What windows are made of, how many images that are, and the lengths and steps of the windows. */
export function imagesOf({ images, attributes }: Windows): readonly [id: number, n: number, window: number[]] {
  const { id, shape } = images;
  return [id, shape[0], windowArguments(shape, attributes)];
}

export function work(...lengths: readonly Shape[]): number {
  return 2 * lengths.reduce((product, shape) => product * sizeOf(shape), 1);
}

/** Windows times filters. */
export const convolution: Pattern = {
  name: "convolution",
  reason: "windows are read where they lie, without a row of memory for each of them",
  ops: ["matmul"],
  find(node, nodes, { exact }) {
    const found = convolutionAt(node, (id) => nodes[id]);
    if (found === null || node.dtype !== "float32") return null;
    const { shape } = node;
    const [id, n, window] = imagesOf(found.windows);
    const [c, , , fh, fw] = window;
    const f = shape[1];
    const way = wayOf(window, f, exact);
    return {
      inputs: [id, found.filters.id],
      dense: [],
      temporaries: [way.filters],
      work: work(shape, [c * fh * fw]),
      calls: ([x, w], y) => {
        const [row, column] = imageStrides(w);
        return [
          way.prepare(addressOf(w), [fw * row, row, fh * fw * row, column]),
          way.convolve(n, [addressOf(x), ...imageStrides(x)], y, [1, 1]),
        ];
      },
    };
  },
};

/** Gradients times filters, added up where windows overlap: a convolution of the gradients with turned filters. */
export const convolutionOfGradients: Pattern = {
  name: "convolution, backward to the images",
  reason: "each number of an image adds up its own terms, without a row of memory for each window",
  ops: ["col2im"],
  find(node, nodes, { exact }) {
    const found = imageGradientsAt(node, (id) => nodes[id]);
    if (found === null || node.dtype !== "float32") return null;
    const { product, gradients, filters, attributes } = found;
    const { shape } = node;
    const [n, c, h, w] = shape;
    const [, , , fh, fw, oh, ow, stepY, stepX, padY, padX, dilationY, dilationX] = windowArguments(shape, attributes);
    const f = gradients.shape[1];
    if (Math.max(stepY, stepX) > mostSpread) return null;
    const pads = [dilationY * (fh - 1) - padY, dilationX * (fw - 1) - padX];
    const window = [f, oh, ow, fh, fw, h, w, 1, 1, ...pads, dilationY, dilationX];
    const way = wayOf(window, c, exact);
    return {
      inputs: [gradients.id, filters.id],
      dense: [],
      // Channels last, as the kernel writes them.
      layout: [0, 2, 3, 1],
      temporaries: [way.filters],
      work: work(product.shape, [f]),
      calls: ([g, filter], x) => {
        const [gRow, gColumn, row, column] = [...imageStrides(g), ...imageStrides(filter)];
        const last = addressOf(filter) + (fh * fw - 1) * column;
        return [
          way.prepare(last, [-fw * column, -column, row, fh * fw * column]),
          way.convolve(n, [addressOf(g), oh * ow * gRow, gColumn, ow * gRow, gRow], x, [stepY, stepX]),
        ];
      },
    };
  },
};

/** How gradients of filters are computed. */
interface Sums {
  /** How many numbers are added up: first for groups of images, then for all. */
  readonly numbers: number;
  readonly kernel: "correlate32" | "winogradSums32";
  /** Multiplications for each result of a filter. */
  readonly multiplications: number;
  readonly scratch: number;
  /** The call that adds up the sums of groups. */
  fold(sums: number, y: number, groups: number): Call;
}

/** The sums of windows times gradients, as they are. */
export function directSums(window: readonly number[], f: number): Sums {
  const [c, , , fh, fw, oh, ow] = window;
  const elements = c * fh * fw;
  const packed = 32 * ow * Math.ceil(oh / Math.ceil((oh * ow) / blockOfPositions));
  return {
    numbers: elements * f,
    kernel: "correlate32",
    multiplications: elements,
    scratch: edgeBytes + 4 * (elements + oh) + frameBytes(window) + 64 + packed,
    fold: (sums, y, groups) => callOf("fold32", [sums, y, groups, c, fh * fw, f], f, 2 * groups * elements * f),
  };
}

/** The same sums of transformed windows and gradients: the adjoint of {@link transformedWay}. */
function transformedSums(window: readonly number[], f: number): Sums {
  const [c, , , , , oh, ow] = window;
  const [tilesY, tilesX] = [Math.ceil(oh / 2), Math.ceil(ow / 2)];
  const frames = 4 * (c * (2 * tilesY + 2) * (2 * tilesX + 2) + f * 4 * tilesY * tilesX);
  const tiles = rowsAtOnce(64, tilesX) * tilesX;
  const panels = Math.ceil(f / 8);
  const numbers = numbersOfWindow * c * 8 * panels;
  return {
    numbers,
    kernel: "winogradSums32",
    multiplications: 5 * c,
    scratch: edgeBytes + frames + numbersOfWindow * (4 * tiles * (c + 8 * panels) + 2 * gap),
    fold: (sums, y, groups) => callOf("winogradFold32", [sums, y, groups, c, f], f / 4, groups * numbers, 512),
  };
}

/** Windows, transposed, times gradients. */
export const filterGradients: Pattern = {
  name: "convolution, backward to the filters",
  reason: "windows are read where they lie, without a row of memory for each of them",
  ops: ["matmul"],
  find(node, nodes, { exact }) {
    const found = filterGradientsAt(node, (id) => nodes[id]);
    if (found === null || node.dtype !== "float32") return null;
    const [elements, f] = node.shape;
    const [id, n, window] = imagesOf(found.windows);
    const [, , , , , oh, ow] = window;
    const groups = Math.min(mostGroups, n);
    const way = !exact && isTransformed(window, f) ? transformedSums(window, f) : directSums(window, f);
    const sums = freshValue("float32", [groups, way.numbers]);
    return {
      inputs: [id, found.gradients.id],
      dense: [],
      layout: [1, 0],
      temporaries: [sums],
      work: work([elements, f], [n * oh * ow]),
      calls: ([x, g], y) => {
        const from = [addressOf(x), ...imageStrides(x), addressOf(g), ...imageStrides(g), addressOf(sums)];
        const time = productTime * n * oh * ow * f * way.multiplications;
        return [
          callOf(way.kernel, [...from, n, ...window, f, groups], groups, time, way.scratch),
          way.fold(addressOf(sums), addressOf(y), groups),
        ];
      },
    };
  },
};
