// How the installed browsers are started, by the end-to-end tests and by test/fixtures/capture-offers.mjs, which plain
// Node runs: hence no TypeScript.

/** Debian's Chromium, headless, with a microphone that beeps and a camera that shows a clock. For Playwright. */
export const CHROMIUM = {
  executablePath: '/usr/bin/chromium',
  headless: true,
  args: [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    '--autoplay-policy=no-user-gesture-required',
    // The STUN server of the documented page, too: no name outside this machine is ever looked up.
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
  ],
};

/** The same where nobody has allowed a microphone: its own addresses are hidden behind mDNS names (RFC 8828 §4). */
export const CHROMIUM_WITHOUT_PERMISSION = {
  ...CHROMIUM,
  args: CHROMIUM.args.filter((arg) => !arg.includes('-for-media-stream')),
};

/** Debian's Firefox, headless, over WebDriver BiDi, with a fake microphone and camera. For Puppeteer. */
export const FIREFOX = {
  browser: /** @type {const} */ ('firefox'),
  executablePath: '/usr/bin/firefox-esr',
  headless: true,
  extraPrefsFirefox: {
    'media.navigator.streams.fake': true,
    'media.navigator.permission.disabled': true,
    'media.peerconnection.ice.loopback': true,
    'media.autoplay.default': 0,
  },
};
