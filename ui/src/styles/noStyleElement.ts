// Stands in for `react-style-singleton` (vite.config.ts), with which dialogs and menus would write a style element that stops
// the page behind them from scrolling. It never scrolls, and the content policy refuses such elements.

export const styleSingleton = () => () => null;
