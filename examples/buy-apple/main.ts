/**
 * Two apples of 100 yen with 10 % tax: what do they cost, and how does that depend on each number?
 *
 * Deep Learning from Scratch, 5.4.1 (ch05/buy_apple.py).
 */
import { toSvg, variable } from "adjoint";
import { outputFolder, save } from "../output.ts";
import { printGradients } from "../print-graph.ts";

const apple = variable(100, { name: "apple", dtype: "float64" });
const number = variable(2, { name: "number of apples", dtype: "float64" });
const tax = variable(1.1, { name: "tax", dtype: "float64" });

const applePrice = apple.mul(number);
const price = applePrice.mul(tax);
[applePrice.name, price.name] = ["apple total", "price"];
price.backward();

const graph = printGradients(price, [apple, number, tax]);
const folder = outputFolder(import.meta.url);
save(folder, "graph.svg", await toSvg(graph, { title: "two apples with tax" }));
save(folder, "steps.svg", await toSvg(graph, { animate: true, stepSeconds: 2 }));
