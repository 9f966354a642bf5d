import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Router } from 'express';

/** Of the folder `dashboard/`, by their paths on the listener. */
const FILES: Readonly<Record<string, string>> = {
  '/': 'index.html',
  '/dashboard/style.css': 'style.css',
  '/dashboard/main.js': 'main.js',
  '/dashboard/view.js': 'view.js',
  '/dashboard/figures.js': 'figures.js',
  '/dashboard/members.js': 'members.js',
  '/dashboard/metrics.js': 'metrics.js',
  '/dashboard/text.js': 'text.js',
};

/** The page and its files: there is nothing in them that not everybody may know. What they show, they ask for. */
export const DASHBOARD_PATHS: readonly string[] = Object.keys(FILES);

/** Nothing from elsewhere, nothing inline, in nobody's frame. Pictures are made from answers of this listener. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** GET / and what belongs to it, read once from `folder`. */
export const dashboardRoutes = (folder: string): Router => {
  const router = Router();
  for (const [path, name] of Object.entries(FILES)) {
    const text = readFileSync(join(folder, name), 'utf8');
    router.get(path, (_request, response) => {
      response
        .set('Content-Security-Policy', POLICY)
        .set('X-Content-Type-Options', 'nosniff')
        .set('Referrer-Policy', 'no-referrer')
        .set('Cache-Control', 'no-cache')
        .type(name)
        .send(text);
    });
  }
  return router;
};
