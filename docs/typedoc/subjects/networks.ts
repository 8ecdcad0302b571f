/**
 * The networks of the book, with `params`, `predict`, `loss`, `accuracy`, `gradient` and `numericalGradient`. Import
 * the names of this page from `adjoint`.
 *
 * @module Networks of the book
 */
export {
  type Activation,
  type ConvParam,
  DeepConvNet,
  type DeepConvNetOptions,
  type Gradients,
  type Layer,
  LayeredNetwork,
  MultiLayerNet,
  MultiLayerNetExtend,
  type MultiLayerNetExtendOptions,
  type MultiLayerNetOptions,
  type NetworkOptions,
  SimpleConvNet,
  type SimpleConvNetOptions,
  TwoLayerNet,
  type TwoLayerNetOptions,
} from "adjoint";
