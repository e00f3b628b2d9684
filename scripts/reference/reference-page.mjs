/**
 * One Markdown page out of the types that typedoc has read: in the order of the sources, what is
 * inherited only once, and every name of a type a link to it.
 */
import { Comment, ReflectionKind } from 'typedoc';

const FILES = ['connect.ts', 'api.ts', 'errors.ts'];

const HEAD = `# @tidegauge/client: reference

Written from the types by \`node scripts/reference/write-reference.mjs\`: change the comments there. How to go about it stands in
[Write a client](../guides/write-a-client.md).`;

export function referencePage(project) {
  const members = project.children.toSorted(bySource);
  const page = new ReferencePage(members);
  const contents = members.map(({ name }) => page.link(name)).join(' ·\n');
  return `${[HEAD, contents, ...members.map((each) => page.member(each))].join('\n\n')}\n`;
}

function bySource(a, b) {
  const [first, second] = [a.sources[0], b.sources[0]];
  const fileOf = ({ fileName }) => FILES.indexOf(fileName.split('/').at(-1));
  return fileOf(first) - fileOf(second) || first.line - second.line;
}

class ReferencePage {
  /** What has a section of its own, by its name. */
  #members;

  constructor(members) {
    this.#members = new Map(members.map((each) => [each.name, each]));
  }

  link(name) {
    return `[\`${name}\`](#${name.toLowerCase()})`;
  }

  member(member) {
    const own = (member.children ?? []).filter((child) => !child.inheritedFrom).toSorted(bySource);
    const properties = own.filter((child) => child.kind === ReflectionKind.Property);
    const callable = own.filter((child) => child.signatures);
    return paragraphs(
      `## ${member.name}`,
      this.#declaration(member),
      this.#summary(member),
      this.#inherits(member),
      this.#elements(member.type),
      properties.length > 0 ? this.#table(properties) : '',
      ...callable.map((each) => paragraphs(`### ${titleOf(each, member)}`, this.#signatures(each))),
    );
  }

  #declaration(member) {
    if (member.signatures) return this.#signatures(member);
    if (member.kind !== ReflectionKind.TypeAlias || member.type.elementSummaries) return '';
    return code(`type ${member.name} = ${typeText(member.type)};`);
  }

  /** Typedoc lends a type without a comment that of the one it extends: here it stands there. */
  #summary({ comment, extendedTypes = [] }) {
    const lenders = extendedTypes.map((type) => this.#members.get(type.name)?.comment);
    const summary = summaryOf(comment);
    return lenders.some((lender) => lender && summaryOf(lender) === summary) ? '' : summary;
  }

  #inherits({ extendedTypes = [] }) {
    if (extendedTypes.length === 0) return '';
    return `Extends ${extendedTypes.map((type) => this.#linked(typeText(type))).join(', ')}.`;
  }

  /** Each value of a union whose values have comments of their own. */
  #elements(type) {
    if (!type?.elementSummaries) return '';
    const rows = type.types.map((each, index) => {
      const meaning = inline(Comment.combineDisplayParts(type.elementSummaries[index]));
      return tableRow(`\`${typeText(each)}\``, meaning);
    });
    return ['| value | meaning |', '| --- | --- |', ...rows].join('\n');
  }

  #table(properties) {
    const rows = properties.flatMap((property) => this.#rows(property, ''));
    return ['| | type | |', '| --- | --- | --- |', ...rows].join('\n');
  }

  #rows(property, prefix) {
    const name = `${prefix}${property.name}`;
    const text = inline(summaryOf(property.comment));
    const nested = property.type.declaration?.children?.filter((child) => child.type);
    const type = nested?.length ? '' : this.#linked(typeText(property.type)).replaceAll('|', '\\|');
    const row = tableRow(`\`${name}${property.flags.isOptional ? '?' : ''}\``, type, text);
    const inner = nested?.toSorted(bySource) ?? [];
    return [row, ...inner.flatMap((child) => this.#rows(child, `${name}.`))];
  }

  #signatures({ signatures }) {
    return paragraphs(
      code(signatures.map(signatureText).join('\n')),
      ...signatures.map(({ comment }) => summaryOf(comment)),
      ...signatures.map((signature) => this.#details(signature)),
    );
  }

  /** What is said of parameters, result and errors. */
  #details({ comment, parameters = [] }) {
    const described = parameters.filter((each) => each.comment);
    const lines = described.map((each) => `- \`${each.name}\`: ${inline(summaryOf(each.comment))}`);
    for (const { tag, content } of comment?.blockTags ?? []) {
      const text = inline(Comment.combineDisplayParts(content));
      if (tag === '@returns') lines.push(`- returns: ${text}`);
      if (tag === '@throws') lines.push(`- throws ${text}`);
    }
    return lines.join('\n');
  }

  /** A type as code, in which the names that have a section are links. */
  #linked(text) {
    const parts = text.split(/(\b[A-Z]\w*\b)/).filter((part) => part !== '');
    const runs = [];
    for (const part of parts) {
      if (this.#members.has(part)) runs.push(this.link(part), '');
      else runs.push(`${runs.pop() ?? ''}${part}`);
    }
    return runs.map((run) => (run === '' || run.startsWith('[`') ? run : `\`${run}\``)).join('');
  }
}

function titleOf({ name, kind }, owner) {
  return kind === ReflectionKind.Constructor ? `new ${owner.name}()` : `${owner.name}.${name}()`;
}

function signatureText(signature) {
  const { name, kind, parameters = [], typeParameters = [], type } = signature;
  const generics = typeParameters.map((each) => `${each.name} extends ${typeText(each.type)}`);
  const taken = parameters.map((each) => {
    const optional = each.flags.isOptional || each.defaultValue !== undefined;
    return `${each.name}${optional ? '?' : ''}: ${typeText(each.type)}`;
  });
  const called = kind === ReflectionKind.ConstructorSignature ? `new ${type}` : name;
  const start = `${called}${generics.length > 0 ? `<${generics.join(', ')}>` : ''}`;
  const line = `${start}(${taken.join(', ')}): ${typeText(type)};`;
  return line.length <= 90 ? line : `${start}(\n  ${taken.join(',\n  ')},\n): ${typeText(type)};`;
}

function typeText(type) {
  const { children, signatures } = type.declaration ?? {};
  if (children) return `{ ${children.map(memberText).join('; ')} }`;
  const constructs = signatures?.[0]?.kind === ReflectionKind.ConstructorSignature;
  return `${constructs ? 'new ' : ''}${type}`.replaceAll(/"(\w+)"/g, "'$1'");
}

function memberText({ name, type, signatures }) {
  return signatures ? signatureText(signatures[0]).slice(0, -1) : `${name}: ${typeText(type)}`;
}

function summaryOf(comment) {
  return comment ? Comment.combineDisplayParts(comment.summary) : '';
}

function inline(text) {
  return text
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll('|', '\\|')
    .trim();
}

function tableRow(...cells) {
  return `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|`;
}

function code(text) {
  return `\`\`\`ts\n${text}\n\`\`\``;
}

function paragraphs(...parts) {
  return parts.filter((part) => part !== '').join('\n\n');
}
