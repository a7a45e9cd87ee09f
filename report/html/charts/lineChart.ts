/** Line charts as SVG: sharp in print, and there without scripts. Pure. */
import { html, trusted, type Content, type Html } from '../escape.ts';
import type { Scale } from './scale.ts';

/** Kinds of lines: each has its colour and dashes in the style sheet, and a marker, so that colour is not needed. */
export type LineKind =
  | 'p50'
  | 'p95'
  | 'p99'
  | 'planned'
  | 'open'
  | 'out'
  | 'in'
  | 'failures'
  | 'lag'
  | 'other1'
  | 'other2'
  | 'other3';

export interface Point {
  x: number;
  /** null: a gap. */
  y: number | null;
  /** Broke its limit. */
  isBad?: boolean;
}

export interface Line {
  name: string;
  kind: LineKind;
  points: readonly Point[];
  /** Shows each point. */
  hasMarkers?: boolean;
  /** The value holds until the next point. */
  isStep?: boolean;
}

/** A chart; values are in the units of its scales. */
export interface Chart {
  /** What it shows, for those who can't see it. */
  label: string;
  x: Scale;
  y: Scale;
  xText: (value: number) => string;
  yText: (value: number) => string;
  xTitle?: string;
  lines: readonly Line[];
  /** Horizontal lines. */
  limits?: readonly { y: number; text: string; kind: LineKind }[];
  /** Upright lines with a text at their head. */
  marks?: readonly { x: number; text: string }[];
  /** Upright bands: what broke. */
  bands?: readonly { from: number; to: number; text: string }[];
}

