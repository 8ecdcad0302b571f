// The networks of the book: names only.
export {
  type ConvParam,
  DeepConvNet,
  type DeepConvNetOptions,
  SimpleConvNet,
  type SimpleConvNetOptions,
} from "../book/convolutional.ts";
export {
  type Activation,
  MultiLayerNet,
  MultiLayerNetExtend,
  type MultiLayerNetExtendOptions,
  type MultiLayerNetOptions,
  TwoLayerNet,
  type TwoLayerNetOptions,
} from "../book/fully-connected.ts";
export { LayeredNetwork, type NetworkOptions } from "../book/layered-network.ts";
export type { Layer } from "../layers/kind/layer-kind.ts";
export type { Gradients } from "../model/gradients.ts";
