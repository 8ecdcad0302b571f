/** Folders of PNG images, one folder a class. */
import { calledAs, checkOptions, DataError, formatShape, type Shape, sameShape, Tensor } from "@adjoint/tensor";
import { readWhole } from "../files/read-whole.ts";
import { checkPath, fileError } from "../files/system-error.ts";
import { codeOf, nodeModule } from "../node.ts";
import { decodePng, type PngOptions, pngOptionNames } from "./png.ts";

/** Images with the classes that their folders name. */
export interface ImageFolder {
  /** The images, [N, channels, height, width]. */
  readonly x: Tensor<"float32">;
  /** The classes by number, [N]. */
  readonly t: Tensor<"int32">;
  /** The names of the classes: those of the folders, in order. */
  readonly classes: readonly string[];
  /** The path of each image. */
  readonly files: readonly string[];
}

/** Options of {@link readImageFolder}. */
export interface ImageFolderOptions extends PngOptions {
  /** The classes, and so which number each has. Default: the names of the folders, in order. */
  readonly classes?: readonly string[];
}

const op = "readImageFolder";
const otherImage = /\.(jpe?g|gif|bmp|webp|tiff?)$/i;

/** Names in a folder, in order and without hidden ones: folders, and files. */
async function namesIn(folder: string): Promise<{ readonly folders: string[]; readonly files: string[] }> {
  try {
    const entries = await nodeModule(op, "fs/promises").readdir(folder, { withFileTypes: true });
    const named = (isWanted: (entry: (typeof entries)[number]) => boolean): string[] =>
      entries
        .filter((entry) => isWanted(entry) && !entry.name.startsWith("."))
        .map(({ name }) => name)
        .sort();
    return { folders: named((entry) => entry.isDirectory()), files: named((entry) => !entry.isDirectory()) };
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw DataError.of(op, "folder", code, "a folder", { problem: `there is no folder ${folder}`, cause });
    }
    throw fileError(op, "read", folder, cause, "folder");
  }
}

/** The paths of the images of one class. */
async function imagesIn(folder: string): Promise<string[]> {
  const { join } = nodeModule(op, "path");
  const { files } = await namesIn(folder);
  const other = files.find((name) => otherImage.test(name));
  if (other !== undefined) {
    throw DataError.of(op, "folder", other, "PNG images", {
      problem: `${join(folder, other)} is not a PNG image`,
      hint: "Convert it to PNG, or move it elsewhere.",
    });
  }
  return files.filter((name) => /\.png$/i.test(name)).map((name) => join(folder, name));
}

/**
 * Reads a folder with a folder of PNG images for each class: `cats/1.png`, `dogs/1.png`.
 *
 * Names are in the order of their code units, hidden ones left out. All images must have one shape.
 *
 * @param folder   path of the folder
 * @param options  `channels`, `normalize` and `maxBytes` as for `decodePng`; `classes`: which number each class has, for
 *                 images to test with
 * @returns        `x` [N, channels, height, width], `t` [N], `classes`, and the `files`
 * @throws DataError when there is no such folder, no image, an image of another format or shape than the first, a folder
 *                   that is none of `classes`, and as `decodePng`
 */
export async function readImageFolder(folder: string, options: ImageFolderOptions = {}): Promise<ImageFolder> {
  checkOptions(op, options, [...pngOptionNames, "classes"]);
  checkPath(op, folder, "folder");
  const { classes: given, ...decoding } = options;
  const { join } = nodeModule(op, "path");
  const { folders } = await namesIn(folder);
  const classes = given ?? folders;
  const unknown = folders.find((name) => !classes.includes(name));
  if (unknown !== undefined) {
    throw DataError.of(op, "folder", unknown, classes.join(", "), {
      problem: `${join(folder, unknown)} is the folder of a class that is not known`,
    });
  }
  const found: { readonly path: string; readonly label: number }[] = [];
  for (const name of folders) {
    const paths = await imagesIn(join(folder, name));
    found.push(...paths.map((path) => ({ path, label: classes.indexOf(name) })));
  }
  if (found.length === 0) {
    throw DataError.of(op, "folder", "no images", "a folder of PNG images for each class", {
      problem: `${folder} has no folders with PNG images`,
      hint: "Put the images of each class in a folder with its name: cats/1.png, dogs/1.png.",
    });
  }
  const images: Tensor<"float32">[] = [];
  for (const { path } of found) {
    const bytes = await readWhole(op, path);
    const image = calledAs(op, () => decodePng(bytes, { ...decoding, name: path }));
    checkSameShape(path, image.shape, found[0].path, images[0]?.shape ?? image.shape);
    images.push(image);
  }
  const [{ shape, size }] = images;
  const data = new Float32Array(images.length * size);
  images.forEach((image, i) => {
    data.set(image.data, i * size);
  });
  const labels = Int32Array.from(found, ({ label }) => label);
  return {
    x: new Tensor<"float32">(data, [images.length, ...shape]),
    t: new Tensor<"int32">(labels, [found.length]),
    classes,
    files: found.map(({ path }) => path),
  };
}

function checkSameShape(path: string, shape: Shape, firstPath: string, first: Shape): void {
  if (sameShape(shape, first)) return;
  const [given, wanted] = [shape, first].map(formatShape);
  const areChannels = sameShape(shape.slice(1), first.slice(1));
  throw DataError.of(op, "folder", given, wanted, {
    problem: `${path} has shape ${given}, and ${firstPath} has ${wanted}`,
    hint: areChannels
      ? "Pass { channels: 1 } for grey, or { channels: 3 } for color: all images become that."
      : "Bring all images to one size first.",
  });
}
