import { routesText, rows } from '../../../dashboard/members.js';

const traffic = (packets: number) => ({
  received: { packets, bytes: packets * 100 },
  sent: { packets: 2 * packets, bytes: packets * 200 },
  dropped: packets / 10,
  roundTripTime: 0.03,
  loss: { received: 0.01, sent: null },
});
const slot = (hears: string | null, kind = 'audio', index = 0) => ({ kind, index, hears });
const tea = (packets: number) => ({
  id: 'tea',
  users: ['ann', 'ben', 'zoe'],
  members: [
    {
      ...{ peer: 'p1', userid: 'ann', clientid: 'laptop', traffic: traffic(packets) },
      slots: [slot('p2'), slot('p2', 'video'), slot('p9'), slot(null)],
    },
    { ...{ peer: 'p2', userid: 'ben', clientid: '', traffic: null }, slots: [slot(null)] },
  ],
});

it('says of each device whom it hears, and what it sends and gets', () => {
  const list = rows({ at: 10, conversation: tea(100) }, { at: 12, conversation: tea(200) });
  expect(list).toEqual([
    {
      peer: 'p1',
      name: 'ann / laptop',
      cells: [
        'ben (audio, video); p9 (audio)',
        '50 packets/s, 40 kbit/s',
        '1 %',
        '100 packets/s, 80 kbit/s',
        '–',
        '30 ms',
        '5 packets/s',
      ],
    },
    { peer: 'p2', name: 'ben', cells: ['nobody', '–', '–', '–', '–', '–', '–'] },
  ]);
});

it('has a dash for rates at the first look, and for somebody who has just come', () => {
  const [ann] = rows(null, { at: 12, conversation: tea(200) });
  expect(ann?.cells.slice(1)).toEqual(['–', '1 %', '–', '–', '30 ms', '–']);
});

it('names a few of many', () => {
  const members = Array.from({ length: 9 }, (_, i) => ({
    ...{ peer: `p${i}`, userid: `u${i}`, clientid: '', traffic: null },
    slots: i === 0 ? Array.from({ length: 8 }, (_, n) => slot(`p${n + 1}`)) : [],
  }));
  const [first] = rows(null, { at: 0, conversation: { id: 'tea', users: [], members } });
  expect(first?.cells[0]).toBe('u1 (audio); u2 (audio); u3 (audio); u4 (audio); u5 (audio); u6 (audio); 2 more');
});

it('knows when the picture has to be drawn anew: not for a packet', () => {
  expect(routesText(tea(1))).toBe(routesText(tea(2)));
  const changed = tea(1);
  changed.members[1]!.slots[0]!.hears = 'p1';
  expect(routesText(changed)).not.toBe(routesText(tea(1)));
});
