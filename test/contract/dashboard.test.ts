// The page of the admin listener over real sockets: everybody may load it, and it shows nothing by itself.
import { readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { DASHBOARD_PATHS } from '../../src/http/admin/dashboard.ts';
import { ask } from '../support/client.ts';
import { expectProblem } from '../support/problem.ts';
import { startService, stopServices, type TestService } from '../support/service.ts';

afterEach(stopServices);

const TOKEN = 'the-token-of-an-operator';
const get = (service: TestService, path: string, headers: Record<string, string> = {}) =>
  ask(service.app.adminAddress?.port ?? 0, path, { headers });
const folder = new URL('../../dashboard/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

test('every file of it is there for everybody, and may load nothing from elsewhere', async () => {
  const service = await startService({ env: { ADMIN_TOKEN: TOKEN } });
  const served = DASHBOARD_PATHS.map((path) => (path === '/' ? 'index.html' : path.slice('/dashboard/'.length)));
  expect([...served].sort()).toEqual(readdirSync(folder).sort());
  for (const [i, path] of DASHBOARD_PATHS.entries()) {
    const { status, body, headers } = await get(service, path);
    expect([path, status, body]).toEqual([path, 200, read(served[i] ?? '')]);
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/);
    expect(policy).not.toMatch(/unsafe|\*|http/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  }
  expect((await get(service, '/')).headers['content-type']).toBe('text/html; charset=utf-8');
  expect((await get(service, '/dashboard/main.js')).headers['content-type']).toMatch(/^text\/javascript/);
});

test('has neither scripts nor styles in it, and asks nobody else', () => {
  const page = read('index.html');
  expect(page).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son\w+=/);
  const links = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);
  expect(links.filter((link) => link !== 'data:,').map((link) => `/${link}`)).toEqual(
    expect.arrayContaining(['/dashboard/style.css', '/dashboard/main.js']),
  );
  for (const link of links) expect(['data:,', ...DASHBOARD_PATHS.map((path) => path.slice(1))]).toContain(link);
  for (const name of readdirSync(folder)) {
    const text = read(name);
    expect(text).not.toMatch(/https?:\/\//);
    if (!name.endsWith('.js')) continue;
    const imports = [...text.matchAll(/ from '([^']+)'/g)].map(([, path = '']) => posix.join('/dashboard', path));
    for (const path of imports) expect(DASHBOARD_PATHS).toContain(path);
  }
});

test('what it shows wants the token, and what a foreign page sends gets not even the page', async () => {
  const service = await startService({ env: { ADMIN_TOKEN: TOKEN } });
  for (const path of ['/metrics', '/conversations', '/conversations/tea', '/conversations/tea/graph.svg']) {
    expectProblem(await get(service, path), 401, 'admin-token');
  }
  for (const path of DASHBOARD_PATHS) {
    expectProblem(await get(service, path, { Host: 'evil.example' }), 403, 'admin-host');
    for (const origin of ['https://evil.example', 'null', `http://127.0.0.1:${service.port}`]) {
      expectProblem(await get(service, path, { Origin: origin }), 403, 'admin-origin');
    }
  }
  // Browsers name the own origin where a page loads its modules; what it asks for comes without.
  const own = `http://127.0.0.1:${service.app.adminAddress?.port ?? 0}`;
  expect((await get(service, '/dashboard/main.js', { Origin: own })).status).toBe(200);
  const authorized = { Authorization: `Bearer ${TOKEN}` };
  expectProblem(await get(service, '/conversations', { ...authorized, Origin: own }), 403, 'admin-origin');
  for (const path of ['/dashboard', '/dashboard/', '/dashboard/index.html', '/dashboard/..%2fpackage.json']) {
    expectProblem(await get(service, path, authorized), 404, 'admin-not-found');
  }
});
