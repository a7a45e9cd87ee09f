/** The style of the report: light and dark, screen, phone and paper. Pure. */

/** CSS of the page, without that of the chart library. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --sheet: #ffffff; --text: #1b1f24; --soft: #57606a; --rule: #d5dae0; --weak: #eef0f3;
  --good: #12703a; --bad: #b3141d; --warn: #8a5300; --good-weak: #e3f3e8; --bad-weak: #fbe6e6; --warn-weak: #faf0dc;
  --p50: #0b62c4; --p95: #b35309; --p99: #7a2bb5; --planned: #6e7781; --open: #0b62c4; --out: #b35309;
  --in: #0b62c4; --failures: #b3141d; --lag: #7a2bb5; --other1: #b35309; --other2: #7a2bb5; --other3: #57606a;
}
@media (prefers-color-scheme: dark) { @media not print { :root {
  --page: #0e1116; --sheet: #161b22; --text: #e6e9ed; --soft: #9aa4af; --rule: #30363d; --weak: #1f252d;
  --good: #56d07f; --bad: #ff7b72; --warn: #e3b341; --good-weak: #12281b; --bad-weak: #381a1c; --warn-weak: #2e2512;
  --p50: #6cb6ff; --p95: #f0a04b; --p99: #cf9bff; --planned: #9aa4af; --open: #6cb6ff; --out: #f0a04b;
  --in: #6cb6ff; --failures: #ff7b72; --lag: #cf9bff; --other1: #f0a04b; --other2: #cf9bff; --other3: #9aa4af;
} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0; background: var(--page); color: var(--text); overflow-wrap: anywhere;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
}
main { max-width: 1180px; margin: 0 auto; padding: 24px 20px 40px; }
a { color: var(--p50); }
h1 { font-size: 27px; line-height: 1.3; margin: 0; font-weight: 650; letter-spacing: -0.01em; text-wrap: pretty; }
h2 { font-size: 20px; line-height: 1.3; margin: 0 0 4px; font-weight: 650; }
h3 { font-size: 15px; margin: 18px 0 2px; font-weight: 600; }
p { margin: 6px 0; }
section, header { background: var(--sheet); border: 1px solid var(--rule); border-radius: 10px; padding: 20px 24px; margin: 0 0 16px; }
header { border-left: 8px solid var(--warn); }
header.PASS { border-left-color: var(--good); }
header.FAIL { border-left-color: var(--bad); }
.result { display: inline-block; font-weight: 700; font-size: 15px; letter-spacing: 0.05em; padding: 3px 12px; border-radius: 6px; margin-bottom: 10px; color: var(--warn); background: var(--warn-weak); }
.PASS .result { color: var(--good); background: var(--good-weak); }
.FAIL .result { color: var(--bad); background: var(--bad-weak); }
.about { color: var(--soft); margin: 10px 0 0; }
.about span { white-space: normal; }
.about span + span::before { content: "·"; margin: 0 8px; }
.reasons { margin: 12px 0 0; padding-left: 20px; }
nav { margin: 14px 0 0; font-size: 14px; display: flex; flex-wrap: wrap; gap: 4px 16px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 10px; margin: 18px 0 0; }
.tiles div { background: var(--weak); border-radius: 8px; padding: 10px 14px; }
.tiles dt { color: var(--soft); font-size: 13px; }
.tiles dd { margin: 0; font-size: 21px; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.35; }
.tiles small { display: block; font-size: 13px; font-weight: 400; color: var(--soft); }
.note { color: var(--soft); font-size: 14px; max-width: 110ch; }
.doubt { border-left: 4px solid var(--warn); padding: 2px 12px; }
.scroll { overflow-x: auto; margin: 10px 0 0; }
.scroll:focus-visible, summary:focus-visible, a:focus-visible, select:focus-visible { outline: 2px solid var(--p50); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); font-size: 13px; padding-bottom: 4px; }
th, td { padding: 6px 10px; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; vertical-align: top; }
thead th { color: var(--soft); font-weight: 600; border-bottom-width: 2px; vertical-align: bottom; }
tbody th { font-weight: 600; }
tbody tr:last-child > * { border-bottom: 0; }
.left { text-align: left; }
.words { text-align: left; white-space: normal; min-width: 190px; }
tr.broke > * { background: var(--bad-weak); }
tr.rest > * { color: var(--soft); }
.state { font-weight: 600; text-align: left; }
.good { color: var(--good); }
.bad { color: var(--bad); font-weight: 600; }
.warn { color: var(--warn); }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 13.5px; }
pre { background: var(--weak); border-radius: 8px; padding: 12px 14px; margin: 10px 0; white-space: pre-wrap; }
th code { font-weight: 400; color: var(--soft); }
details { margin: 10px 0 0; }
summary { cursor: pointer; color: var(--soft); font-size: 14px; width: fit-content; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 3px 18px; margin: 10px 0 0; font-size: 15px; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 8px 0 0; padding: 0; font-size: 14px; }
.legend svg { vertical-align: -1px; margin-right: 6px; }
figure { margin: 6px 0 0; }
.chart svg { display: block; width: 100%; height: auto; }
.narrow { display: none; }
.line { fill: none; stroke-width: 2; stroke: var(--soft); stroke-linejoin: round; }
.line.p99, .limit.p99 { stroke-dasharray: 7 3; }
.line.planned { stroke-dasharray: 2 4; }
.line.out, .line.other2 { stroke-dasharray: 7 3; }
.line.other3 { stroke-dasharray: 2 3; }
${['p50', 'p95', 'p99', 'planned', 'open', 'out', 'in', 'failures', 'lag', 'other1', 'other2', 'other3']
  .map((kind) => `.${kind} { --own: var(--${kind}); }`)
  .join(' ')}
.line, .limit { stroke: var(--own); }
.limit { stroke-width: 1.5; stroke-dasharray: 10 5; opacity: 0.75; }
.limit-text { fill: var(--own); font-size: 12.5px; font-weight: 600; }
.marker { fill: var(--sheet); stroke: var(--own); stroke-width: 2; }
.cross { stroke: var(--bad); stroke-width: 2.5; fill: none; }
.grid { stroke: var(--rule); stroke-width: 1; fill: none; }
.mark { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 1 3; opacity: 0.7; }
.tick { fill: var(--soft); font-size: 12.5px; font-variant-numeric: tabular-nums; }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.band { fill: var(--bad); opacity: 0.1; }
.band-text { fill: var(--bad); font-size: 13px; font-weight: 650; }
.bar { display: inline-block; vertical-align: middle; }
.bar .track { fill: var(--rule); }
.bar .fill { fill: var(--good); }
.bar .fill.over { fill: var(--bad); }
.pick { font-size: 14px; margin: 10px 0 0; display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
select { font: inherit; color: inherit; background: var(--sheet); border: 1px solid var(--rule); border-radius: 6px; padding: 3px 8px; max-width: 100%; }
.live { display: none; }
.is-live .live { display: block; }
@media screen { .is-live .still { display: none; } }
.live .u-legend { font-size: 14px; text-align: left; margin: 2px 0 0; width: auto; font-variant-numeric: tabular-nums; }
.live .u-legend th, .live .u-legend td { border: 0; padding: 0 4px; white-space: normal; font-weight: 400; }
.live .u-legend td { min-width: 56px; font-weight: 600; text-align: left; }
.live .u-inline tr { margin-right: 8px; }
.live .u-legend .u-marker { border-radius: 2px; }
.live .u-select { background: var(--p50); opacity: 0.15; }
.live .u-hz .u-cursor-x, .live .u-vt .u-cursor-y { border-color: var(--soft); }
footer { color: var(--soft); font-size: 13px; padding: 0 4px; }
@media (max-width: 700px) {
  main { padding: 10px 8px 24px; }
  section, header { padding: 14px 14px; border-radius: 8px; }
  h1 { font-size: 21px; }
  .tiles { grid-template-columns: repeat(2, 1fr); gap: 8px; }
  .tiles div { padding: 8px 10px; }
  .tiles dd { font-size: 18px; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin: 0 0 6px; }
  .wide { display: none; }
  .narrow { display: block; }
  th, td { padding: 5px 8px; }
}
@media print {
  @page { margin: 14mm; }
  :root { color-scheme: light; }
  body { background: none; font-size: 11pt; }
  main { max-width: none; padding: 0; }
  section, header { border-radius: 0; border-width: 0 0 1px; padding: 8px 0 12px; margin: 0 0 8px; }
  header { border-left-width: 8px; padding-left: 16px; }
  figure, tr, .tiles div { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  nav, .pick, .live, .is-live .live { display: none; }
  .wide { display: block; }
  .narrow { display: none; }
  .scroll { overflow: visible; }
  table { font-size: 8pt; }
  th, td { padding: 3px 4px; }
  thead th { white-space: normal; }
  .words { min-width: 90px; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
