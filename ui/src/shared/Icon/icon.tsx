/** Paths on a 16 by 16 grid, drawn with a stroke in the text's colour. */
const PATHS = {
  logs: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  traces: 'M2 3.5h8M5 8h8M8 12.5h6',
  flows: 'M3 3.5h3.5v4.5h3v4.5H13M3 3.5a1 1 0 1 0 0 .01M13 12.5a1 1 0 1 0 0 .01',
  services: 'M6 2.5h4v3.5H6zM2 10h4v3.5H2zM10 10h4v3.5h-4zM8 6v2M4 10V8h8v2',
  errors: 'M8 1.8l5.4 3.1v6.2L8 14.2l-5.4-3.1V4.9zM8 5v3.6M8 10.9v.2',
  status: 'M1.5 8.5h3l2-5 3 9 2-4h3',
  settings: 'M2.5 5h6M12 5h1.5M2.5 11H4M7.5 11h6M10.2 3.2v3.6M5.8 9.2v3.6',
  refresh: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.5V5h-2.5',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  check: 'M3 8.5l3.2 3.2L13 5',
  down: 'M4 6l4 4 4-4',
  up: 'M4 10l4-4 4 4',
  right: 'M6 4l4 4-4 4',
  left: 'M10 4L6 8l4 4',
  history: 'M3 8a5 5 0 1 0 1.6-3.7M3 2.5V5h2.5M8 5.2V8l2 1.5',
  warning: 'M8 2.5l6 11H2zM8 6.5v3.2M8 11.6v.2',
  link: 'M6.5 9.5l3-3M7 4.5l1-1a2.8 2.8 0 0 1 4 4l-1 1M9 11.5l-1 1a2.8 2.8 0 0 1-4-4l1-1',
  zoomOut: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9M10.2 10.2L14 14M5 7h4',
  fields: 'M2.5 3h4v10h-4zM9 4h4.5M9 8h4.5M9 12h4.5',
  exclude: 'M3.5 8h9',
  bookmark: 'M4 2.5h8v11L8 10.6 4 13.5z',
  columns: 'M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10',
  stop: 'M4 4h8v8H4z',
  download: 'M8 2.5v7M5 7l3 3 3-3M3 13h10',
  patterns: 'M2.5 3.5h3M8 3.5h5.5M2.5 8h6M11 8h2.5M2.5 12.5h2M7 12.5h6.5',
  stats: 'M2.5 13.5h11M4.5 11V7.5M8 11V3.5M11.5 11V5.5',
  live: 'M8 9.2a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4M5 11a4.2 4.2 0 0 1 0-6M11 5a4.2 4.2 0 0 1 0 6M3 13a7 7 0 0 1 0-10M13 3a7 7 0 0 1 0 10',
} as const;

export type IconName = keyof typeof PATHS;

/** Beside a name or inside a button that has one: never the only thing that says what something is. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
