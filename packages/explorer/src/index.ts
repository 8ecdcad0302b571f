/** The contents of @adjoint/explorer: names only. */
export { type ChartGridOptions, chartGrid } from "./charts/chart-grid.ts";
export { type ContourChartOptions, type ContourPath, contourChart } from "./charts/contour-chart.ts";
export { type HistogramOptions, histogram } from "./charts/histogram.ts";
export { type ImageGridOptions, imageGrid } from "./charts/image-grid.ts";
export { type ChartSeries, type LineChartOptions, lineChart } from "./charts/line-chart.ts";
export { defineGraphElement } from "./graph-element.ts";
export type { IndexAddress, InLanguages, Lesson, LessonWords } from "./lesson.ts";
export { type ExplainedFunction, type ExplainedPlan, programToHtml } from "./pages/program-to-html.ts";
export { type ReportedClass, type RunReportOptions, runReport } from "./pages/run-report.ts";
export { saveHtml } from "./pages/save-html.ts";
export { type HtmlOptions, toHtml } from "./pages/to-html.ts";
export { type SvgOptions, toSvg } from "./to-svg.ts";
export type { SizeDistribution, ValueHistogram } from "./training/distribution.ts";
export type {
  ByQuantity,
  GreyImage,
  MisclassifiedSample,
  PlanePoint,
  RecordedQuantity,
  TaskView,
  TrainingMetrics,
  TrainingRecord,
  TrainingSnapshot,
} from "./training/record.ts";
export {
  type RecordedLayer,
  type RecordedNetwork,
  type RecordedStep,
  type RecordOptions,
  recordTraining,
  type TrainingRecorder,
} from "./training/recorder.ts";
export { type TrainingPageOptions, trainingPage } from "./training/training-page.ts";
export { trainingReport } from "./training/training-report.ts";
export type { ImageShape, PredictFunction, RecordedSamples } from "./training/views.ts";
