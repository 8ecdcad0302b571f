/** The contents of @adjoint/explorer: names only. */
export type { Lesson, LessonWords } from "./lesson.ts";
export { type ChartSeries, type LineChartOptions, lineChart } from "./line-chart.ts";
export { type ExplainedFunction, type ExplainedPlan, programToHtml } from "./program-to-html.ts";
export { saveHtml } from "./save-html.ts";
export { type HtmlOptions, toHtml } from "./to-html.ts";
export { type SvgOptions, toSvg } from "./to-svg.ts";
