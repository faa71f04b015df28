import { randomUUID } from 'node:crypto';
import { requireRequest } from '../../shared/request.ts';
import type { NewRecord } from './records.ts';

/** A panorama that was just accepted, with an id of its own. */
export function newRecord(changes: Partial<NewRecord> & Pick<NewRecord, 'createdAt'>): NewRecord {
  const id = randomUUID();
  return {
    id,
    fingerprint: id,
    request: requireRequest({ width: 64, height: 64 }),
    image: { width: 64, height: 64 },
    estimatedSeconds: 1,
    memoryBytes: 1e9,
    owner: 'somebody',
    model: null,
    webhook: null,
    ...changes,
  };
}