interface Area {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** For screens and paper; the style sheet shows one of the two. */
const WIDE: Area = { width: 1000, height: 340, left: 62, right: 24, top: 26, bottom: 44 };
const LOW: Area = { ...WIDE, height: 210, bottom: 26 };
/** For phones, where the wide one would be unreadable. */
const NARROW: Area = { width: 360, height: 280, left: 50, right: 18, top: 26, bottom: 42 };

/** The chart in both sizes; `isLow` for several of them below each other. */
export function lineChart(chart: Chart, isLow = false): Html {
  return html`<div class="chart">
    <div class="wide">${draw(chart, isLow ? LOW : WIDE)}</div>
    <div class="narrow">${draw(chart, NARROW)}</div>
  </div>`;
}

/** What the kinds of lines mean. */
export function legend(lines: readonly { name: string; kind: LineKind; hasMarkers?: boolean }[]): Html {
  return html`<ul class="legend">
    ${lines.map(
      ({ name, kind, hasMarkers = false }) =>
        html`<li>
          <svg width="30" height="12" aria-hidden="true">
            <path class="line ${kind}" d="M1 6H29" />
            ${hasMarkers && marker(kind, 15, 6, false)}</svg
          >${name}
        </li>`,
    )}
  </ul>`;
}

function draw(chart: Chart, area: Area): Html {
  const place = placer(chart, area);
  return html`<svg viewBox="0 0 ${area.width} ${area.height}" role="img" aria-label="${chart.label}">
    ${bands(chart, area, place)} ${axes(chart, area, place)} ${marks(chart, area, place)}
    ${limits(chart, area, place)} ${chart.lines.map((line) => drawLine(line, place))}
  </svg>`;
}

interface Placer {
  x: (value: number) => number;
  y: (value: number) => number;
}

function placer({ x, y }: Chart, { width, height, left, right, top, bottom }: Area): Placer {
  const round = (value: number) => Math.round(value * 10) / 10;
  return {
    x: (value) => round(left + x.at(value) * (width - left - right)),
    y: (value) => round(height - bottom - y.at(value) * (height - top - bottom)),
  };
}

function axes(chart: Chart, area: Area, place: Placer): Content {
  const { x, y, xText, yText, xTitle } = chart;
  const [right, foot] = [area.width - area.right, area.height - area.bottom];
  const room = (right - area.left) / 54;
  const xMarks = x.marks.filter((_, index) => index % Math.ceil(x.marks.length / room) === 0);
  return [
    y.marks.map(
      (mark) =>
        html`<path class="grid" d="M${area.left} ${place.y(mark)}H${right}" /><text
            class="tick end"
            x="${area.left - 8}"
            y="${place.y(mark) + 4}"
            >${yText(mark)}</text
          >`,
    ),
    xMarks.map(
      (mark) =>
        html`<path class="grid" d="M${place.x(mark)} ${foot}v5" /><text
            class="tick middle"
            x="${place.x(mark)}"
            y="${foot + 18}"
            >${xText(mark)}</text
          >`,
    ),
    xTitle !== undefined &&
      html`<text class="tick middle" x="${(area.left + right) / 2}" y="${area.height - 6}">${xTitle}</text>`,
  ];
}

function bands({ bands: list = [] }: Chart, area: Area, place: Placer): Content {
  const foot = area.height - area.bottom;
  return list.map(({ from, to, text }) => {
    const [start, end] = [place.x(from), place.x(to)];
    const middle = Math.min(Math.max((start + end) / 2, area.left + 60), area.width - area.right - 60);
    return html`<path class="band" d="M${start} ${area.top}H${end}V${foot}H${start}Z" /><text
        class="band-text middle"
        x="${middle}"
        y="${area.top - 10}"
        >${text}</text
      >`;
  });
}

function marks({ marks: list = [] }: Chart, area: Area, place: Placer): Content {
  const room = (area.width - area.left - area.right) / 24;
  const step = Math.ceil(list.length / room);
  return list.map(({ x, text }, index) => {
    const at = place.x(x);
    return html`<path class="mark" d="M${at} ${area.top}V${area.height - area.bottom}" />${
        index % step === 0 && html`<text class="tick" x="${at + 3}" y="${area.top + 10}">${text}</text>`
      }`;
  });
}

function limits({ limits: list = [] }: Chart, area: Area, place: Placer): Content {
  return list.map(({ y, text, kind }) => {
    const at = place.y(y);
    return html`<path class="limit ${kind}" d="M${area.left} ${at}H${area.width - area.right}" /><text
        class="limit-text ${kind}"
        x="${area.left + 6}"
        y="${at - 5}"
        >${text}</text
      >`;
  });
}

function drawLine({ kind, points, hasMarkers, isStep }: Line, place: Placer): Html {
  const path = pathOf(points, place, isStep === true);
  const alone = points.filter(({ y }, index) => y !== null && isAlone(points, index));
  const shown = hasMarkers ? points : [...alone, ...points.filter(({ isBad }) => isBad)];
  return html`<path class="line ${kind}" d="${trusted(path)}" />${shown.map(({ x, y, isBad }) =>
      y === null ? undefined : marker(kind, place.x(x), place.y(y), isBad === true),
    )}`;
}

/** A path of one point draws nothing. */
function isAlone(points: readonly Point[], index: number): boolean {
  return (points[index - 1]?.y ?? null) === null && (points[index + 1]?.y ?? null) === null;
}

/** A line with gaps; d3-shape, which draws such lines too, would make each script 19 KB larger. */
function pathOf(points: readonly Point[], place: Placer, isStep: boolean): string {
  let path = '';
  let isOpen = false;
  for (const { x, y } of points) {
    if (y === null) {
      isOpen = false;
      continue;
    }
    const [left, top] = [place.x(x), place.y(y)];
    path += isOpen ? (isStep ? `H${left}V${top}` : `L${left} ${top}`) : `M${left} ${top}`;
    isOpen = true;
  }
  return path;
}

/** Circle, square, triangle: kinds are told apart without colours; a cross through it is a broken limit. */
function marker(kind: LineKind, x: number, y: number, isBad: boolean): Html {
  const shape =
    kind === 'p95'
      ? `M${x - 4} ${y - 4}h8v8h-8z`
      : kind === 'p99'
        ? `M${x} ${y - 5}l5 9h-10z`
        : `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z`;
  const cross = `M${x - 6} ${y - 6}l12 12m0 -12l-12 12`;
  return html`<path class="marker ${kind}" d="${trusted(shape)}" />${
      isBad && html`<path class="cross" d="${trusted(cross)}" />`
    }`;
}
