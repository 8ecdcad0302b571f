/// <reference lib="dom" />
/** The script of the page: makes `<adjoint-graph>` known, and computes one of the graphs. */
import { defineGraphElement, graphOf, variable } from "adjoint";

defineGraphElement();

const slider = document.getElementById("x") as HTMLInputElement;
const element = document.getElementById("live") as HTMLElement & { graph: unknown };

function show(): void {
  const x = variable(slider.valueAsNumber, { name: "x", dtype: "float64" });
  const y = x.tanh().square();
  y.name = "y";
  element.graph = graphOf(y, { backward: true });
}

slider.addEventListener("input", show);
show();
