import { createRoot } from 'react-dom/client';
import { App } from './app.ts';
import { h } from './h.ts';
import { connect } from './server.ts';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');
connect();
createRoot(root).render(h(App));
