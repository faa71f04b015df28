/** Line drawings of 16 × 16, in the colour of the text around them. Never the only name of a control. */
const PATHS = {
  plus: 'M8 3v10M3 8h10',
  check: 'M3.5 8.5l3 3 6-7',
  close: 'M4 4l8 8M12 4l-8 8',
  warning: 'M8 2.5l6 10.5H2zM8 6.5v3M8 11.2v.3',
  swap: 'M5.5 3L3 5.5 5.5 8M3 5.5h9M10.5 8L13 10.5 10.5 13M13 10.5H4',
  photo: 'M2.5 3.5h11v9h-11zM2.5 10.5l3-3 3 3 2-2 3 3M10.5 6.2v.1',
  upload: 'M8 10.5v-8M4.8 5.5L8 2.4l3.2 3.1M2.5 10.5v3h11v-3',
  download: 'M8 2.5v8M4.8 7.5L8 10.6l3.2-3.1M2.5 10.5v3h11v-3',
  trash: 'M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9M6.8 7v4M9.2 7v4',
  again: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.5V5h-2.5',
  reuse: 'M3 4.5h6M11.5 4.5H13M3 11.5h2M7.5 11.5H13M10.2 3v3M6.2 10v3',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5V3M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1',
  moon: 'M13 9.6A5.6 5.6 0 1 1 6.4 3a4.4 4.4 0 0 0 6.6 6.6z',
  system: 'M2.5 3h11v8h-11zM6 13.5h4M8 11v2.5',
  chevron: 'M4.5 6.5L8 10l3.5-3.5',
  start: 'M3 2.5v11M6 6h7v4H6z',
  middle: 'M8 2.5v3M8 10.5v3M3.5 5.5h9v5h-9z',
  end: 'M13 2.5v11M3 6h7v4H3z',
  extend: 'M1.5 4.5h13v7h-13zM5.5 4.5v7M10.5 4.5v7M3.5 8H2.5M12.5 8h1',
  retarget: 'M1.5 4.5h13v7h-13zM1.5 9.5l3-2.5 3 2.5 2.5-2 4.5 3.5',
  reimagine: 'M1.5 4.5h13v7h-13zM4 11.5c1-4 3-4 4-2s3 1 4.5-3',
  clock: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 5v3.2l2 1.3',
  gear: 'M6.9 1.8h2.2l.4 1.7 1.2.5 1.5-.9 1.5 1.5-.9 1.5.5 1.2 1.7.4v2.2l-1.7.4-.5 1.2.9 1.5-1.5 1.5-1.5-.9-1.2.5-.4 1.7H6.9l-.4-1.7-1.2-.5-1.5.9-1.5-1.5.9-1.5-.5-1.2-1.7-.4V7.7l1.7-.4.5-1.2-.9-1.5 1.5-1.5 1.5.9 1.2-.5zM8 6.2a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  help: 'M8 1.9a6.1 6.1 0 1 0 0 12.2A6.1 6.1 0 0 0 8 1.9zM6.2 6.3a1.8 1.8 0 1 1 2.7 1.6c-.6.3-.9.7-.9 1.4M8 11.2v.3',
  frame: 'M4.5 1.5v13M11.5 1.5v13M1.5 4.5h13M1.5 11.5h13',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  undo: 'M3 6h6.5a3.5 3.5 0 0 1 0 7H6M5.5 3.5L3 6l2.5 2.5',
  left: 'M9.5 4.5L6 8l3.5 3.5',
  right: 'M6.5 4.5L10 8l-3.5 3.5',
  stack: 'M2.5 5.5h8v8h-8zM5.5 5.5v-3h8v8h-3',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, class: extra = '' }: { name: IconName; class?: string }) {
  return (
    <svg class={`icon ${extra}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
