/** A page of a real browser, with a profile of its own. What runs in it is text: it is not part of this program. */
export interface Tab {
  open(url: string): Promise<void>;
  reload(): Promise<void>;
  /** The value of an expression in the page, awaited there. */
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

export interface Browser {
  /** A tab in which `test/support/page/client.js` ran before the scripts of the page. */
  newTab(): Promise<Tab>;
  /** The process of the browser; its children do the media. */
  readonly pid: number;
  close(): Promise<void>;
}
