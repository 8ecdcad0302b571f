/** The pictures on the cards of the index. */
import { type Graph, lineChart, toSvg } from "adjoint";
import { nodeOf } from "./pages/page.ts";

/** What is drawn on white, in colours that can be read on black where the reader's system is dark. */
function darkToo(svg: string): string {
  const [paper, text, axis, grid, line, square] = ["#14171c", "#f1f5f9", "#8a94a3", "#2c333d", "#56b4e9", "#f4777f"];
  const colors = [
    ['rect[fill="white"]', `fill:${paper}`],
    ["text", `fill:${text}`],
    ['[stroke="#888"]', `stroke:${axis}`],
    ['[stroke="#e5e5e5"]', `stroke:${grid}`],
    ['[stroke="#0072b2"]', `stroke:${line}`],
    ['[fill="#0072b2"]', `fill:${line}`],
    ['[fill="#b2182b"]', `fill:${square}`],
  ];
  const rules = colors.map(([selector, rule]) => `${selector}{${rule}}`).join("");
  return svg.replace(/^<svg[^>]*>/, (start) => `${start}<style>@media (prefers-color-scheme:dark){${rules}}</style>`);
}

/** A picture of numbers as coloured squares: of what the view of windows shows in the end. */
export function squares(rows: readonly (readonly number[])[]): string {
  const most = Math.max(...rows.flat());
  const cells = rows.flatMap((row, i) =>
    row.map(
      (value, j) =>
        `<rect x="${34 * j + 2}" y="${34 * i + 2}" width="30" height="30" rx="4" fill="#b2182b" fill-opacity="${(0.08 + (0.6 * value) / most).toFixed(2)}"/><text x="${34 * j + 17}" y="${34 * i + 22}" text-anchor="middle" fill="#1a202c">${value}</text>`,
    ),
  );
  const side = 34 * rows.length;
  return darkToo(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" font-family="system-ui, sans-serif" font-size="14"><rect width="${side}" height="${side}" fill="white"/>${cells.join("")}</svg>`,
  );
}

/** The room that a card has for its picture, in pixels. */
const frame = { width: 390, height: 250 } as const;
/** The widths that pictures are set in rows for: the one that is larger in its frame is taken. */
const widths = [500, 700] as const;
/** Text can be read from this part of its natural size on. */
const legible = 0.6;
/** The most nodes that can be read in a card one by one. */
const fewNodes = 30;

/** What a card shows, the first of which that can be read: all ops, or layers folded, or these without gradients. */
const views = [
  { open: "all", backward: true },
  { open: [], backward: true },
  { open: "all", backward: false },
  { open: [], backward: false },
] as const;

/**
 * The picture on a card, drawn whole: as much of the graph as can be read there, or else what is largest. Without a title,
 * which stands below it in the reader's language.
 *
 * @param pictured  the name of the value that the picture ends with, where the end of the graph matters less
 */
export async function cardPicture(graph: Graph, pictured?: string): Promise<string> {
  const { nodes } = graph.run().graph;
  const end = pictured === undefined ? null : nodeOf(graph, pictured);
  const data = end === null ? graph : { nodes: nodes.slice(0, end + 1), outputs: [end], gradients: {} };
  let best = { scale: 0, svg: "" };
  for (const view of views) {
    const hasNone = (end !== null || graph.backward === undefined) && view.backward;
    if (hasNone || (view.open === "all" && data.nodes.length > fewNodes)) continue;
    for (const width of widths) {
      const svg = await toSvg(data, { ...view, width });
      const [, across, down] = /^<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
      const scale = Math.min(frame.width / Number(across), frame.height / Number(down));
      if (scale > best.scale) best = { scale, svg };
    }
    if (best.scale >= legible) break;
  }
  return best.svg;
}

/** The norm of the gradient that arrives at each layer's result, on an axis that is the same for every network. */
export async function gradientPicture(graph: Graph): Promise<string> {
  const run = graph.run();
  const steps = graph.backward?.steps ?? [];
  const results = new Map<string, number>();
  for (const { id, role, scope } of graph.nodes) if (role === "op" && scope !== "") results.set(scope, id);
  const names = [...results.keys()];
  const points = names.flatMap((name, i): [number, number][] => {
    const upstream = steps.find(({ node }) => node === results.get(name))?.upstream;
    return upstream === undefined ? [] : [[i + 1, Math.hypot(...(run.value(upstream).toJSON().data as number[]))]];
  });
  const chart = await lineChart({
    title: "",
    xLabel: `1 … ${names.length}`,
    yLabel: "",
    yScale: "log",
    yRange: [1e-7, 10],
    width: 300,
    height: 130,
    series: [{ name: "‖∂y‖", points }],
  });
  return darkToo(chart);
}
