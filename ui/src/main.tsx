import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { hostBackend } from './backend';
import { createQueryClient } from './queries/client';

const root = document.getElementById('root');
if (!root) throw new Error('BUG: the page has no root element');
createRoot(root).render(<App backend={hostBackend()} cache={createQueryClient()} />);
