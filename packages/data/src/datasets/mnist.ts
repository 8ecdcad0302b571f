/** MNIST, Fashion-MNIST and KMNIST: from a folder, or downloaded once. */
import { checkOneOf, checkOptions, DataError, SpecError } from "@adjoint/tensor";
import { defaultCacheDir } from "../download/cache.ts";
import { download } from "../download/download.ts";
import type { DownloadProgress } from "../download/request.ts";
import { readWhole } from "../files/read-whole.ts";
import { type FormatSource, formatError } from "../formats/format-error.ts";
import { gunzipIdx, isGzip } from "../formats/idx/gzip.ts";
import { checkIdx } from "../formats/idx/idx-header.ts";
import { mostUnpacked } from "../formats/limits.ts";
import { codeOf, environment, nodeModule } from "../node.ts";
import { type Dataset, type ImageOptions, type LabelType, type Samples, toSamples } from "./dataset.ts";
import { type MnistFiles, type MnistName, type MnistSource, mnistSources } from "./mnist-sources.ts";

/** Options of {@link loadMnist}. */
export interface MnistOptions<OneHot extends boolean = boolean> extends ImageOptions<OneHot> {
  /** Which data set. Default "mnist". */
  readonly dataset?: MnistName;
  /** At most this many training samples, from the first on. Default all. */
  readonly trainLimit?: number;
  /** At most this many test samples, from the first on. Default all. */
  readonly testLimit?: number;
  /** A folder that holds the four files; nothing is downloaded then. Default: see {@link loadMnist}. */
  readonly dir?: string;
  /** Folder for downloads; each data set has its own folder in it. Default: the system's for this user. */
  readonly cacheDir?: string;
  /** Addresses of folders to download the files from, tried in this order. Default: the publishers'. */
  readonly mirrors?: readonly string[];
  /** Called for each piece of a download. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /**
   * Milliseconds after which a mirror that answers nothing is given up, and one that sends less than 1,000 bytes a second.
   * Default 15,000.
   */
  readonly timeout?: number;
  /** Stops downloads when it aborts. */
  readonly signal?: AbortSignal;
}

const op = "loadMnist";
const optionNames: readonly (keyof MnistOptions)[] = [
  "normalize",
  "flatten",
  "oneHotLabel",
  "dataset",
  "trainLimit",
  "testLimit",
  "dir",
  "cacheDir",
  "mirrors",
  "onProgress",
  "timeout",
  "signal",
];
const side = 28;

