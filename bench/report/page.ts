import { judge, median, pairedRatio } from '../harness/judge.ts'
import { figure, targetInWords } from './figures.ts'
import type { Recorded } from './record.ts'

/** The results as one page that needs nothing but itself. */
export function page(records: readonly Recorded[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Inseam: benchmarks</title>
<style>${style}</style>
<main>
<h1>Benchmarks</h1>
<p>Everything in a section was measured in one run, in alternating rounds. Bars are medians, the thin line spans the lowest and the
highest round, and dots are the rounds. Ratios are medians of the ratios round by round: they hold on a busy machine, the absolute
figures do not.</p>
${records.map(section).join('\n')}
</main>
</html>
`
}

function section(record: Recorded): string {
  const { machine, versions } = record
  const company = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const where = `${machine.processor}, ${machine.cores} cores, ${machine.platform}, Node ${machine.node}, load before the run ${machine.loadBefore}`
  return `<section>
<h2>${escapeText(record.title)}</h2>
<p>${escapeText(record.how)}</p>
${chart(record)}
<ul>${judge(record).map(verdict(record)).join('')}</ul>
<p class="small">${escapeText(record.date.slice(0, 10))}; ${escapeText(where)}; ${escapeText(company.join(', '))}.${
    record.isQuick ? ' A quick run: for orientation only.' : ''
  }</p>
</section>`
}

const verdict =
  ({ unit }: Recorded) =>
  ({ target, figure: reached, isMet }: ReturnType<typeof judge>[number]): string =>
    `<li class="${isMet ? 'met' : 'missed'}"><b>${isMet ? 'Met' : 'Missed'}</b>: ${escapeText(targetInWords(target, unit))}; reached ${figure(reached)}.</li>`

const width = 860
const rowHeight = 46
const barStart = 210
const barWidth = 470

/** Horizontal bars from zero, one a subject. */
function chart({ series, unit, title }: Recorded): string {
  const most = Math.max(...series.flatMap(({ values }) => values))
  const x = (value: number) => barStart + (value / most) * barWidth
  const [first] = series
  const rows = series.map((one, row) => {
    const top = row * rowHeight
    const middle = median(one.values)
    const ratio = first && one !== first ? `, ${figure(pairedRatio(one, first))} x` : ''
    const dots = one.values.map((value) => `<circle cx="${x(value).toFixed(1)}" cy="${top + 15}" r="2"/>`).join('')
    return `<g class="${one.name.startsWith('inseam') ? 'ours' : 'theirs'}">
<text x="0" y="${top + 19}">${escapeText(one.name)}</text>
<rect x="${barStart}" y="${top + 6}" width="${Math.max(1, x(middle) - barStart).toFixed(1)}" height="18" rx="2"/>
<line x1="${x(Math.min(...one.values)).toFixed(1)}" x2="${x(Math.max(...one.values)).toFixed(1)}" y1="${top + 15}" y2="${top + 15}"/>${dots}
<text x="${barStart + barWidth + 12}" y="${top + 19}">${figure(middle)} ${escapeText(unit)}${ratio}</text>
<text class="note" x="${barStart}" y="${top + 38}">${escapeText(one.note ?? '')}</text>
</g>`
  })
  const height = series.length * rowHeight
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}">${rows.join('')}</svg>`
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

const style = `
:root { color-scheme: light dark; --ink: #1b1d21; --soft: #666c75; --paper: #fdfdfc; --ours: #0b7a75; --theirs: #b9bec6; --met: #0b7a75; --missed: #b25a00 }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e9eb; --soft: #9aa1ab; --paper: #16181c; --ours: #35b8b0; --theirs: #555b65; --met: #35b8b0; --missed: #f0a04b } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 54rem; margin: 0 auto; padding: 2rem 1.25rem 4rem }
h1 { font-size: 1.75rem } h2 { font-size: 1.2rem; margin: 2.5rem 0 .25rem }
p { margin: .25rem 0 .75rem } ul { padding-left: 1.2rem; margin: .5rem 0 }
.small, .note { color: var(--soft); fill: var(--soft); font-size: .8rem }
svg { width: 100%; height: auto; font: 14px system-ui, sans-serif; fill: var(--ink) }
svg .note { font-size: 12px }
.ours rect { fill: var(--ours) } .theirs rect { fill: var(--theirs) }
line { stroke: var(--ink); stroke-width: 1; opacity: .6 } circle { fill: var(--ink); opacity: .6 }
.met b { color: var(--met) } .missed b { color: var(--missed) }
`
