import { claimOf, isOwnRequest } from '../../../demo/identity.mjs';

const decode = (header: string | null): unknown => JSON.parse(Buffer.from(header ?? '', 'latin1').toString('utf8'));

describe('the claim that the gateway makes', () => {
  it.each([
    ['token=ann', { userid: 'ann', clientid: '' }],
    ['token=ann&device=tab-1', { userid: 'ann', clientid: 'tab-1' }],
    ['token=Zo%C3%AB%20%22%F0%9F%A6%8A%22', { userid: 'Zoë "🦊"', clientid: '' }],
    ['token=%20ann%20', { userid: 'ann', clientid: '' }],
    ['token=ann%0D%0AX-User-Claim%3A%20eve', { userid: 'ann\r\nX-User-Claim: eve', clientid: '' }],
  ])('of ?%s', (query, claim) => {
    expect(decode(claimOf(new URLSearchParams(query)))).toEqual(claim);
  });

  it('is one line that a header can carry, whatever the name', () => {
    const header = claimOf(new URLSearchParams({ token: 'a\r\nb\u0000c 日本', device: '\n' })) ?? '';
    expect(header).toMatch(/^[\x20-\x7e\x80-\xff]+$/);
  });

  it.each(['', 'token=', 'token=%20', 'name=ann'])('is none for ?%s', (query) => {
    expect(claimOf(new URLSearchParams(query))).toBeNull();
  });
});

describe('whether a request was meant for the gateway', () => {
  it.each([
    [{ host: 'localhost:8080' }],
    [{ host: '127.0.0.1:8080', origin: 'http://localhost:8080' }],
    [{ host: '[::1]:8080', origin: 'http://[::1]:8080' }],
  ])('yes: %j', (headers) => {
    expect(isOwnRequest(headers, 8080)).toBe(true);
  });

  it.each([
    [{}],
    [{ host: 'rebound.example:8080' }],
    [{ host: 'localhost' }],
    [{ host: 'localhost:8081' }],
    [{ host: 'localhost:8080', origin: 'http://evil.example' }],
    [{ host: 'localhost:8080', origin: 'http://localhost:3000' }],
    [{ host: 'localhost:8080', origin: 'https://localhost:8080' }],
    [{ host: 'localhost:8080', origin: 'null' }],
  ])('no: %j', (headers) => {
    expect(isOwnRequest(headers, 8080)).toBe(false);
  });

  it('knows that browsers leave port 80 out', () => {
    expect(isOwnRequest({ host: 'localhost', origin: 'http://localhost' }, 80)).toBe(true);
  });
});
