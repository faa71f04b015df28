/** The report's looks, and its one script: a click on a picture shows it alone. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --raised: #f5f6f8; --line: #dcdfe4; --text: #16191d; --quiet: #5d6570;
  --ours: #0b66d8; --others: #8a6d3b; --good: #16a34a22; }
@media (prefers-color-scheme: dark) { :root { --ground: #14161a; --raised: #1d2026; --line: #343942; --text: #eceef1;
  --quiet: #9aa3af; --ours: #69aeff; --others: #d2ab6a; --good: #4ade8026; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 32px 24px 64px; max-width: 1360px; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 4px; }
h2 { font-size: 22px; margin: 56px 0 8px; padding-top: 20px; border-top: 1px solid var(--line); }
h3 { font-size: 17px; margin: 32px 0 8px; }
p { max-width: 75ch; margin: 8px 0; }
.quiet, figcaption span, .tick { color: var(--quiet); }
nav { display: flex; flex-wrap: wrap; gap: 6px 16px; margin: 16px 0; }
a { color: var(--ours); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 14px; }
th, td { padding: 5px 10px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
thead th { vertical-align: bottom; white-space: normal; line-height: 1.25; font-weight: 600; }
thead small { display: block; font-weight: 400; color: var(--quiet); }
th:first-child, td:first-child { text-align: left; }
tbody th { font-weight: 500; }
.ours > th { color: var(--ours); }
.others > th { color: var(--others); }
td.best { font-weight: 700; background: var(--good); }
table.key td, table.goals td { white-space: normal; text-align: left; }
.key td:first-child { white-space: nowrap; font-weight: 600; }
.goals td:nth-child(2) { white-space: nowrap; font-weight: 600; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 16px 24px; margin: 20px 0; }
figure { margin: 0; }
.chart { background: var(--raised); border-radius: 8px; padding: 12px 12px 4px; }
.chart svg { width: 100%; height: auto; display: block; }
.chart text { font: 11px system-ui, sans-serif; fill: var(--text); }
.chart .tick { fill: var(--quiet); }
.grid, .row { stroke: var(--line); fill: none; }
.row { stroke-dasharray: 1 3; }
.band { fill: var(--good); }
.ours circle { fill: var(--ours); } .others circle { fill: var(--others); }
.chart circle { fill-opacity: .75; stroke: var(--raised); }
.median { stroke-width: 2; } .ours .median { stroke: var(--ours); } .others .median { stroke: var(--others); }
.sheet { display: grid; gap: 14px 16px; margin: 12px 0 16px; }
.sheet img { display: block; width: 100%; height: auto; border-radius: 4px; cursor: zoom-in; background: var(--raised); }
.sheet figcaption { font-size: 13px; margin-top: 4px; line-height: 1.35; }
.sheet .ours b { color: var(--ours); } .sheet .others b { color: var(--others); }
dialog { border: 0; padding: 0; max-width: 100vw; max-height: 100vh; background: transparent; cursor: zoom-out; }
dialog img { display: block; max-width: 98vw; max-height: 96vh; }
dialog::backdrop { background: #000c; }
@media (max-width: 640px) { body { padding: 16px 12px 40px; } .sheet { grid-template-columns: 1fr 1fr !important; } }
`;

export const SCRIPT = `
const dialog = document.querySelector('dialog');
dialog.addEventListener('click', () => dialog.close());
document.addEventListener('click', ({ target }) => {
  if (!(target instanceof HTMLImageElement) || dialog.contains(target)) return;
  dialog.replaceChildren(Object.assign(new Image(), { src: target.src, alt: target.alt }));
  dialog.showModal();
});
`;
