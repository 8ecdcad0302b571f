/** The file that is read, and how what is wrong with it is told. */
import type { FormatSource } from "@adjoint/data/internal";
import { DataError, type ErrorFields } from "@adjoint/tensor";

/** The contents of files, by the names under which an ONNX file refers to them. */
export type ExternalData = Readonly<Record<string, Uint8Array>>;

/** Files beside the one that is read, and how many bytes of them may still be read. */
export interface ExternalFiles {
  readonly contents: ExternalData;
  left: number;
}

/** What all parts of a reader know of its file. */
export interface OnnxSource extends FormatSource {
  /** The dtype of FLOAT, FLOAT16 and BFLOAT16 values. */
  readonly real: "float32" | "float64";
  /** Length of the file in bytes, which bounds what is made of it. */
  readonly bytes: number;
  readonly external: ExternalFiles;
}

/** A DataError of the file. */
export const refused = (
  { op, name }: FormatSource,
  problem: string,
  more: Partial<ErrorFields> & ErrorOptions = {},
): DataError => new DataError({ op, problem: `${name} ${problem}`, argument: "source", ...more }, more);
