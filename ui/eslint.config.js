import js from '@eslint/js';
import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const tauri = {
  group: ['@tauri-apps/*'],
  message: 'Only src/backend/tauri.ts talks to the shell, so that every other host works too.',
};
const features = {
  regex: '(^|/)features/',
  message: 'Only src/app puts features together.',
};
const otherFeature = {
  regex: '^\\.\\./(?!\\.\\./)',
  message: 'Features never import each other; share through state, queries, domain or components.',
};
const app = { regex: '(^|/)app/', message: 'Nothing below src/app may know of it.' };
/** Bans imports of whole layers: arrows between layers run one way. */
const layers = (names, message) => ({ regex: `(^|/)(${names.join('|')})/`, message });
const ban = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'src/backend/bindings.ts'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    plugins: { 'react-hooks': hooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      // Numbers are what this app shows; writing them in a template is not a mistake.
      '@typescript-eslint/restrict-template-expressions': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  { files: ['src/**/*.{ts,tsx}'], rules: ban(tauri, features) },
  { files: ['src/app/**/*.{ts,tsx}', 'src/main.tsx', 'src/test/**', 'dev/**'], rules: ban(tauri) },
  { files: ['src/features/**/*.{ts,tsx}'], rules: ban(tauri, features, otherFeature, app) },
  {
    files: ['src/domain/**/*.{ts,tsx}', 'src/canvas/**/*.{ts,tsx}'],
    rules: ban(
      tauri,
      features,
      app,
      layers(['components', 'queries', 'state'], 'Pure code knows neither React nor data sources.'),
      { group: ['react', 'react-dom', 'zustand', '@tanstack/*'], message: 'Pure code knows no framework.' },
    ),
  },
  {
    files: ['src/components/**/*.{ts,tsx}'],
    rules: ban(tauri, features, app, layers(['queries', 'state'], 'Widgets get what they show as props.')),
  },
  { files: ['src/backend/tauri.ts'], rules: { 'no-restricted-imports': 'off' } },
);
