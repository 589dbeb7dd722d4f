import { readFile } from 'node:fs/promises';
import type { Route } from '../shared/http-server.ts';

/** The page to chat with: what is asked for, where it lies, and what it is. */
const FILES = [
  { path: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/page.css', file: 'page.css', type: 'text/css; charset=utf-8' },
  { path: '/page.js', file: 'page.js', type: 'text/javascript; charset=utf-8' },
  { path: '/chat-client.js', file: 'chat-client.js', type: 'text/javascript; charset=utf-8' },
];

/** Nothing but the page's own files runs in it; it may talk to chat servers, on other ports too. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' ws:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the page in which people chat. */
export function pageRoutes(): Route[] {
  return FILES.map(({ path, file, type }) => ({
    method: 'GET',
    path,
    handle: async () => ({
      status: 200,
      page: { type, text: await readFile(new URL(`page/${file}`, import.meta.url), 'utf8') },
      headers: {
        'Content-Security-Policy': POLICY,
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        'Cache-Control': 'no-store',
      },
    }),
  }));
}
