// Small line icons, 16 px, drawn in the text's colour. They say nothing by themselves: a label stands beside or in
// the control's name.
import type { ReactNode } from 'react';

export type IconName = keyof typeof SHAPES;

const SHAPES = {
  open: <path d="M8 2.5v8M4.8 7.3 8 10.5l3.2-3.2M2.5 12v1.5h11V12" />,
  download: <path d="M8 2v7.6M4.9 6.6 8 9.7l3.1-3.1M2.5 13.3h11" />,
  file: <path d="M4 1.8h5l3 3v9.4H4zM9 1.8v3h3" />,
  folder: <path d="M1.8 4v8.5h12.4V5.2H7.6L6.2 3.5H1.8z" />,
  paste: <path d="M5.5 3H3.5v10.7h9V3h-2M5.5 1.8h5v2.4h-5zM5.5 7.5h5M5.5 10.2h3.5" />,
  search: <path d="M7 2.3a4.7 4.7 0 1 0 0 9.4 4.7 4.7 0 0 0 0-9.4zM10.5 10.5l3.4 3.4" />,
  settings: (
    <path d="M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6M10 2.8a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4zM6 9.8a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4z" />
  ),
  light: (
    <path d="M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M12.6 3.4l-1.1 1.1M4.5 11.5l-1.1 1.1" />
  ),
  dark: <path d="M13.4 9.6A5.8 5.8 0 0 1 6.4 2.6 5.8 5.8 0 1 0 13.4 9.6z" />,
  system: <path d="M2 3h12v8H2zM5.5 13.7h5M8 11v2.7" />,
  close: <path d="M3.8 3.8l8.4 8.4M12.2 3.8l-8.4 8.4" />,
  left: <path d="M13 8H3.2M7 4 3 8l4 4" />,
  right: <path d="M3 8h9.8M9 4l4 4-4 4" />,
  link: (
    <path d="M6.6 9.4a2.6 2.6 0 0 0 3.8.2l2.2-2.2a2.7 2.7 0 0 0-3.8-3.8L7.9 4.5M9.4 6.6a2.6 2.6 0 0 0-3.8-.2L3.4 8.6a2.7 2.7 0 0 0 3.8 3.8l.9-.9" />
  ),
  back: <path d="M9.8 3.5 5.3 8l4.5 4.5" />,
  next: <path d="M6.2 3.5 10.7 8l-4.5 4.5" />,
  down: <path d="M3.5 6.2 8 10.7l4.5-4.5" />,
  up: <path d="M3.5 9.8 8 5.3l4.5 4.5" />,
  copy: <path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />,
  check: <path d="M3 8.6 6.4 12 13 4.6" />,
  warning: <path d="M8 2.2 14.5 13.5h-13zM8 6.4v3.4M8 11.3v.6" />,
  slow: <path d="M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM8 4.8V8l2.3 1.6" />,
  retry: <path d="M13 8a5 5 0 1 1-1.6-3.7M13 2.2v2.9h-2.9" />,
  info: <path d="M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM8 7.2v3.8M8 4.9v.6" />,
  facets: <path d="M2 3.5h12M4.2 8h7.6M6.5 12.5h3" />,
  conversation: <path d="M2.5 3h8v5.5h-4L4 10.7V8.5H2.5zM12.2 6h1.3v5.2H12v2l-2.2-2H7.5" />,
  minus: <path d="M3 8h10" />,
  outlier: <path d="M2 9.5h12M8 14V2.8M4.8 6 8 2.8 11.2 6" />,
  sidebar: <path d="M2 3h12v10H2zM6.2 3v10" />,
  keyboard: <path d="M1.8 4.2h12.4v7.6H1.8zM4.2 6.8h.6M7 6.8h.6M9.8 6.8h.6M5 9.4h6" />,
  fit: <path d="M2 4v8M14 4v8M4.5 8h7M6.3 6 4.3 8l2 2M9.7 6l2 2-2 2" />,
  expand: <path d="M4.5 6 8 2.5 11.5 6M4.5 10 8 13.5 11.5 10" />,
  collapse: <path d="M4.5 2.5 8 6l3.5-3.5M4.5 13.5 8 10l3.5 3.5" />,
  waterfall: <path d="M2 3.5h5M5 8h5M9 12.5h5" strokeWidth="2.2" />,
  flame: <path d="M2 3.5h12M2 8h7M11.5 8H14M2 12.5h3.5" strokeWidth="2.2" />,
  lanes: <path d="M2 3h6M10.5 3H14M2 13h3M7.5 13H14M1.5 8h13" />,
  path: <path d="M1.5 3.5h5v4.5h4v4.5h4" />,
  idle: <path d="M1.5 8h2.7L5.8 4l2.2 8 2.2-8 1.6 4h2.7" />,
  bell: <path d="M3.2 11.5h9.6c-.9-.9-1.3-2-1.3-4.1a3.5 3.5 0 0 0-7 0c0 2.1-.4 3.2-1.3 4.1zM6.7 13.6h2.6" />,
  follow: <path d="M8 13.5v-8M4.3 9 8 5.3 11.7 9M2.5 2.5h11" />,
  traces: <path d="M2 4h8M4.5 8H14M7 12h5" />,
  monitor: <path d="M2.5 13.5V9M6.2 13.5V5.5M9.8 13.5V8M13.5 13.5v-11" />,
  insights: <path d="M2.5 2.5v11h11M4.8 10.3l2.7-3.4 2.3 1.9 3.4-4.6" />,
  plug: <path d="M5.5 2v3.2M10.5 2v3.2M3.8 5.2h8.4v2.4a4.2 4.2 0 0 1-8.4 0zM8 11.8V14" />,
  plus: <path d="M8 3v10M3 8h10" />,
  edit: <path d="M2.8 13.2l.7-3 7-7 2.3 2.3-7 7zM9 4.7 11.3 7" />,
  remove: <path d="M3 4.5h10M6 4.5v-2h4v2M4.3 4.5l.6 9h6.2l.6-9" />,
  more: <path d="M3.5 8h.02M8 8h.02M12.5 8h.02" strokeWidth="2" />,
  socket: <path d="M2 5.5h5v5H2zM9 5.5h5v5H9zM7 8h2" />,
  network: (
    <path d="M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM2.4 8h11.2M8 2.2c2 1.6 2.6 3.6 2.6 5.8s-.6 4.2-2.6 5.8C6 12.2 5.4 10.2 5.4 8S6 3.8 8 2.2z" />
  ),
  database: (
    <path d="M3 4c0-2.2 10-2.2 10 0v8c0 2.2-10 2.2-10 0zM3 4c0 2.2 10 2.2 10 0M3 8c0 2.2 10 2.2 10 0" />
  ),
  play: <path d="M5 3.2v9.6L12.5 8z" />,
  star: <path d="M8 2.2 9.8 6l4.1.5-3 2.8.8 4.1L8 11.3l-3.7 2.1.8-4.1-3-2.8L6.2 6z" />,
  starred: <path d="M8 2.2 9.8 6l4.1.5-3 2.8.8 4.1L8 11.3l-3.7 2.1.8-4.1-3-2.8L6.2 6z" fill="currentColor" />,
  tag: <path d="M2.3 2.5h5.4l6 6-5.2 5.2-6.2-6.2zM5.2 5.3h.02" />,
  save: <path d="M8 10.5v-8M4.8 5.7 8 2.5l3.2 3.2M2.5 10.5v3h11v-3" />,
  pin: <path d="M5.3 2h5.4M6.2 2v4.2L4 9.3h8L9.8 6.2V2M8 9.3v4.9" />,
  pinned: <path d="M5.3 2h5.4M6.2 2v4.2L4 9.3h8L9.8 6.2V2M8 9.3v4.9" fill="currentColor" />,
  note: <path d="M3 2.5h10v7.7L9.7 13.5H3zM13 10.2H9.7v3.3M5.3 5.5h5.4M5.3 8h3" />,
  compare: <path d="M2.5 3h4.2v10H2.5zM9.3 3h4.2v10H9.3z" />,
  pause: <path d="M5.2 3.2v9.6M10.8 3.2v9.6" />,
  stepOn: <path d="M3.5 3.5 9 8l-5.5 4.5zM12 3.5v9" />,
  stepBack: <path d="M12.5 3.5 7 8l5.5 4.5zM4 3.5v9" />,
  toStart: <path d="M3.5 3.2v9.6M12.5 3.5 8 8l4.5 4.5M8.5 3.5 4 8l4.5 4.5" />,
  loop: (
    <path d="M3 9V7.5A3 3 0 0 1 6 4.5h6.5M10.5 2.2l2.3 2.3-2.3 2.3M13 7v1.5a3 3 0 0 1-3 3H3.5M5.5 13.8l-2.3-2.3 2.3-2.3" />
  ),
  swap: <path d="M2.5 5.5h10M9.8 2.8l2.9 2.7-2.9 2.7M13.5 10.5h-10M6.2 7.8l-2.9 2.7 2.9 2.7" />,
  differs: <path d="M3 5.8h10M3 10.2h10M10.8 2.8l-5.6 10.4" />,
  list: <path d="M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.2M2.5 8h.2M2.5 12h.2" />,
  split: <path d="M2 3h12v10H2zM8 3v10" />,
  unified: <path d="M2 3h12v10H2zM4.5 6h7M4.5 8h7M4.5 10h4" />,
  command: <path d="M2.5 4.5 6 8l-3.5 3.5M7.5 12h6" />,
} satisfies Record<string, ReactNode>;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {SHAPES[name]}
    </svg>
  );
}
