/** What an error of a call means for the interface. */
import { ClientError } from '../../../shared/client.ts';

/** Whether the connection's own notice says it already. */
export function isConnectionError(error: unknown): boolean {
  return error instanceof ClientError && error.code !== 'refused';
}

/** Whether the server has no such panorama. */
export function isGone(error: unknown): boolean {
  return error instanceof ClientError && error.status === 404;
}
