/** What the study's report looks like beyond what reports share, and its second script: a click on a heading sorts. */
import type { OptimizerName } from '../../../shared/hyperparameters.ts';

/** Light and dark; told apart by any eyes (Okabe and Ito). */
const COLOURS: Readonly<Record<OptimizerName, readonly [light: string, dark: string]>> = {
  adam: ['#0072b2', '#5db4ea'],
  adamax: ['#d55e00', '#f08a45'],
  adamw: ['#009e73', '#3fcf9f'],
  sgd: ['#b34f88', '#e08fbd'],
  asgd: ['#b07d00', '#e6b93c'],
  nadam: ['#3a3f47', '#c9ced6'],
  radam: ['#7a4ec2', '#b294ee'],
};

const variables = (index: 0 | 1): string =>
  Object.entries(COLOURS)
    .map(([name, pair]) => `--${name}: ${pair[index]};`)
    .join(' ');

export const STUDY_STYLE = `
:root { ${variables(0)} }
@media (prefers-color-scheme: dark) { :root { ${variables(1)} } }
${Object.keys(COLOURS)
  .map((name) => `.of-${name} { --own: var(--${name}); }`)
  .join('\n')}
[class^="of-"] circle { fill: var(--own); } [class^="of-"] .line { stroke: var(--own); fill: none; stroke-width: 1.5; }
.chart [class^="of-"] .name { fill: var(--own); font-weight: 600; }
[class^="of-"] > th:first-child { color: var(--own); }
.charts { grid-template-columns: repeat(auto-fill, minmax(440px, 1fr)); }
.chart svg { margin: 0 auto; }
.photo { max-width: 320px; margin: 16px 0; }
.photo img { width: 100%; height: auto; border-radius: 4px; cursor: zoom-in; }
.sheet figure { min-width: 0; }
.sheet img + img { margin-top: 4px; }
.sheet .diverged { background: var(--raised); border-radius: 4px; padding: 10px; font-size: 13px; }
thead button { all: unset; cursor: pointer; font-weight: 600; } thead button:hover { text-decoration: underline; }
thead button:focus-visible { outline: 2px solid var(--ours); }
th[aria-sort] button::after { content: ' ▲'; font-size: 9px; } th[aria-sort="descending"] button::after { content: ' ▼'; }
td.words { text-align: left; white-space: normal; }
@media (max-width: 640px) { .charts { grid-template-columns: 1fr; } .sheet { grid-template-columns: none !important; grid-auto-columns: 170px; } }
`;

export const SORT_SCRIPT = `
document.addEventListener('click', ({ target }) => {
  const heading = target instanceof HTMLButtonElement && target.closest('thead th');
  if (!heading) return;
  const descending = heading.getAttribute('aria-sort') === 'ascending';
  for (const other of heading.parentElement.children) other.removeAttribute('aria-sort');
  heading.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
  const body = heading.closest('table').tBodies[0];
  const key = (row) => row.cells[heading.cellIndex]?.dataset.value ?? '';
  const compare = (a, b) => {
    const [x, y] = [key(a), key(b)];
    // What has no value stays at the end.
    if (x === '' || y === '') return (x === '') - (y === '');
    return (descending ? -1 : 1) * (isNaN(x) || isNaN(y) ? x.localeCompare(y) : x - y);
  };
  body.append(...[...body.rows].sort(compare));
});
`;
