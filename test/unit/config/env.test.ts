import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { parseConfig } from '../../../src/config/config.ts';
import { ENV_FILE, readEnvironment } from '../../../src/config/env.ts';
import { SETTINGS } from '../../../src/config/settings.ts';

describe('readEnvironment', () => {
  let folder = '';
  let file = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'env-'));
    file = join(folder, '.env');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('lets exported variables win over the file, empty ones too', () => {
    writeFileSync(file, '# a comment\nLISTEN=:1\nMAX_PEERS=7\nMAX_SLOTS="8"\nexport JOIN_TTL=9\n');
    const environment = readEnvironment(file, { LISTEN: ':2', MAX_PEERS: '' });
    expect(environment).toEqual({ LISTEN: ':2', MAX_PEERS: '', MAX_SLOTS: '8', JOIN_TTL: '9' });
    expect(parseConfig(environment)).toMatchObject({
      listen: { port: 2 },
      maxPeers: 200,
      maxSlots: 8,
      joinTtlMs: 9000,
    });
  });

  it('reads the environment of the process', () => {
    process.env['BACKEND_WEBRTC_TEST'] = 'x';
    expect(readEnvironment(file)['BACKEND_WEBRTC_TEST']).toBe('x');
    delete process.env['BACKEND_WEBRTC_TEST'];
  });

  it('does without the file', () => {
    expect(readEnvironment(file, { A: 'b' })).toEqual({ A: 'b' });
  });

  it('says which file it cannot read', () => {
    expect(() => readEnvironment(folder, {})).toThrow(`${folder} cannot be read (EISDIR)`);
  });
});

describe('.env at the top of the project', () => {
  const top = resolve(import.meta.dirname, '../../..');
  const text = readFileSync(ENV_FILE, 'utf8');

  it('is where the process looks', () => {
    expect(ENV_FILE).toBe(join(top, '.env'));
  });

  it('has every setting with its default and its line of explanation, commented out', () => {
    const entries = [...text.matchAll(/^# (.*)\n#([A-Z_]+)=(.*)$/gm)].map(([, description, name, value]) => [
      name,
      { description, default: value },
    ]);
    const settings = Object.entries(SETTINGS).map(([name, each]) => [
      name,
      { description: each.description, default: each.default },
    ]);
    expect(entries).toEqual(settings);
    expect(parseEnv(text)).toEqual({});
  });

  it('is right with every comment sign taken away', () => {
    const on = parseEnv(text.replace(/^#(?=[A-Z_]+=)/gm, ''));
    expect(Object.keys(on).sort()).toEqual(Object.keys(SETTINGS).sort());
    expect(String(Object.values(parseConfig(on)))).toEqual(String(Object.values(parseConfig({}))));
  });
});
