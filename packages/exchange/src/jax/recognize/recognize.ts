/** Makes a program readable: what Adjoint's graphs spell out in pieces becomes what a person would write. */
import type { GraphNode } from "@adjoint/autograd";
import type { Program } from "@adjoint/compiler";
import { Nodes } from "./nodes.ts";
import { productsOfRows, sumsOfProducts } from "./products.ts";
import { counting, means, passing, reshapes, sums, timesOne, transposes } from "./views.ts";
import { biasOfImages, convolution, filterGradients, imageGradients, maxPooling, maxUnpooling } from "./windows.ts";

/** What may be recognized at a node whose inputs were looked at; each says whether it changed the node. */
const recognitions: readonly ((node: GraphNode, nodes: Nodes) => boolean)[] = [
  passing,
  timesOne,
  convolution,
  filterGradients,
  imageGradients,
  maxPooling,
  maxUnpooling,
  biasOfImages,
  productsOfRows,
  sumsOfProducts,
  reshapes,
  transposes,
  sums,
  means,
  counting,
];

/** The nodes of a program, with the same values. */
export function recognized(program: Program): Nodes {
  const nodes = new Nodes(program);
  for (const { id } of program.graph.nodes) {
    // What was recognized may be part of something more: a product becomes a reshape, a reshape of which is one.
    while (nodes.idOf(id) === id && recognitions.some((recognize) => recognize(nodes.at(id), nodes)));
  }
  return nodes;
}
