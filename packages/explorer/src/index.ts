/** The contents of @adjoint/explorer: names only. */
export { type ChartGridOptions, chartGrid } from "./charts/chart-grid.ts";
export { type ContourChartOptions, type ContourPath, contourChart } from "./charts/contour-chart.ts";
export { type HistogramOptions, histogram } from "./charts/histogram.ts";
export { type ImageGridOptions, imageGrid } from "./charts/image-grid.ts";
export { type ChartSeries, type LineChartOptions, lineChart } from "./charts/line-chart.ts";
export { type ExplainedFunction, type ExplainedPlan, programToHtml } from "./program-to-html.ts";
export { saveHtml } from "./save-html.ts";
export { type HtmlOptions, toHtml } from "./to-html.ts";
export { type SvgOptions, toSvg } from "./to-svg.ts";
