/**
 * Two apples of 100 yen and three oranges of 150 yen with 10 % tax: prices and gradients, with an addition on the way.
 *
 * Deep Learning from Scratch, 5.4.2 (ch05/buy_apple_orange.py).
 */
import { toSvg, variable } from "adjoint";
import { outputFolder, save } from "../output.ts";
import { printGradients } from "../print-graph.ts";

const leaf = (name: string, value: number) => variable(value, { name, dtype: "float64" });
const apple = leaf("apple", 100);
const apples = leaf("number of apples", 2);
const orange = leaf("orange", 150);
const oranges = leaf("number of oranges", 3);
const tax = leaf("tax", 1.1);

const price = apple.mul(apples).add(orange.mul(oranges)).mul(tax);
price.backward();

const graph = printGradients(price, [apple, apples, orange, oranges, tax]);
save(outputFolder(import.meta.url), "graph.svg", await toSvg(graph, { title: "apples and oranges with tax" }));
