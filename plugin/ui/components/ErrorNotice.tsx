/** What happened, what to do about it, and the server's own line with its figures. */
import type { ComponentChildren } from 'preact';
import type { ErrorBody } from '../../../shared/protocol.ts';
import { tellError, tellServerError } from '../text/errors.ts';
import { Notice } from './controls.tsx';
import { useInterface } from './context.ts';

interface ErrorNoticeProps {
  /** Of a call, or of a panorama. */
  readonly error: { readonly call: unknown } | { readonly server: ErrorBody };
  readonly title?: string;
  readonly actions?: ComponentChildren;
}

export function ErrorNotice({ error, title, actions }: ErrorNoticeProps) {
  const text = useInterface().text.value;
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
