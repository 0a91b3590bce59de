import type { Metrics } from '../../../../client/index.ts';
import { adminLink } from '../../state/route.ts';
import { formatCount } from '../../words/format.ts';

/** What waits where, at a glance; the queues' own section shows which jobs failed. */
export function QueueSizes({ queues }: { queues: NonNullable<Metrics['queues']> }) {
  const failed = queues.reduce((sum, { deadLetters }) => sum + deadLetters, 0);
  return (
    <section class="panel rank" aria-label="Queue sizes" data-testid="queue-sizes" data-failed={failed}>
      <h3>Queues</h3>
      <table class="table table-narrow">
        <thead>
          <tr>
            <th scope="col">Queue</th>
            <th scope="col" class="number">
              Waiting
            </th>
            <th scope="col" class="number">
              Working
            </th>
            <th scope="col" class="number">
              Failed
            </th>
          </tr>
        </thead>
        <tbody>
          {queues.map(({ name, visible, inFlight, delayed, deadLetters }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="number">{formatCount(visible + delayed)}</td>
              <td class="number">{formatCount(inFlight)}</td>
              <td class="number">
                {deadLetters === 0 ? (
                  '0'
                ) : (
                  <a class="badge tone-bad" href={adminLink('queues')}>
                    {formatCount(deadLetters)}
                  </a>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
