/** What happened, what to do about it, and the server's own line with its figures. */
import type { ComponentChildren } from 'preact';
import { ClientError } from '../../../shared/client.ts';
import type { ErrorBody } from '../../../shared/protocol.ts';
import { tellError, tellServerError } from '../text/errors.ts';
import { Notice } from './controls.tsx';
import { useApp } from './context.ts';

interface ErrorNoticeProps {
  /** Of a call, or of a panorama. */
  readonly error: { readonly call: unknown } | { readonly server: ErrorBody };
  readonly title?: string;
  readonly actions?: ComponentChildren;
}

export function ErrorNotice({ error, title, actions }: ErrorNoticeProps) {
  const text = useApp().text.value;
  const { what, next, detail } =
    'call' in error ? tellError(error.call, text) : tellServerError(error.server, text);
  return (
    <Notice kind="error" title={title ?? what} actions={actions}>
      {title !== undefined && <p>{what}</p>}
      <p>{next}</p>
      {detail !== null && (
        <p class="detail" lang="en">
          {detail}
        </p>
      )}
    </Notice>
  );
}

/** Whether the connection's own notice says it already. */
export function isConnectionError(error: unknown): boolean {
  return error instanceof ClientError && error.code !== 'refused';
}

/** Whether the server has no such panorama. */
export function isGone(error: unknown): boolean {
  return error instanceof ClientError && error.status === 404;
}
