/** What `statfs` tells of a file system. */
export interface DiskSpace {
  /** Bytes of a block. */
  readonly bsize: number;
  /** Blocks that an unprivileged process may still use. */
  readonly bavail: number;
}

export const freeBytes = ({ bsize, bavail }: DiskSpace): number => bsize * bavail;

/**
 * Whether a recording may begin: the reserve must be free, so that those that run already, and the rest of the machine,
 * do not end with a full disk. What runs is not stopped by this.
 */
export const mayStart = (space: DiskSpace, reserveBytes: number): boolean => freeBytes(space) >= reserveBytes;
