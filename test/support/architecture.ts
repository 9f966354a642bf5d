import { dirname, join } from 'node:path/posix';
import ts from 'typescript';

/** A source file by its path from the top of the project, with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** One layer: what its files may import beside each other and the modules of Node. */
export interface Layer {
  /** Files and folders (ending in `/`) that make up the layer; of several layers that match, the longest counts. */
  readonly files: readonly string[];
  /** Files of other layers, or folders (ending in `/`); a `*` matches one name. */
  readonly may: readonly string[];
  /** Packages. */
  readonly packages: readonly string[];
}

export interface Rules {
  readonly layers: Readonly<Record<string, Layer>>;
  readonly maxLines: number;
  /** Files that may be longer, each with its reason. */
  readonly longFiles: Readonly<Record<string, string>>;
  /** The one file that may read `process.env`, and the folder that this is about. */
  readonly environment: { readonly reader: string; readonly folder: string };
}

/** What is wrong, one sentence each; empty where all is well. */
export function violations(files: readonly SourceFile[], rules: Rules): string[] {
  const sources = files.filter(({ path }) => /\.(ts|mts|js|mjs|cjs)$/.test(path)).map(analyse);
  const known = new Set(sources.map(({ path }) => path));
  return [
    ...sources.flatMap((source) => importViolations(source, known, rules)),
    ...cycles(sources).map((cycle) => `import cycle: ${cycle.join(' -> ')}`),
    ...sources.flatMap((source) => environmentViolations(source, rules)),
    ...files.flatMap((file) => lengthViolations(file, rules)),
    ...Object.keys(rules.longFiles).flatMap((path) =>
      files.some((file) => file.path === path && lines(file) > rules.maxLines)
        ? []
        : [`${path}: is listed as long, but is not longer than ${rules.maxLines} lines`],
    ),
  ];
}

interface Analysed {
  readonly path: string;
  /** Specifiers as they are written, those of types and of `import()` included. */
  readonly imports: readonly string[];
  readonly readsEnvironment: boolean;
}

function analyse({ path, text }: SourceFile): Analysed {
  const imports: string[] = [];
  let readsEnvironment = false;
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== null) imports.push(specifier);
    readsEnvironment ||= isEnvironment(node);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return { path, imports, readsEnvironment };
}

/** The module a node names: import, export, import type, import(), require(). */
function specifierOf(node: ts.Node): string | null {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isExternalModuleReference(node)) return textOf(node.expression);
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : null;
  if (!ts.isCallExpression(node)) return null;
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
  return isRequire || node.expression.kind === ts.SyntaxKind.ImportKeyword ? textOf(node.arguments[0]) : null;
}

const textOf = (node: ts.Node | undefined): string | null =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : null;

/** `process.env`, `process['env']`, `{ env } = process`, `import { env } from 'process'`. */
function isEnvironment(node: ts.Node): boolean {
  const named = (each: ts.Node | undefined, text: string): boolean =>
    each !== undefined && (ts.isIdentifier(each) || ts.isStringLiteralLike(each)) && each.text === text;
  const isProcess = (each: ts.Node | undefined): boolean =>
    named(each, 'process') ||
    (each !== undefined && ts.isPropertyAccessExpression(each) && named(each.name, 'process'));
  if (ts.isPropertyAccessExpression(node)) return isProcess(node.expression) && named(node.name, 'env');
  if (ts.isElementAccessExpression(node)) return isProcess(node.expression) && named(node.argumentExpression, 'env');
  if (ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name)) {
    return (
      isProcess(node.initializer) && node.name.elements.some((each) => named(each.propertyName ?? each.name, 'env'))
    );
  }
  if (!ts.isImportDeclaration(node) || !/^(node:)?process$/.test(textOf(node.moduleSpecifier) ?? '')) return false;
  const bindings = node.importClause?.namedBindings;
  if (bindings === undefined || !ts.isNamedImports(bindings)) return false;
  return bindings.elements.some((each) => named(each.propertyName ?? each.name, 'env'));
}

function importViolations({ path, imports }: Analysed, known: ReadonlySet<string>, rules: Rules): string[] {
  const layer = layerOf(path, rules);
  if (layer === null) return [`${path}: belongs to no layer`];
  return imports.flatMap((specifier) => {
    const target = targetOf(path, specifier, known);
    if (target.kind === 'node' || target.kind === 'built') return [];
    if (target.kind === 'package') {
      return layer.packages.includes(target.name) ? [] : [`${path}: may not import the package ${target.name}`];
    }
    if (!known.has(target.path)) return [`${path}: imports ${specifier}, which is no file`];
    const allowed = layerOf(target.path, rules) === layer || layer.may.some((each) => matches(target.path, each));
    return allowed ? [] : [`${path}: may not import ${target.path}`];
  });
}

type Target =
  | { readonly kind: 'node' }
  /** A native addon: made by the build, so not among the sources. */
  | { readonly kind: 'built' }
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string };

function targetOf(from: string, specifier: string, known: ReadonlySet<string>): Target {
  if (specifier.startsWith('node:')) return { kind: 'node' };
  if (specifier.startsWith('.')) {
    if (specifier.endsWith('.node')) return { kind: 'built' };
    const path = join(dirname(from), specifier);
    // Declarations are imported without their extension.
    return { kind: 'file', path: known.has(`${path}.d.ts`) ? `${path}.d.ts` : path };
  }
  const parts = specifier.split('/');
  return { kind: 'package', name: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/') };
}

function layerOf(path: string, { layers }: Rules): Layer | null {
  const length = ({ files }: Layer): number =>
    Math.max(0, ...files.map((each) => (matches(path, each) ? each.length : 0)));
  const [best] = Object.values(layers).sort((a, b) => length(b) - length(a));
  return best !== undefined && length(best) > 0 ? best : null;
}

function matches(path: string, pattern: string): boolean {
  const text = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]+');
  return new RegExp(`^${text}${pattern.endsWith('/') ? '' : '$'}`).test(path);
}

/**
 * Each cycle once, from where it was met first. Declarations (`.d.ts`) of a native addon are left out: they describe one
 * module, and its halves may name each other.
 */
function cycles(all: readonly Analysed[]): string[][] {
  const sources = all.filter(({ path }) => !path.endsWith('.d.ts'));
  const known = new Set(sources.map(({ path }) => path));
  const bySource = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const found: string[][] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push([...trail.slice(start), path]);
    if (start >= 0 || done.has(path)) return;
    for (const specifier of bySource.get(path)?.imports ?? []) {
      const target = targetOf(path, specifier, known);
      if (target.kind === 'file') visit(target.path, [...trail, path]);
    }
    done.add(path);
  };
  for (const { path } of sources) visit(path, []);
  return found;
}

function environmentViolations({ path, readsEnvironment }: Analysed, { environment }: Rules): string[] {
  const isOurs = path.startsWith(environment.folder) && path !== environment.reader;
  return readsEnvironment && isOurs ? [`${path}: only ${environment.reader} reads process.env`] : [];
}

const lines = ({ text }: SourceFile): number => text.replace(/\n$/, '').split('\n').length;

function lengthViolations(file: SourceFile, { maxLines, longFiles }: Rules): string[] {
  const length = lines(file);
  if (length <= maxLines || file.path in longFiles) return [];
  return [`${file.path}: has ${length} lines, more than ${maxLines}, and no listed reason`];
}
