/** The contents of @adjoint/explorer: names only. */
export { type ChartSeries, type LineChartOptions, lineChart } from "./line-chart.ts";
export { saveHtml } from "./save-html.ts";
export { type HtmlOptions, toHtml } from "./to-html.ts";
export { type SvgOptions, toSvg } from "./to-svg.ts";
