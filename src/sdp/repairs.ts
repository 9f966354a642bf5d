import { splitBlocks, values, type Block } from './lines.ts';
import { hasSlot, mediaSections } from './plan.ts';
import type { OfferPlan } from './types.ts';

/** The stream in which lost packets of a slot are sent again (RTX, RFC 4588), as the answer announces it. */
export interface Repair {
  readonly mline: number;
  readonly ssrc: number;
  readonly payloadType: number;
}

/** Of each slot that has one. `answer` is the answer to `plan`, as webrtcbin or `finishAnswer` writes it. */
export function repairsOf(answer: string, plan: OfferPlan): Repair[] {
  const { sections } = splitBlocks(answer);
  return mediaSections(plan)
    .filter(hasSlot)
    .flatMap(({ mline, codec, slot }) => {
      const block = sections[mline];
      const ssrc = block && repairSsrc(block, slot.ssrc);
      const payloadType = block && repairPayloadType(block, codec.payloadType);
      return ssrc === undefined || payloadType === undefined ? [] : [{ mline, ssrc, payloadType }];
    });
}

/** The SSRC that a section announces for resending this one. */
export const repairSsrc = (block: Block, ssrc: number): number | undefined =>
  firstNumber(values(block, 'ssrc-group'), new RegExp(`^FID ${ssrc} (\\d{1,10})$`));

const repairPayloadType = (block: Block, payloadType: number): number | undefined =>
  firstNumber(values(block, 'fmtp'), new RegExp(`^(\\d{1,3}) apt=${payloadType}$`));

const firstNumber = (texts: readonly string[], pattern: RegExp): number | undefined =>
  texts.map((text) => pattern.exec(text)?.[1]).flatMap((digits) => (digits === undefined ? [] : [Number(digits)]))[0];
