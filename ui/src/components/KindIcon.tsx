// What a step is, as a shape in the kind's colour.
import type { ReactNode } from 'react';
import type { SpanKind } from '../backend/bindings';

const SHAPES: Record<SpanKind, ReactNode> = {
  agent: <path d="M3 6.5h10v6H3zM8 6.5V3.2M6.3 3h3.4M6 9.3v.6M10 9.3v.6M1.2 8.6v2M14.8 8.6v2" />,
  llm: (
    <path d="M8 1.8c.7 3.6 2.6 5.5 6.2 6.2-3.6.7-5.5 2.6-6.2 6.2-.7-3.6-2.6-5.5-6.2-6.2C5.4 7.3 7.3 5.4 8 1.8z" />
  ),
  tool: (
    <path d="M13.6 4.4a3.6 3.6 0 0 1-4.9 4.4l-4.5 4.6-1.7-1.7 4.6-4.5a3.6 3.6 0 0 1 4.5-4.9L9.4 4.5l2 2z" />
  ),
  retrieval: (
    <path d="M2.5 4c0-1 2-1.8 4.5-1.8S11.5 3 11.5 4 9.5 5.8 7 5.8 2.5 5 2.5 4zM2.5 4v7.5c0 1 2 1.8 4.2 1.8M11.5 4v3M10.7 8.2a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6zM12.4 12.3l1.8 1.8" />
  ),
  embedding: (
    <path d="M2.5 2.5h3v3h-3zM10.5 2.5h3v3h-3zM2.5 10.5h3v3h-3zM10.5 10.5h3v3h-3zM5.5 4h5M4 5.5v5M12 5.5v5M5.5 12h5" />
  ),
  rerank: <path d="M4.5 13V3M2 5.5 4.5 3 7 5.5M9 4h5M9 8h4M9 12h2.5" />,
  chain: (
    <path d="M6.7 9.3 9.3 6.7M7.3 4.7 9 3a2.8 2.8 0 0 1 4 4l-1.7 1.7M8.7 11.3 7 13a2.8 2.8 0 0 1-4-4l1.7-1.7" />
  ),
  guardrail: <path d="M8 1.8 13 3.7v4c0 3.2-2 5.4-5 6.5-3-1.1-5-3.3-5-6.5v-4zM5.7 7.9l1.7 1.7 3-3.3" />,
  evaluator: <path d="M8 3v10.5M5 13.5h6M3 4.5h10M3.9 4.5 2 9.2h3.8zM12.1 4.5l-1.9 4.7H14z" />,
  wait: <path d="M4 2.2h8M4 13.8h8M5 2.2c0 3 3 4 3 5.8s-3 2.8-3 5.8M11 2.2c0 3-3 4-3 5.8s3 2.8 3 5.8" />,
  other: <path d="M8 3.5 12.5 8 8 12.5 3.5 8z" />,
};

/** Decorative: the kind's word stands beside it or in the row's name. */
export function KindIcon({ kind, size = 14 }: { kind: SpanKind; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      style={{ color: `var(--kind-${kind})`, flex: 'none' }}
      aria-hidden="true"
      focusable="false"
    >
      {SHAPES[kind]}
    </svg>
  );
}
