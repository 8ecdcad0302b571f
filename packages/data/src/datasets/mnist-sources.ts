/**
 * The addresses and files of MNIST and of the data sets made in its image.
 *
 * Lengths and MD5 checksums are those of the publishers' gzip files, as the data sets' own pages and the loaders of the
 * large frameworks list them. Licences and citations: ATTRIBUTION.md of this package.
 */
import type { RemoteFile } from "../download/request.ts";

/** Data sets of 28 × 28 images in ten classes, in four IDX files with the same names. */
export type MnistName = "mnist" | "fashion-mnist" | "kmnist";

/** The four files of a data set. */
export interface MnistFiles<T> {
  readonly trainImages: T;
  readonly trainLabels: T;
  readonly testImages: T;
  readonly testLabels: T;
}

const digits: readonly string[] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** The names of the ten classes of each, in the order of their labels, as the publishers have them. */
export const mnistClasses: { readonly [N in MnistName]: readonly string[] } = {
  mnist: digits,
  "fashion-mnist": [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
  ],
  kmnist: ["お", "き", "す", "つ", "な", "は", "ま", "や", "れ", "を"],
};

/** A published data set. */
export interface MnistSource {
  readonly mirrors: readonly string[];
  readonly files: MnistFiles<RemoteFile>;
}

const trainImages = "train-images-idx3-ubyte.gz";
const trainLabels = "train-labels-idx1-ubyte.gz";
const testImages = "t10k-images-idx3-ubyte.gz";
const testLabels = "t10k-labels-idx1-ubyte.gz";

/** The three data sets. */
export const mnistSources: { readonly [N in MnistName]: MnistSource } = {
  mnist: {
    mirrors: ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
    files: {
      trainImages: { name: trainImages, bytes: 9_912_422, md5: "f68b3c2dcbeaaa9fbdd348bbdeb94873" },
      trainLabels: { name: trainLabels, bytes: 28_881, md5: "d53e105ee54ea40749a09fcbcd1e9432" },
      testImages: { name: testImages, bytes: 1_648_877, md5: "9fb629c4189551a2d022fa330f9573f3" },
      testLabels: { name: testLabels, bytes: 4_542, md5: "ec29112dd5afa0611ce80d1b7f02629c" },
    },
  },
  "fashion-mnist": {
    mirrors: [
      "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ],
    files: {
      trainImages: { name: trainImages, bytes: 26_421_880, md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d" },
      trainLabels: { name: trainLabels, bytes: 29_515, md5: "25c81989df183df01b3e8a0aad5dffbe" },
      testImages: { name: testImages, bytes: 4_422_102, md5: "bef4ecab320f06d8554ea6380940ec79" },
      testLabels: { name: testLabels, bytes: 5_148, md5: "bb300cfdad3c16e7a12a480ee83cd310" },
    },
  },
  kmnist: {
    mirrors: ["https://codh.rois.ac.jp/kmnist/dataset/kmnist/", "http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
    files: {
      trainImages: { name: trainImages, bytes: 18_165_135, md5: "bdb82020997e1d708af4cf47b453dcf7" },
      trainLabels: { name: trainLabels, bytes: 29_497, md5: "e144d726b3acfaa3e44228e80efcd344" },
      testImages: { name: testImages, bytes: 3_041_136, md5: "5c965bf0a639b31b8f53240b1b52f4d7" },
      testLabels: { name: testLabels, bytes: 5_120, md5: "7320c461ea6c1c855c0b718fb2a4b134" },
    },
  },
};
