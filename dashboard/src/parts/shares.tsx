import type { Share } from '../../../src/admin/api.ts'
import { linkTo } from '../route.ts'
import { costText, exactCostText } from '../text/cost-text.ts'
import { countText, shareOf, shareText } from '../text/count-text.ts'
import { durationText } from '../text/duration-text.ts'

interface SharesProps {
  readonly title: string
  readonly shares: readonly Share[]
  readonly filter: 'feature' | 'model'
  readonly nameless: string
}

/** What each feature or model took of it all, the costliest first. */
export function Shares({ title, shares, filter, nameless }: SharesProps) {
  const most = Math.max(...shares.map(({ costNanoUsd }) => costNanoUsd), 1)
  return (
    <section class="card">
      <h2>{title}</h2>
      {shares.length === 0 ? (
        <p class="nothing">Nothing in this span</p>
      ) : (
        <table class="shares">
          <thead>
            <tr>
              <th scope="col">{filter === 'feature' ? 'Feature' : 'Model'}</th>
              <th scope="col" class="number">
                Calls
              </th>
              <th scope="col" class="number">
                p95
              </th>
              <th scope="col" class="number">
                Cost
              </th>
            </tr>
          </thead>
          <tbody>
            {shares.map(({ name, calls, errors, costNanoUsd, p95Ms }) => (
              <tr key={name}>
                <th scope="row">
                  {name === '' ? (
                    <span class="quiet">{nameless}</span>
                  ) : (
                    <a href={linkTo(['calls'], { [filter]: name })}>{name}</a>
                  )}
                  <i class="meter" style={{ width: `${(costNanoUsd / most) * 100}%` }} aria-hidden="true" />
                </th>
                <td class="number" title={errors > 0 ? `${errors} failed` : undefined}>
                  {countText(calls)}
                  {errors > 0 && <span class="bad-text"> ({shareText(shareOf(errors, calls))})</span>}
                </td>
                <td class="number">{durationText(p95Ms)}</td>
                <td class="number" title={exactCostText(costNanoUsd)}>
                  {costText(costNanoUsd)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
