export { connect } from './call.ts';
export { CallError } from './core/errors.ts';
export type * from './types.ts';
