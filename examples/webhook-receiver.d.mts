import type { Server } from 'node:http';

export function isSigned(secret: string, header: string | undefined, body: string, nowSeconds?: number): boolean;
export function createReceiver<Event>(secret: string, onEvent: (event: Event) => void | Promise<void>): Server;
