/** Of this package, in what all pages of an origin share. */
const NAME = 'backend-webrtc';

export interface OwnDevice {
  readonly name: string;
  release(): void;
}

/**
 * A device name that no other call of this browser has: `prefix` and a suffix of this tab. A reload keeps it, and so
 * replaces its own old connection. A tab that was duplicated has a copy of the suffix: the lock tells.
 */
export async function ownDevice(prefix: string): Promise<OwnDevice> {
  const kept = stored();
  const lock = await hold(kept);
  if (lock !== null) return { name: `${prefix}-${kept}`, release: lock };
  const fresh = randomSuffix();
  const own = await hold(fresh);
  return { name: `${prefix}-${fresh}`, release: own ?? (() => undefined) };
}

function stored(): string {
  try {
    return (sessionStorage[NAME] ??= randomSuffix()) as string;
  } catch {
    // A browser that stores nothing: every page is a device.
    return randomSuffix();
  }
}

const randomSuffix = (): string =>
  crypto.getRandomValues(new Uint32Array(2)).reduce((text, each) => text + each.toString(36), '');

/** What lets go of it; null where another call holds it. Without locks (an insecure page) nobody holds anything. */
function hold(suffix: string): Promise<(() => void) | null> {
  const { locks } = navigator as Partial<Navigator>;
  if (locks === undefined) return Promise.resolve(() => undefined);
  return new Promise((resolve) => {
    const held = locks.request(`${NAME}-${suffix}`, { ifAvailable: true }, (lock) => {
      if (lock === null) {
        resolve(null);
        return undefined;
      }
      return new Promise<void>((release) => resolve(release));
    });
    held.catch(() => resolve(() => undefined));
  });
}
