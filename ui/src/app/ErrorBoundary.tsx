import { Component, type ReactNode } from 'react';
import { Button } from '../components/Button';
import { ErrorState } from '../components/States';

interface Props {
  /** What failed, as the person knows it ("The trace"). */
  what: string;
  /** A change of this tries again. */
  retryKey?: unknown;
  children: ReactNode;
}

/** Keeps a fault in one region from taking the others with it. */
export class ErrorBoundary extends Component<Props, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidUpdate(before: Props) {
    if (this.state.error && before.retryKey !== this.props.retryKey) this.setState({ error: null });
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <ErrorState
        title={`${this.props.what} could not be shown`}
        text={`A defect of this app (${error.name}: ${error.message}). Nothing that is stored was changed.`}
        error={error}
      >
        <Button
          onClick={() => {
            this.setState({ error: null });
          }}
        >
          Try again
        </Button>
      </ErrorState>
    );
  }
}
