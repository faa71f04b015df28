/** What stands between the user and the server, and the way past it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button, Notice } from './controls.tsx';
import { useInterface } from './context.ts';

export function ConnectionNotice() {
  const { connection, text: words } = useInterface();
  const text = words.value.connection;
  const state = connection.state.value;
  switch (state.state) {
    case 'connecting':
    case 'ready':
      return null;
    case 'unauthorized':
      return <TokenForm wrong={state.wrong} />;
    case 'away':
      return (
        <Notice
          kind="warning"
          title={text.awayTitle}
          actions={
            <Button disabled={connection.looking.value} onClick={() => void connection.look()}>
              {text.awayRetry}
            </Button>
          }
        >
          <p>{text.away}</p>
          <p>{text.awayNext}</p>
        </Notice>
      );
    case 'incompatible':
      return (
        <Notice kind="error" title={text.incompatibleTitle}>
          <p>{text.incompatibleNext}</p>
          <p class="detail" lang="en">
            {state.message}
          </p>
        </Notice>
      );
    default:
      return state satisfies never;
  }
}

function TokenForm({ wrong }: { wrong: boolean }) {
  const { connection, host, text: words } = useInterface();
  const text = words.value.connection;
  const [token, setToken] = useState('');
  const [address, setAddress] = useState(connection.address.value.url);
  const [missing, setMissing] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const looking = connection.looking.value;

  // There is nothing else to do on this page before it is filled in; again where the token was wrong.
  useEffect(() => {
    if (!looking) input.current?.focus();
  }, [wrong, looking]);

  const submit = (event: Event) => {
    event.preventDefault();
    setMissing(token.trim() === '');
    if (token.trim() === '') input.current?.focus();
    else void connection.connect(token, host.server ?? address);
  };
  const problem = missing ? text.tokenMissing : wrong ? text.tokenWrong : null;
  return (
    <form class="token-form" onSubmit={submit} aria-labelledby="token-title">
      <h2 id="token-title">{text.tokenTitle}</h2>
      <p id="token-where">{text.tokenWhere}</p>
      {host.server === null && (
        <label class="stacked">
          <span class="label">{text.address}</span>
          <span class="input">
            <input type="url" value={address} onInput={(event) => setAddress(event.currentTarget.value)} />
          </span>
        </label>
      )}
      <label class="label" for="token-input">
        {text.token}
      </label>
      <div class="token-row">
        <span class={`input${problem === null ? '' : ' wrong'}`}>
          <input
            id="token-input"
            ref={input}
            type="password"
            autocomplete="current-password"
            spellcheck={false}
            value={token}
            aria-invalid={problem !== null}
            aria-describedby={problem === null ? 'token-where' : 'token-problem token-where'}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </span>
        <Button type="submit" kind="primary" disabled={looking}>
          {text.tokenSubmit}
        </Button>
      </div>
      {problem !== null && (
        <p class="problem" id="token-problem">
          {problem}
        </p>
      )}
    </form>
  );
}
