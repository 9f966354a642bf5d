// A process full of members, forked by a soak.
import gst from 'node-gst';
import { serve } from '../calls.mjs';
import { Latencies } from '../figures.mjs';
import { Member } from './member.mjs';

/** How late a packet may leave. */
const TICK_MS = 10;

gst.init();
/** @type {Map<number, { member: Member, done: Promise<unknown> }>} */
const members = new Map();
let latencies = new Latencies();
const told = (us) => latencies.add(us);

setInterval(() => {
  for (const { member } of members.values()) member.send();
}, TICK_MS);

/** After whatever this member does already. */
function act({ act, member: plan, room, target, where }) {
  const known = members.get(plan.id) ?? { member: new Member(plan, where, told), done: Promise.resolve() };
  members.set(plan.id, known);
  // What failed before was told to whoever asked for it.
  const done = known.done.catch(() => undefined).then(() => known.member[act]({ room, target }));
  known.done = done;
  return done;
}

serve({
  act,
  report() {
    const reports = [...members.values()].map(({ member }) => member.report());
    const taken = latencies.entries();
    latencies = new Latencies();
    return { reports, latencies: taken };
  },
  describe: (id) => members.get(id)?.member.describe(),
  async leave() {
    await Promise.allSettled([...members.values()].map(({ done }) => done));
    await Promise.all([...members.values()].map(({ member }) => member.drop()));
  },
});
