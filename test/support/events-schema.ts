import { readFileSync } from 'node:fs';
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { jsonBlocks, sectionUnder } from './markdown.ts';

const DOCUMENT = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8');

/** The two schemas of docs/events.md, as they stand there. */
export const [SERVER_SCHEMA = {}, CLIENT_SCHEMA = {}] = jsonBlocks(
  sectionUnder(DOCUMENT, 'The messages as JSON Schema'),
) as AnySchemaObject[];

/** The types of messages from the service that the schema knows. */
export const documentedTypes = (): string[] =>
  (SERVER_SCHEMA['anyOf'] as { $ref: string }[]).map(({ $ref }) => $ref.replace('#/$defs/', ''));

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });

/** Readers ignore members they do not know, so the schema lets them pass; the tests do not. */
const strictly = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(strictly);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strictly(value)]));
  return 'properties' in copy ? { ...copy, additionalProperties: false } : copy;
};

const fromServer = ajv.compile(strictly(SERVER_SCHEMA) as AnySchemaObject);
const fromClient = ajv.compile(strictly(CLIENT_SCHEMA) as AnySchemaObject);

/** What is wrong with a message, null where nothing is. */
const faultsOf = (validate: ValidateFunction, message: unknown): string | null =>
  validate(message) ? null : `${JSON.stringify(message)}: ${ajv.errorsText(validate.errors)}`;

export const serverFaults = (message: unknown): string | null => faultsOf(fromServer, message);
export const clientFaults = (message: unknown): string | null => faultsOf(fromClient, message);