/** A file in memory, and what errors call it. */
interface Loaded {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Handwritten digits (`mnist`), clothes (`fashion-mnist`) or Japanese cursive letters (`kmnist`): 60,000 images of
 * 28 × 28 pixels in ten classes to train with and 10,000 to test with.
 *
 * The four files (`train-images-idx3-ubyte.gz`, `train-labels-idx1-ubyte.gz`, `t10k-…`) are looked for
 * 1. in `dir`, if it is given;
 * 2. in the folder that the environment variable ADJOINT_DATA_DIR names, in its subfolder called like the data set if
 *    there is one; MNIST also in the folder itself;
 * 3. in the cache folder, where they are downloaded to if they are not there.
 *
 * In a folder of yours (1, 2) they may be compressed or not, be called `train-images.idx3-ubyte`, and hold fewer samples; they are checked to be images and
 * labels that belong together. Downloads are checked by length and MD5 before they get their name, resumed after a
 * dropped connection, and leave nothing in the cache when they fail.
 *
 * @param options  `normalize` (true): pixels / 255; `flatten` (true): [N, 784] instead of [N, 1, 28, 28]; `oneHotLabel`
 *                 (false): float32 [N, 10] instead of int32 [N]; `dataset`; `trainLimit`, `testLimit`; `dir`;
 *                 `cacheDir`; `mirrors`; `onProgress`; `timeout`; `signal`
 * @returns        `{ train: { x, t }, test: { x, t } }`, x in float32
 * @throws DataError when a file is missing, cannot be downloaded, is damaged or not what its name says
 * @throws SpecError when an option is unknown, or there are no files here (in a browser)
 * @throws the signal's reason when it aborts
 * Source: Deep Learning from Scratch, 3.6.1 (dataset/mnist.py `load_mnist`).
 */
export async function loadMnist<OneHot extends boolean = false>(
  options: MnistOptions<OneHot> = {},
): Promise<Dataset<LabelType<OneHot>>> {
  checkOptions(op, options, optionNames);
  const { dataset = "mnist", trainLimit = Number.POSITIVE_INFINITY, testLimit = Number.POSITIVE_INFINITY } = options;
  checkOneOf(op, "dataset", dataset, Object.keys(mnistSources));
  checkLimit("trainLimit", trainLimit);
  checkLimit("testLimit", testLimit);
  if (options.timeout !== undefined && !(options.timeout > 0 && options.timeout < 2 ** 31)) {
    throw SpecError.of(op, "timeout", options.timeout, "milliseconds, more than 0 and less than 2^31", {
      hint: "Leave it out for 15,000.",
    });
  }

  const files = await loadFiles(dataset, mnistSources[dataset], options);
  const part = async (images: Loaded, labels: Loaded, limit: number): Promise<Samples<LabelType<OneHot>>> => {
    const checked = await checkPair(images, labels);
    const count = Math.min(limit, checked.labels.length);
    const image = { height: side, width: side, largest: 255 };
    return toSamples(checked.pixels, checked.labels.subarray(0, count), image, options);
  };
  return {
    train: await part(files.trainImages, files.trainLabels, trainLimit),
    test: await part(files.testImages, files.testLabels, testLimit),
  };
}

/** Where a data set is after {@link fetchMnist}. */
export interface FetchedFiles {
  /** The folder of its files. */
  readonly dir: string;
  /** The files, and their lengths in bytes. */
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}

/**
 * Downloads the four files of a data set into the cache folder, unless they are there: each is checked by its sum before it
 * gets its name. What the environment names as a folder is not looked at.
 * @throws as {@link loadMnist}
 */
export async function fetchMnist(
  caller: string,
  dataset: MnistName,
  options: Pick<MnistOptions, "cacheDir" | "mirrors" | "onProgress" | "signal" | "timeout"> = {},
): Promise<FetchedFiles> {
  const { mirrors = mnistSources[dataset].mirrors, onProgress, signal, timeout: patience } = options;
  const dir = nodeModule(caller, "path").join(options.cacheDir ?? defaultCacheDir(caller), dataset);
  const { trainLabels, testLabels, testImages, trainImages } = mnistSources[dataset].files;
  const files: { name: string; bytes: number }[] = [];
  for (const file of [trainLabels, testLabels, testImages, trainImages]) {
    await download({ op: caller, file, dir, mirrors, onProgress, signal, patience });
    files.push({ name: file.name, bytes: file.bytes });
  }
  return { dir, files };
}

function checkLimit(argument: string, limit: number): void {
  if (limit === Number.POSITIVE_INFINITY || (Number.isInteger(limit) && limit >= 1)) return;
  throw SpecError.of(op, argument, limit, "an integer ≥ 1, a number of samples", {
    hint: "Leave it out for all samples.",
  });
}

/** The four files, from wherever they are. */
async function loadFiles(dataset: MnistName, source: MnistSource, options: MnistOptions): Promise<MnistFiles<Loaded>> {
  const { join } = nodeModule(op, "path");
  const dir = options.dir ?? (await environmentDir(dataset));
  const { mirrors = source.mirrors, onProgress, signal, timeout: patience } = options;
  const load = async (name: keyof MnistFiles<Loaded>): Promise<Loaded> => {
    signal?.throwIfAborted();
    const file = source.files[name];
    if (dir !== null) return await fromDir(dir, file.name);
    const folder = join(options.cacheDir ?? defaultCacheDir(op), dataset);
    const bytes = await download({ op, file, dir: folder, mirrors, onProgress, signal, patience });
    return { path: join(folder, file.name), bytes };
  };
  // One after the other: the small files first, so that a mirror that is down is noticed before the long wait.
  const trainLabels = await load("trainLabels");
  const testLabels = await load("testLabels");
  return { trainLabels, testLabels, testImages: await load("testImages"), trainImages: await load("trainImages") };
}

/** The folder of a data set that ADJOINT_DATA_DIR names; null when it names none. */
async function environmentDir(dataset: MnistName): Promise<string | null> {
  const root = environment().ADJOINT_DATA_DIR;
  if (root === undefined || root === "") return null;
  const folder = nodeModule(op, "path").join(root, dataset);
  const { stat } = nodeModule(op, "fs/promises");
  const there = (await stat(folder).catch(() => null))?.isDirectory() ?? false;
  // The files of all three data sets have the same names: only MNIST may lie in the folder itself, lest one is taken
  // for another.
  return there ? folder : dataset === "mnist" ? root : null;
}

/** A file of a folder of the user's, under its names: with or without ".gz", `…-idx3-ubyte` or `….idx3-ubyte`. */
async function fromDir(dir: string, name: string): Promise<Loaded> {
  const { join } = nodeModule(op, "path");
  const plain = name.replace(/\.gz$/, "");
  const dotted = plain.replace("-idx", ".idx");
  const names = [name, plain, `${dotted}.gz`, dotted];
  for (const path of names.map((one) => join(dir, one))) {
    try {
      return { path, bytes: await readWhole(op, path) };
    } catch (error) {
      if (codeOf((error as Error).cause) !== "ENOENT") throw error;
    }
  }
  const isFolder = await nodeModule(op, "fs/promises")
    .stat(dir)
    .then((found) => found.isDirectory())
    .catch(() => false);
  throw DataError.of(op, "dir", "neither", isFolder ? `${name} or ${plain}` : "a folder with the files of MNIST", {
    problem: isFolder ? `there is no ${name} in ${dir}` : `there is no folder ${dir}`,
    hint: "The folder must hold train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each with or without .gz; leave dir out to download them.",
  });
}

/** An IDX file of unsigned bytes with so many axes. */
async function checkFile(file: Loaded, axes: number) {
  const from: FormatSource = { op, name: file.path };
  const hint = (): string => "If you trust the file, unpack it first: gunzip takes off the .gz.";
  const bytes = isGzip(file.bytes) ? await gunzipIdx(file.bytes, from, mostUnpacked, hint) : file.bytes;
  const header = checkIdx(bytes, from);
  if (header.type !== "ubyte" || header.shape.length !== axes) {
    const counted = (n: number): string => `${n} ${n === 1 ? "axis" : "axes"}`;
    const found = `${counted(header.shape.length)} of type ${header.type}`;
    const kind = axes === 3 ? "images" : "labels";
    const wanted = `${counted(axes)} of type ubyte`;
    throw formatError(from, `does not hold ${kind}: it has ${found}, and ${kind} have ${wanted}`, 2, wanted, found);
  }
  return { bytes, header, from };
}

/** The pixels and labels of two files, after checking that they are such and belong together. */
async function checkPair(imageFile: Loaded, labelFile: Loaded): Promise<{ pixels: Uint8Array; labels: Uint8Array }> {
  const images = await checkFile(imageFile, 3);
  const labels = await checkFile(labelFile, 1);
  const [count, height, width] = images.header.shape;
  if (height !== side || width !== side) {
    const found = `${height} × ${width}`;
    throw formatError(images.from, `has images of ${found} pixels, not 28 × 28`, 8, "28 × 28", found);
  }
  if (labels.header.shape[0] !== count) {
    const counts = [count, labels.header.shape[0]].map((n) => n.toLocaleString("en-US"));
    const problem = `has ${counts[1]} labels for the ${counts[0]} images of ${images.from.name}`;
    const hint = "The two files are not of the same data set.";
    throw formatError(labels.from, problem, 4, counts[0], counts[1], { hint });
  }
  const classes = labels.bytes.subarray(labels.header.start);
  const wrong = classes.findIndex((label) => label > 9);
  if (wrong >= 0) {
    const found = String(classes[wrong]);
    throw formatError(labels.from, `has the label ${found}`, labels.header.start + wrong, "0 … 9", found);
  }
  return { pixels: images.bytes.subarray(images.header.start), labels: classes };
}
