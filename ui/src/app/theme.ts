import { useEffect } from 'react';
import type { Theme } from '../backend/bindings';
import { useSaveSettings, useSettings } from '../queries/about';

/** Puts the chosen colours on the page; `system` leaves the choice to the style sheet. */
export function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === 'system') root.removeAttribute('data-theme');
  else root.dataset.theme = theme;
}

/** Whether the page is dark now. */
function isDark(theme: Theme): boolean {
  return (
    theme === 'dark' || (theme === 'system' && window.matchMedia('(prefers-color-scheme: dark)').matches)
  );
}

/** Follows the theme setting; gives a switch between light and dark. */
export function useTheme(): { dark: boolean; toggle: () => void } {
  const settings = useSettings();
  const { theme } = settings;
  const save = useSaveSettings();
  useEffect(() => {
    applyTheme(theme);
  }, [theme]);
  const dark = isDark(theme);
  return {
    dark,
    toggle: () => {
      save.mutate({ ...settings, theme: dark ? 'light' : 'dark' });
    },
  };
}
