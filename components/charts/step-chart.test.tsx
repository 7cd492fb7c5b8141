// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ChartCard } from "./chart-card";
import { countText } from "./numbers";
import type { StepData } from "./series";
import { StepChart } from "./step-chart";
import { StepTable } from "./step-table";
import { stepNames } from "./steps";

const WIDTH_PX = 400;
const DAY_MS = 86_400_000;

beforeAll(() => {
  globalThis.ResizeObserver = class {
    constructor(private readonly tell: (entries: unknown[]) => void) {}
    observe() {
      this.tell([{ contentRect: { width: WIDTH_PX } }]);
    }
    disconnect() {}
  } as unknown as typeof ResizeObserver;
});
afterEach(cleanup);

type Day = { at: Date; good: number; bad: number | null };
const day = (date: string, good: number, bad: number | null): Day => ({ at: new Date(date), good, bad });

const DATA: StepData<Day> = {
  steps: [
    day("2026-11-01", 1_200, 3),
    day("2026-11-02", 0, null),
    day("2026-11-03", 5, 0),
    day("2026-11-04", 7, 2),
  ],
  series: [
    { key: "good", label: "Good", tone: "accent", look: "solid", read: ({ good }) => good },
    { key: "bad", label: "Bad", tone: "danger", look: "hatched", read: ({ bad }) => bad },
  ],
  names: stepNames(DAY_MS, "UTC"),
  format: countText,
  formatAxis: countText,
};

const chart = (kind: "bars" | "lines" = "bars") => (
  <StepChart kind={kind} label="Good and bad days." data={DATA} />
);

describe("a chart over time", () => {
  it("is one image with a sentence, and tells the numbers of each step to who walks through it", () => {
    render(chart());
    expect(screen.getByRole("img", { name: "Good and bad days." })).toBeDefined();
    const slider = screen.getByRole("slider");
    expect(slider.getAttribute("aria-valuetext")).toBe("Wed, Nov 4, 2026: Good 7, Bad 2");
    fireEvent.change(slider, { target: { value: "1" } });
    expect(slider.getAttribute("aria-valuetext")).toBe("Mon, Nov 2, 2026: Good 0, Bad –");
  });

  it("shows the numbers of the step that is pointed at, and only while it is", () => {
    const { container } = render(chart());
    const probe = screen.getByRole("slider").parentElement ?? container;
    fireEvent.pointerMove(probe, { pointerType: "mouse", clientX: 250 });
    expect(screen.getByText("Tue, Nov 3, 2026")).toBeDefined();
    expect(screen.getByText("Tue, Nov 3, 2026").parentElement?.textContent).toContain("Good5");
    fireEvent.pointerLeave(probe);
    expect(screen.queryByText("Tue, Nov 3, 2026")).toBeNull();
  });

  it("keeps the numbers of a step that was tapped until something else is", () => {
    const { container } = render(chart());
    const slider = screen.getByRole("slider");
    const probe = slider.parentElement ?? container;
    fireEvent.pointerDown(probe, { pointerType: "touch", clientX: 250 });
    fireEvent.pointerLeave(probe);
    // Browsers move the focus after this one, unless it is prevented.
    expect(fireEvent.mouseDown(probe)).toBe(false);
    expect(screen.getByText("Tue, Nov 3, 2026")).toBeDefined();
    fireEvent.blur(slider);
    expect(screen.queryByText("Tue, Nov 3, 2026")).toBeNull();
  });

  it("draws nothing for zero, and stacks what there is without a gap", () => {
    const { container } = render(chart());
    const bars = [...container.querySelectorAll("svg > g > rect")];
    expect(bars).toHaveLength(5);
    const [good, bad] = [bars[0], bars[3]].map((bar) => ({
      top: Number(bar?.getAttribute("y")),
      bottom: Number(bar?.getAttribute("y")) + Number(bar?.getAttribute("height")),
    }));
    expect(bad?.bottom).toBeCloseTo(good?.top ?? Number.NaN);
  });

  it("breaks a line where a step has no value, and shows a value alone as a dot", () => {
    const { container } = render(chart("lines"));
    const [, bad] = container.querySelectorAll("path");
    expect(bad?.getAttribute("d")?.match(/M/g)).toHaveLength(2);
    expect(container.querySelectorAll("circle")).toHaveLength(1);
  });
});

it("a card shows the same numbers as a table, the latest step first", () => {
  const table = <StepTable label="Days" data={DATA} />;
  render(<ChartCard title="Days" total="4" note="of them" chart={chart()} table={table} />);
  fireEvent.click(screen.getByRole("button", { name: "Show as table: Days" }));
  expect(screen.queryByRole("img")).toBeNull();
  const rows = within(screen.getByRole("table", { name: "Days" })).getAllByRole("row");
  expect(rows.map((row) => [...row.children].map(({ textContent }) => textContent))).toEqual([
    ["When", "Good", "Bad"],
    ["Wed, Nov 4, 2026", "7", "2"],
    ["Tue, Nov 3, 2026", "5", "0"],
    ["Mon, Nov 2, 2026", "0", "–"],
    ["Sun, Nov 1, 2026", "1,200", "3"],
  ]);
});
