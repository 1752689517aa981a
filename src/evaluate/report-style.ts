/** How the report looks: light and dark by the reader's own setting, one column on a phone. */
export const reportStyle = `
:root{--page:#f6f7f9;--card:#fff;--text:#1c2026;--quiet:#5d6673;--line:#dfe3e8;--hit:#0f7b53;--warn:#9a5b00;
--series-1:#2a6fdb;--series-2:#d9541e;--series-3:#128a62;--series-4:#b07a00;--series-5:#c23b76;--series-6:#6b4fd0;--series-7:#00818f;--series-8:#7a6a55}
@media (prefers-color-scheme:dark){:root{--page:#14171b;--card:#1d2126;--text:#e8ebef;--quiet:#9aa4b1;--line:#333a42;--hit:#4cc48f;--warn:#e6ad55;
--series-1:#6aa3ff;--series-2:#ff8a57;--series-3:#4cc48f;--series-4:#e0ac3a;--series-5:#f082ae;--series-6:#a893ff;--series-7:#4cc3cf;--series-8:#bca88d}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:1080px;margin:0 auto;padding:16px}
h1{font-size:1.6rem;margin:.6em 0 0}h2{font-size:1.25rem;margin:0 0 .2em}h3{font-size:1rem;margin:1.6em 0 .5em}h4{font-size:.85rem;margin:1em 0 .4em;color:var(--quiet);font-weight:600}
p{margin:.2em 0 .8em}.quiet{color:var(--quiet)}
nav{display:flex;flex-wrap:wrap;gap:6px 16px;margin:10px 0}a{color:var(--series-1)}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px;margin:18px 0}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:12px}.plots.small{grid-template-columns:repeat(auto-fit,minmax(min(100%,240px),1fr))}
figure{margin:0;min-width:0}figcaption{font-size:.85rem;color:var(--quiet)}
svg{display:block;width:100%;height:auto;max-width:560px;overflow:visible}svg text{fill:currentColor;font-size:12px}svg .tick{fill:var(--quiet);font-size:11px}svg .grid{stroke:var(--line);stroke-width:1}
.scroll{overflow-x:auto;margin:12px 0}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.86rem;width:100%}
th,td{padding:5px 10px;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}th{color:var(--quiet);font-weight:600}
th:first-child,td:first-child{text-align:left;position:sticky;left:0;background:var(--card)}
.words th,.words td{text-align:left}.words td:last-child{white-space:normal;min-width:260px}
.warning{color:var(--warn);padding-left:1.2em}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(120px,1fr));gap:10px;margin:12px 0}.tiles div{border:1px solid var(--line);border-radius:8px;padding:8px 12px}
dt{color:var(--quiet);font-size:.8rem}dd{margin:0;font-size:1.05rem;font-weight:600;font-variant-numeric:tabular-nums}
.sample{border-top:1px solid var(--line);padding:10px 0}summary{cursor:pointer}
.cards{display:grid;grid-auto-flow:column;grid-auto-columns:136px;gap:10px;overflow-x:auto;padding-bottom:6px}
.card{display:flex;flex-direction:column;gap:2px;border:1px solid var(--line);border-radius:10px;padding:8px;font-size:.8rem;line-height:1.3;overflow-wrap:anywhere}
.card b{font-weight:600;display:-webkit-box;-webkit-line-clamp:3;-webkit-box-orient:vertical;overflow:hidden}
.card img,.blank{width:100%;height:84px;object-fit:contain;border-radius:6px;background:var(--page)}.blank{display:grid;place-items:center;font-size:1.8rem;color:var(--quiet)}
.price{font-variant-numeric:tabular-nums;font-weight:600}.card.hit{border:2px solid var(--hit)}.mark{color:var(--hit);font-weight:600}
`
