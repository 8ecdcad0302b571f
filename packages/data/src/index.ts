export type { Dataset, ImageOptions, Samples } from "./datasets/dataset.ts";
export { type DigitsOptions, loadDigits } from "./datasets/digits.ts";
export { loadMnist, type MnistOptions } from "./datasets/mnist.ts";
export { type MnistName, mnistClasses } from "./datasets/mnist-sources.ts";
export type { DownloadProgress } from "./download/request.ts";
export type { Bytes } from "./formats/bytes.ts";
export { type DecodeIdxOptions, decodeIdx, type EncodeIdxOptions, encodeIdx } from "./formats/idx/idx.ts";
export { type ReadIdxOptions, readIdx, type WriteIdxOptions, writeIdx } from "./formats/idx/idx-file.ts";
export type { IdxType } from "./formats/idx/idx-header.ts";
export { type DecodeNpyOptions, decodeNpy, encodeNpy } from "./formats/numpy/npy.ts";
export { type DecodeNpzOptions, decodeNpz, type EncodeNpzOptions, encodeNpz } from "./formats/numpy/npz.ts";
export { readNpy, readNpz, writeNpy, writeNpz } from "./formats/numpy/numpy-file.ts";
export { type DecodePickleOptions, decodePickle, type PickleValue, readPickle } from "./formats/pickle/pickle.ts";
export {
  type DecodeSafetensorsOptions,
  decodeSafetensors,
  type Safetensors,
} from "./formats/safetensors/decode.ts";
export { type EncodeSafetensorsOptions, encodeSafetensors } from "./formats/safetensors/encode.ts";
export {
  type ListedTensor,
  listSafetensors,
  type ReadSafetensorsOptions,
  readSafetensors,
  writeSafetensors,
} from "./formats/safetensors/file.ts";
export { type ImageFolder, type ImageFolderOptions, readImageFolder } from "./images/image-folder.ts";
export { type DecodePngOptions, decodePng, type PngOptions, readPng } from "./images/png.ts";
export {
  classWeights,
  DataLoader,
  type DataLoaderOptions,
  type LoadedBatch,
  type LoaderState,
} from "./loader/data-loader.ts";
export {
  channelStatistics,
  normalize,
  randomCrop,
  randomFlip,
  randomShift,
  type Transform,
} from "./loader/transforms.ts";
export { oneHot } from "./samples/one-hot.ts";
export { type BatchOptions, batches, shuffleDataset } from "./samples/shuffle-dataset.ts";
export { type SplitOptions, trainTestSplit } from "./samples/train-test-split.ts";
export { smoothCurve } from "./smooth-curve.ts";
export { type ParseCsvOptions, parseCsv } from "./tables/csv.ts";
export { encodeCsv, writeCsv } from "./tables/encode-csv.ts";
export { dropMissing, encodeTable, type TableData } from "./tables/encode-table.ts";
export {
  type CategoryFeature,
  type FitTableOptions,
  fitTable,
  type NumberFeature,
  type TableEncoding,
} from "./tables/fit-table.ts";
export { type ParseJsonLinesOptions, parseJsonLines } from "./tables/json-lines.ts";
export {
  type CsvOptions,
  decodeCsv,
  decodeJsonLines,
  type JsonLinesOptions,
  readCsv,
  readJsonLines,
  type TableOptions,
} from "./tables/read-table.ts";
export type { Cell, Table } from "./tables/table.ts";
