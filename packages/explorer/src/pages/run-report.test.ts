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
  expect(page).not.toMatch(/(?:src|href)="(?!data:|#lang=)/);
  for (const text of ["95.00 %", "90.00 %", "top 3 accuracy", "1,200", "1,000", "50.00 %", "25.00 %", "epochs"]) {
    expect(page, text).toContain(text);
  }
  // What is not a number, and what is not there, is a dash.
  expect(page.match(/<td>–<\/td>/g)).toHaveLength(2 * (1 + 1 + 3));
});

it("is there in English and in Korean, with the same numbers in each", () => {
  const page = runReport({
    title: { en: "digits", ko: "숫자" },
    result: { en: "test accuracy 90.00 %", ko: "시험 정확도 90.00 %" },
    chart: { en: "<svg>loss</svg>", ko: "<svg>손실</svg>" },
    measured: { test: { accuracy: 0.9, loss: 0.25 } },
    classes: [{ name: "7", samples: 12, precision: 0.5, recall: 0.75, f1: 0.6 }],
    confusion: [[12]],
    settings: { epochs: 3, optimizer: { en: "adam, learning rate 0.01", ko: "adam, 학습률 0.01" } },
    korean: { test: "시험", accuracy: "정확도", loss: "손실", epochs: "에폭 수", optimizer: "최적화 기법" },
  });
  const [en, ko] = page.split('<main id="lang=ko" lang="ko">').map((part) => part.replaceAll(/^.*<main[^>]*>/gs, ""));
  for (const words of ["digits", "accuracy 90", ">loss<", "optimizer", "learning rate"]) {
    expect(en).toContain(words);
    expect(ko).not.toContain(words);
  }
  for (const words of ["숫자", "정확도 90", ">손실<", "최적화 기법", "학습률"]) {
    expect(ko).toContain(words);
    expect(en).not.toContain(words);
  }
  const numbersOf = (part: string): string[] => part.match(/>[\d.]+(?: %)?</g) ?? [];
  expect(numbersOf(ko)).toEqual(numbersOf(en));
  expect(numbersOf(en)).toEqual(expect.arrayContaining([">90.00 %<", ">0.25<", ">12<", ">75.00 %<", ">3<"]));
});

it("leaves out what it is not given, and refuses what it needs", () => {
  const page = runReport({ title: "a", result: "b", chart: "<svg></svg>" });
  expect(page).not.toContain("<table");
  expect(() => runReport({ title: "a", result: "b" } as never)).toThrow(SpecError);
  expect(() => runReport({ title: { en: "a" }, result: "b", chart: "" } as never)).toThrow(SpecError);
  expect(() => runReport({ title: "a", result: null, chart: "" } as never)).toThrow(SpecError);
  expect(() => runReport({ title: "a", result: "b", chart: "", graph: 1 } as never)).toThrow(SpecError);
});
