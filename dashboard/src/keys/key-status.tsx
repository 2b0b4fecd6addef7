import type { KeyView } from '../../../src/admin/api.ts'

/** Whether a key opens anything. */
export function KeyStatus({ status }: Pick<KeyView, 'status'>) {
  return <span class={`outcome ${status === 'active' ? 'fine' : status === 'expired' ? 'warn' : 'bad'}`}>{status}</span>
}
