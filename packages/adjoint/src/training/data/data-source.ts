/** What the readers of data share: how samples are asked for, and what they give. */
import type { MnistName, TableEncoding } from "@adjoint/data";
import type { Samples } from "@adjoint/optim";
import { type Shape, SpecError, type Tensor } from "@adjoint/tensor";

/** The names of data sets that the option `data` takes beside paths. */
export const dataSets: readonly string[] = ["digits", "mnist", "fashion-mnist", "kmnist"] satisfies (
  | "digits"
  | MnistName
)[];

/** How data are read. */
export interface LoadDataOptions {
  /** Folder with the four files of MNIST, Fashion-MNIST or KMNIST. Default: they are downloaded once. */
  readonly dir?: string;
  /** Another file or folder, or the rest of the same one, to test with: see `split`. */
  readonly testData?: string;
  /** The share of the samples to test with, where the data do not say which those are. Default 0.2. */
  readonly split?: number;
  /** Seed of that split. Default 0. */
  readonly seed?: number;
  /** The column of the targets in a table, the array of the targets in an NPZ file. */
  readonly target?: string;
  /** Columns of a table to leave out. */
  readonly ignore?: readonly string[];
  /** Columns of a table that are categories although they look like numbers. */
  readonly categories?: readonly string[];
  /** What to do about missing values of a table. Default "refuse". */
  readonly missing?: "refuse" | "fill" | "drop";
  /** Whether numbers of a table are scaled to mean 0 and deviation 1 of the training samples. Default true. */
  readonly standardize?: boolean;
  /** Random changes of training images, such as `shift=2` and `flip`. Default: none. */
  readonly augment?: readonly string[];
  /** How the data of a training were read, for others to be read in the same way. */
  readonly encoding?: DataEncoding;
}

/** How data became samples: plain data, to be kept beside a model. */
export interface DataEncoding {
  /** The names of the classes, null where targets are numbers. */
  readonly classes: readonly string[] | null;
  /** The columns of a table, null for other data. */
  readonly table: TableEncoding | null;
}

/** Samples of a file; `t` is null where it has no targets. */
export interface LoadedSamples {
  readonly x: Tensor;
  readonly t: Tensor | null;
  readonly encoding: DataEncoding;
}

/** Samples of a file that says itself which are to train and to test with; or of one that does not. */
export type LoadedFile =
  | { readonly train: Samples; readonly test: Samples; readonly encoding: DataEncoding }
  | { readonly all: LoadedSamples };

/** What a model takes: see `wantedBy`. */
export interface WantedSamples {
  /** The shape of a sample; null where the spec has several inputs. */
  readonly shape: Shape | null;
  /** Whether inputs are integers, for an embedding. */
  readonly isLabels: boolean;
  readonly classifies: boolean;
}

/** @throws SpecError for a file without targets */
export function withTargets(file: string, { x, t }: LoadedSamples, hint: string): Samples {
  if (t !== null) return { x, t };
  throw SpecError.of("data", "target", "none", "targets to learn", { problem: `${file} has no targets`, hint });
}
