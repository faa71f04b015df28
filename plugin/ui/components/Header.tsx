/** What is always there: the name, how things stand with the server, language and appearance. */
import { LANGUAGES, type Theme } from '../settings.ts';
import { LANGUAGE_NAMES } from '../text/text.ts';
import { useApp } from './context.ts';
import { Icon, type IconName } from './Icon.tsx';

const THEME_ICONS: Readonly<Record<Theme, IconName>> = {
  system: 'system',
  light: 'sun',
  dark: 'moon',
};

export function Header() {
  const { preferences, host } = useApp();
  const text = preferences.text.value;
  const theme = preferences.theme.value;
  return (
    <header class="header">
      <h1>
        <svg class="mark" viewBox="0 0 24 16" aria-hidden="true">
          <rect x="0.75" y="0.75" width="22.5" height="14.5" rx="2.5" />
          <path d="M8 1v14M16 1v14" />
          <rect class="mark-photo" x="8" y="1" width="8" height="14" />
        </svg>
        <span>{text.title}</span>
      </h1>
      <ServerLine />
      <div class="header-controls">
        <div class="language" role="group" aria-label={text.header.language}>
          {LANGUAGES.map((language) => (
            <button
              key={language}
              type="button"
              class="button quiet small"
              lang={language}
              aria-pressed={preferences.language.value === language}
              aria-label={LANGUAGE_NAMES[language]}
              onClick={() => preferences.speak(language)}
            >
              <span aria-hidden="true">{language.toUpperCase()}</span>
            </button>
          ))}
        </div>
        {host.kind === 'web' && (
          <button
            type="button"
            class="button quiet icon-only"
            aria-label={`${text.header.theme}: ${text.header.themes[theme]}`}
            title={`${text.header.theme}: ${text.header.themes[theme]}`}
            onClick={() => preferences.nextTheme()}
          >
            <Icon name={THEME_ICONS[theme]} />
          </button>
        )}
      </div>
    </header>
  );
}

function ServerLine() {
  const { connection, text: words, formats } = useApp();
  const text = words.value.connection;
  const state = connection.state.value;
  switch (state.state) {
    case 'connecting':
      return <p class="server-line waiting">{text.connecting}</p>;
    case 'ready': {
      const { device, queued, running } = state.info;
      return (
        <p class="server-line ready" title={device}>
          <span class="device">{text.ready(device)}</span>
          {queued + running > 0 && (
            <span class="load">{text.busy(formats.value.number(queued + running))}</span>
          )}
        </p>
      );
    }
    case 'unauthorized':
      return <p class="server-line asking">{text.tokenTitle}</p>;
    case 'away':
      return <p class="server-line away">{text.awayTitle}</p>;
    case 'incompatible':
      return <p class="server-line away">{text.incompatibleTitle}</p>;
    default:
      return state satisfies never;
  }
}
