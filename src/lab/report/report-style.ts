/** The looks of reports: one column of text and figures, contents beside it where there is room; nothing is loaded. */
export const reportStyle = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1b1e23; --muted: #5a616c; --rule: #dfe2e7; --soft: #f4f5f7; --link: #0b5d91;
  --good: #0b7550; --bad: #a83a14; --notice: #fff7e3; --notice-rule: #d9a300;
  --plot-background: var(--paper);
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --serif: "Iowan Old Style", Charter, "Bitstream Charter", "Sitka Text", Cambria, Georgia, serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --ink: #e3e6ea; --muted: #9aa2ad; --rule: #2e343b; --soft: #1d2126; --link: #86c5f0;
    --good: #58c79c; --bad: #f0906a; --notice: #2a2412; --notice-rule: #a98417;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.6 var(--sans); font-feature-settings: "kern"; }
.page { max-width: 50rem; margin: 0 auto; padding: 3.5rem 2rem 5rem; }
main:focus { outline: none; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: 1rem; top: -4rem; padding: .6rem 1rem; background: var(--ink); color: var(--paper); border-radius: 0 0 6px 6px; z-index: 2; }
.skip:focus { top: 0; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

h1, h2, h3 { font-family: var(--serif); font-weight: 600; line-height: 1.22; text-wrap: balance; margin: 0; }
h1 { font-size: clamp(1.9rem, 1.4rem + 2.2vw, 2.7rem); letter-spacing: -.012em; margin: .35rem 0 1rem; }
h2 { font-size: 1.45rem; letter-spacing: -.005em; }
h1::first-letter, .headlines dt::first-letter, .steps p::first-letter { text-transform: uppercase; }
h3 { font-size: 1.05rem; font-family: var(--sans); margin: 1.75rem 0 .6rem; }
p { margin: 0 0 1rem; max-width: 41rem; text-wrap: pretty; }
a { color: var(--link); text-decoration-thickness: 1px; text-underline-offset: .18em; }
small, .muted { color: var(--muted); }
small { font-size: .82rem; line-height: 1.45; }
code, pre { font-family: var(--mono); font-size: .86em; }
.kicker { margin: 0; font-size: .76rem; font-weight: 600; letter-spacing: .09em; text-transform: uppercase; color: var(--muted); }
.lede { font: 1.22rem/1.55 var(--serif); max-width: 42rem; margin-bottom: 1.6rem; }
section { margin-top: 4.5rem; }
[id] { scroll-margin-top: 1.5rem; }
.scroll + p { margin-top: .8rem; font-size: .84rem; }
section > h2 { margin-bottom: 1rem; }

.facts { display: flex; flex-wrap: wrap; gap: .9rem 2.6rem; margin: 0; font-size: .88rem; font-variant-numeric: tabular-nums; }
.facts dt { color: var(--muted); font-size: .78rem; }
.facts dd { margin: 0; }
.state::before { content: ""; display: inline-block; width: .55em; height: .55em; border-radius: 50%; margin-right: .5em; background: var(--muted); }
.state.done::before { background: var(--good); }
.state.failed::before { background: var(--bad); }
.state.running::before { background: var(--link); }

.opening + section { margin-top: 2.6rem; }
.headlines { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1.9rem 1.5rem; margin: 0; padding: 1.8rem 0; border-block: 1px solid var(--rule); }
.headlines dt { font-size: .86rem; line-height: 1.35; color: var(--muted); }
.headlines dd { margin: .3rem 0 0; font-size: 2.2rem; line-height: 1.1; letter-spacing: -.025em; font-variant-numeric: tabular-nums lining-nums; }
.headlines .word dd { font-size: 1.5rem; letter-spacing: -.01em; overflow-wrap: anywhere; }
.headlines .unit { font-size: .5em; letter-spacing: 0; color: var(--muted); }
.headlines small { display: block; margin-top: .45rem; letter-spacing: 0; }

.notice { margin-top: 2.2rem; padding: 1rem 1.25rem; background: var(--notice); border-left: 3px solid var(--notice-rule); border-radius: 0 4px 4px 0; }
.notice h2 { font: 600 .95rem/1.4 var(--sans); margin: 0 0 .35rem; letter-spacing: 0; }
.notice ul { margin: 0; padding-left: 1.1rem; }
.notice p, .notice li { overflow-wrap: anywhere; }
.notice p:last-child { margin-bottom: 0; }
.notice.bad { background: var(--soft); border-color: var(--bad); margin-bottom: 1.6rem; }
.steps { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.3rem; }
.steps p { margin-bottom: .45rem; }
.command { display: flex; align-items: stretch; background: var(--soft); border-radius: 5px; max-width: 46rem; }
.command pre { flex: 1; min-width: 0; margin: 0; padding: .6rem .9rem; overflow-x: auto; }
.command button { display: none; border: 0; background: none; border-left: 1px solid var(--rule); border-radius: 0 5px 5px 0; }

.figure { margin: 5.5rem 0 0; }
.figure h2 { margin: .3rem 0 .55rem; }
.figure .summary { color: var(--muted); margin-bottom: 1.5rem; }
.chart { overflow-x: auto; overflow-y: hidden; }
.chart svg { display: block; max-width: 100%; height: auto; font-family: var(--sans); }
.chart svg text { white-space: pre; }
.text { margin: 0; padding: 1.1rem 1.25rem; overflow-x: auto; background: var(--soft); border-radius: 5px; line-height: 1.55; font-size: .82rem; tab-size: 2; }
.sheet { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(max(var(--size), 5.25rem), 1fr)); gap: 1.3rem .9rem; font-size: .8rem; line-height: 1.35; }
.sheet li { display: flex; flex-direction: column; break-inside: avoid; }
.sheet img { display: block; width: var(--size); max-width: 100%; height: auto; margin-bottom: .4rem; background: #fff; outline: 1px solid var(--rule); }
.sheet.pixels img { image-rendering: pixelated; }
.sheet small { font-size: .72rem; }
.frame-label { font-size: .82rem; font-weight: 600; margin: 0 0 .6rem; font-variant-numeric: tabular-nums; }
.frame + .frame { margin-top: 2rem; }
.slider { display: flex; align-items: center; gap: .9rem; margin-bottom: 1.1rem; max-width: 34rem; font-size: .86rem; font-variant-numeric: tabular-nums; }
.slider label { flex: 1; display: flex; align-items: center; gap: .9rem; white-space: nowrap; }
.slider input { flex: 1; min-width: 8rem; accent-color: var(--link); }
.slider output { min-width: 3.5rem; }

.tools { display: none; gap: .4rem; float: right; margin: .85rem 0 0 1rem; }
.scripted .tools { display: flex; }
.scripted .command button { display: block; }
button { position: relative; font: 500 .78rem/1 var(--sans); color: var(--ink); background: none; border: 1px solid var(--rule); border-radius: 4px; padding: .45rem .7rem; cursor: pointer; }
button:hover { background: var(--soft); }
details { margin-top: 1rem; }
.figure > details > .scroll { clear: both; }
summary { cursor: pointer; width: fit-content; font-size: .86rem; }
summary .muted { margin-left: .35rem; }
details > .scroll { margin-top: .7rem; }
.scroll { overflow: auto; max-height: 34rem; border-block: 1px solid var(--rule); }
table { border-collapse: collapse; width: 100%; font-size: .84rem; line-height: 1.4; font-variant-numeric: tabular-nums lining-nums; }
th, td { text-align: left; vertical-align: baseline; padding: .42rem 1.5rem .42rem 0; font-weight: 400; }
th:last-child, td:last-child { padding-right: .25rem; }
thead th { position: sticky; top: 0; background: var(--paper); color: var(--muted); font-size: .78rem; box-shadow: inset 0 -1px var(--rule); vertical-align: bottom; }
tbody tr + tr > * { border-top: 1px solid var(--rule); }
td, .number { white-space: nowrap; }
.number { text-align: right; }
.strong { font-weight: 600; }
.options td, .options th, tbody td:not(.number) { white-space: normal; }
.options th small { display: block; max-width: 27rem; }
.options .value { overflow-wrap: anywhere; min-width: 8rem; }
.more { font-size: .8rem; color: var(--muted); margin: .5rem 0 0; }
.metrics .prefix { display: block; font-size: .74rem; line-height: 1.2; color: var(--muted); }
.metrics td, .metrics th { vertical-align: middle; white-space: nowrap; }
.spark { display: block; overflow: visible; }
.spark polyline { fill: none; stroke: var(--ink); stroke-width: 1.3; stroke-linejoin: round; opacity: .8; }
.spark circle { fill: #d55e00; }
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1.6rem 1.5rem; margin-bottom: 2rem; }
footer { margin-top: 5rem; padding-top: 1.2rem; border-top: 1px solid var(--rule); font-size: .8rem; color: var(--muted); }

.contents { font-size: .84rem; line-height: 1.4; display: none; }
.contents ol { list-style: none; margin: .7rem 0 0; padding: 0; display: grid; gap: .55rem; }
.contents a { color: var(--muted); text-decoration: none; }
.contents a:hover, .contents a:focus-visible { color: var(--ink); text-decoration: underline; }
@media (min-width: 76rem) {
  .page:has(.contents) { max-width: 74rem; display: grid; grid-template-columns: 13rem minmax(0, 46rem); gap: 0 6rem; }
  .contents { display: block; position: sticky; top: 3.5rem; align-self: start; max-height: calc(100vh - 5rem); overflow-y: auto; }
}
@media (max-width: 40rem) {
  .page { padding: 2rem 1.15rem 3rem; }
  .chart svg { min-width: 30rem; }
  .curves .chart svg { min-width: 0; }
  .headlines { grid-template-columns: 1fr 1fr; gap: 1.4rem; }
  .headlines dd { font-size: 1.8rem; }
}
@media screen { .on-paper { display: none; } .frame.off { display: none; } .slided .frame-label { display: none; } }
@media print {
  @page { margin: 18mm 16mm; }
  :root { --paper: #fff; --ink: #000; --muted: #444; --rule: #bbb; --soft: #f4f4f4; --link: #000; --notice: #fff; --good: #0b7550; --bad: #a83a14; }
  body { font-size: 10pt; }
  .page { display: block; max-width: none; padding: 0; }
  .contents, .skip, .scripted .tools, .slider, .scripted .command button { display: none; }
  section { margin-top: 2rem; }
  .figure { break-inside: avoid-page; margin-top: 2.2rem; }
  .figure:has(.frames), .figure:has(.sheet), .figure:has(> .drawing > .scroll), .figure:has(details[open]) { break-inside: auto; }
  h1, h2, h3, .summary { break-after: avoid; }
  .frames { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
  .frame, .chart, .headlines > div, tr, .sheet li { break-inside: avoid; }
  .frame + .frame { margin-top: 0; }
  .scroll, .chart, pre { overflow: visible !important; max-height: none; }
  pre { white-space: pre-wrap; }
  thead { display: table-header-group; }
  thead th { position: static; }
  details:not([open]), tbody tr:nth-child(n + 101) { display: none; }
  .more:has(+ .on-paper) { display: none; }
}
`;
