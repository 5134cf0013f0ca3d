/** The style of all pages: light and dark, narrow and wide, on paper. Colours have a contrast of 4.5 and more. */

export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --text: #1b1f24; --quiet: #57606a; --line: #d0d7de; --block: #f3f5f7; --link: #0550ae;
  --good: #116329; --change: #7d4e00; --bad: #a40e26; --calm: #57606a; --caution: #7d4e00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --text: #e6edf3; --quiet: #9da7b3; --line: #3d444d; --block: #161b22; --link: #79c0ff;
    --good: #56d364; --change: #e3b341; --bad: #ff9790; --calm: #9da7b3; --caution: #e3b341;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem 1.5rem; max-width: 84rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; padding-top: .5rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; overflow-wrap: anywhere; }
p { margin: .25rem 0 .5rem; max-width: 70rem; overflow-wrap: anywhere; }
.summary { font-size: 1.1rem; font-weight: 600; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: .5rem; padding: .25rem .5rem; background: var(--page); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: .5rem 0; list-style: none; }
dl { margin: .5rem 0; }
dl div { display: flex; flex-wrap: wrap; gap: 0 .75rem; }
dt { color: var(--quiet); min-width: 12rem; }
dd { margin: 0; overflow-wrap: anywhere; flex: 1 1 16rem; }
ul { padding-left: 1.25rem; margin: .25rem 0 .5rem; }
li { overflow-wrap: anywhere; }
code { font: .9em ui-monospace, monospace; }
.scroll { overflow-x: auto; margin: .5rem 0 1rem; }
table { border-collapse: collapse; min-width: min(100%, 40rem); }
caption { text-align: left; color: var(--quiet); padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); }
th[scope=col] { color: var(--quiet); font-weight: 600; }
th[scope=row] { font-weight: 400; }
th, td { max-width: 34rem; overflow-wrap: break-word; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tr:target > *, h3:target { background: var(--block); }
.state { white-space: nowrap; font-weight: 600; }
.good { color: var(--good); } .change { color: var(--change); } .bad { color: var(--bad); }
.calm { color: var(--calm); } .caution { color: var(--caution); }
.finding { border-left: 4px solid currentColor; padding-left: .75rem; margin: .5rem 0; }
.finding p { color: var(--text); }
figure { margin: .5rem 0; }
figcaption { color: var(--quiet); max-width: 70rem; }
svg { display: block; font: 13px system-ui, sans-serif; }
svg text { fill: var(--text); }
svg .quiet { fill: var(--quiet); }
svg path { fill: none; stroke: var(--line); stroke-width: 1.5; }
svg rect { fill: var(--block); stroke: currentColor; stroke-width: 2; }
svg rect.calm { stroke-width: 1; stroke-dasharray: 4 3; }
svg rect.bar { fill: currentColor; stroke: none; }
svg rect.track { fill: var(--block); stroke: none; }
details { margin: .25rem 0 .75rem; }
summary { cursor: pointer; }
footer { color: var(--quiet); border-top: 1px solid var(--line); margin-top: 2rem; padding-top: .5rem; }
@media print {
  :root { --page: #fff; --text: #000; --quiet: #444; --line: #999; --block: #fff; --link: #000;
    --good: #000; --change: #000; --bad: #000; --calm: #444; --caution: #000; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, .skip { display: none; }
  .scroll { overflow: visible; }
  figure svg { max-width: 100%; height: auto; }
  details::details-content { content-visibility: visible; display: block; }
  h2, h3, caption { break-after: avoid; }
  tr { break-inside: avoid; }
}
`;
