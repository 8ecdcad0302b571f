import { SpecError } from "@adjoint/tensor";
import { expect, it } from "vitest";
import { lineChart } from "../charts/line-chart.ts";
import { runReport } from "./run-report.ts";

const evil = '<script>alert("x")</script>\u202e';

it("shows what it is given as one page without scripts, words of others as text", async () => {
  const chart = await lineChart({
    title: evil,
    xLabel: "epoch",
    yLabel: "loss",
    series: [{ name: evil, values: [2, 1] }],
  });
  const page = runReport({
    title: evil,
    result: `test accuracy 90.00 % ${evil}`,
    chart,
    measured: { train: { loss: 0.1, accuracy: 0.95 }, test: { loss: Number.NaN, accuracy: 0.9, top3Accuracy: 1 } },
    classes: [
      { name: evil, samples: 1200, precision: 0.5, recall: null, f1: null },
      { name: "dog", samples: 0, precision: null, recall: 1, f1: 0.25 },
    ],
    confusion: [
      [1000, 200],
      [0, 0],
    ],
    summary: evil,
    settings: { model: evil, epochs: 3 },
  });
  expect(page).not.toMatch(/<script|\u202e/);
  expect(page).toContain("default-src 'none'");
  expect(page).not.toMatch(/(?:src|href)="(?!data:)/);
  for (const text of ["95.00 %", "90.00 %", "top 3 accuracy", "1,200", "1,000", "50.00 %", "25.00 %", "epochs"]) {
    expect(page, text).toContain(text);
  }
  // What is not a number, and what is not there, is a dash.
  expect(page.match(/<td>–<\/td>/g)).toHaveLength(1 + 1 + 3);
});

it("leaves out what it is not given, and refuses what it needs", () => {
  const page = runReport({ title: "a", result: "b", chart: "<svg></svg>" });
  expect(page).not.toContain("<table");
  expect(() => runReport({ title: "a", result: "b" } as never)).toThrow(SpecError);
  expect(() => runReport({ title: "a", result: "b", chart: "", graph: 1 } as never)).toThrow(SpecError);
});
