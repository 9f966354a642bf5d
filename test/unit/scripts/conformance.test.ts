import { rowsOf, tableOf } from '../../../scripts/lib/conformance.mjs';

const assertion = (client: string, title: string, status = 'passed') => ({ ancestorTitles: [client], title, status });

const REPORT = {
  testResults: [
    { assertionResults: [assertion('Chromium', 'P-10 both'), assertion('Firefox', 'P-10 both', 'failed')] },
    {
      assertionResults: [
        assertion('a plain client', 'P-2 of two', 'failed'),
        assertion('a plain client', 'P-2 of two, the other'),
        assertion('Chromium', 'P-3 left out', 'pending'),
      ],
    },
  ],
};

describe('what the conformance suite found out', () => {
  it('has a row for each requirement, by number; all tests of it must pass', () => {
    expect(rowsOf(REPORT)).toEqual([
      { id: 'P-2', results: { 'a plain client': 'failed' } },
      { id: 'P-10', results: { Chromium: 'passed', Firefox: 'failed' } },
    ]);
  });

  it('is a table with the versions in its head', () => {
    expect(tableOf(rowsOf(REPORT), { Chromium: '156.0' }).split('\n')).toEqual([
      '| id | Chromium 156.0 | Firefox | a plain client |',
      '| --- | --- | --- | --- |',
      '| P-2 | – | – | failed |',
      '| P-10 | passed | failed | – |',
    ]);
  });
});
