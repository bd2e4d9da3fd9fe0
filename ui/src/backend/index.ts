// Chooses the host, and hands it to components.
import { createContext, useContext } from 'react';
import type { Backend } from './backend';
import { httpBackend } from './http';
import { tauriBackend } from './tauri';

export * from './backend';

export function hostBackend(): Backend {
  return '__TAURI_INTERNALS__' in window ? tauriBackend() : httpBackend();
}

const BackendContext = createContext<Backend | null>(null);

export const BackendProvider = BackendContext.Provider;

/** The host, for widgets that offer what it can do; `null` where there is none. */
export function useHost(): Backend | null {
  return useContext(BackendContext);
}

export function useBackend(): Backend {
  const backend = useContext(BackendContext);
  if (!backend) throw new Error('BUG: useBackend outside of BackendProvider');
  return backend;
}
