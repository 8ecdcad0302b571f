/** Folders for a training: the files of MNIST, or PNG images by class. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { loadMnist, readImageFolder } from "@adjoint/data";
import type { LoadDataOptions, LoadedFile, WantedSamples } from "./data-source.ts";

const trainNames = ["train", "training"];
const testNames = ["test", "testing", "val", "validation"];

/** Channels of the images that a model takes; undefined where it does not say. */
function channelsOf({ shape }: WantedSamples): { readonly channels?: 1 | 3 } {
  const channels = shape?.length === 3 ? shape[0] : undefined;
  return channels === 1 || channels === 3 ? { channels } : {};
}

/** The samples in a folder: of four IDX files, of `train` and `test` with a folder for each class, or of such folders. */
export async function readFolder(path: string, wanted: WantedSamples, options: LoadDataOptions): Promise<LoadedFile> {
  const entries = await readdir(path, { withFileTypes: true });
  if (entries.some(({ name }) => /^(train|t10k)-(images|labels)[-.]idx[13]-ubyte(\.gz)?$/.test(name))) {
    const { train, test } = await loadMnist({ dir: path });
    return { train, test, encoding: { classes: null, table: null } };
  }
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const [train, test] = [trainNames, testNames].map((names) => names.find((name) => folders.includes(name)));
  const channels = channelsOf(wanted);
  const known = options.encoding?.classes;
  if (train === undefined || test === undefined || folders.some((name) => ![train, test].includes(name))) {
    const { x, t, classes } = await readImageFolder(path, {
      ...channels,
      ...(known == null ? {} : { classes: known }),
    });
    return { all: { x, t, encoding: { classes, table: null } } };
  }
  const first = await readImageFolder(join(path, train), channels);
  const second = await readImageFolder(join(path, test), { ...channels, classes: first.classes });
  return { train: first, test: second, encoding: { classes: first.classes, table: null } };
}
