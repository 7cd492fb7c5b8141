import { ExternalLink } from "lucide-react";
import type { MarkedToken, Token } from "marked";
import { Fragment, type ReactNode } from "react";
import { decodeEntities } from "./entities";
import { safeUrl } from "./safe-url";

/** Raw HTML that is shown as what it means; every other tag is shown as the text it is. No attribute is kept. */
const PAIRED_TAGS = new Set(["kbd", "sub", "sup", "mark", "b", "i", "em", "strong", "u", "s"]);
const TAG = /^<(\/?)([a-zA-Z][a-zA-Z0-9]*)\s*(\/?)>$/;

/** Inline Markdown as React elements. Text only ever becomes text nodes: nothing an answer contains can run. */
export function inline(tokens: readonly Token[] | undefined): ReactNode {
  if (!tokens) return null;
  return tokens
    .reduce(nestTags, { open: [{ tag: null, children: [] }] })
    .open.reduceRight<ReactNode>((inner, level, index) => {
      const content = [...level.children, inner];
      return level.tag === null ? keyed(content) : wrap(level.tag, content, index);
    }, null);
}

type Level = { tag: string | null; children: ReactNode[] };
type Nesting = { open: Level[] };

function nestTags(nesting: Nesting, token: Token): Nesting {
  const { open } = nesting;
  const top = open.at(-1);
  if (!top) return nesting;
  const tag = token.type === "html" ? TAG.exec(token.raw.trim()) : null;
  const [, slash, name = ""] = tag ?? [];
  const lower = name.toLowerCase();

  if (tag && lower === "br") top.children.push(<br />);
  else if (tag && slash === "" && PAIRED_TAGS.has(lower)) open.push({ tag: lower, children: [] });
  else if (tag && slash === "/" && top.tag === lower) {
    open.pop();
    open.at(-1)?.children.push(wrap(lower, top.children, 0));
  } else top.children.push(one(token as MarkedToken));
  return nesting;
}

function wrap(tag: string, children: ReactNode[], key: number): ReactNode {
  const Tag = tag as "kbd";
  return <Tag key={key}>{keyed(children)}</Tag>;
}

function keyed(nodes: ReactNode[]): ReactNode {
  // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one immutable text, whose place is their identity
  return nodes.map((node, index) => <Fragment key={index}>{node}</Fragment>);
}

function one(token: MarkedToken): ReactNode {
  switch (token.type) {
    case "text":
      return token.tokens ? inline(token.tokens) : decodeEntities(token.text);
    case "escape":
      return decodeEntities(token.text);
    case "strong":
      return <strong>{inline(token.tokens)}</strong>;
    case "em":
      return <em>{inline(token.tokens)}</em>;
    case "del":
      return <del>{inline(token.tokens)}</del>;
    case "codespan":
      return <code>{token.text}</code>;
    case "br":
      return <br />;
    case "link":
      return <AnswerLink href={token.href}>{inline(token.tokens)}</AnswerLink>;
    case "image":
      return <RemoteImage href={token.href} alt={token.text} />;
    case "html":
      return token.raw.startsWith("<!--") ? null : token.raw;
    default:
      return token.raw;
  }
}

function AnswerLink({ href, children }: { href: string; children: ReactNode }) {
  const url = safeUrl(href);
  if (url === null) return <span>{children}</span>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

/** Loading a picture would tell its server who reads the answer; so it is a link that a person may follow. */
function RemoteImage({ href, alt }: { href: string; alt: string }) {
  const url = safeUrl(href);
  const label = alt || "Image";
  if (url === null || url.startsWith("mailto:")) return label;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer nofollow">
      <ExternalLink aria-hidden className="mr-1 inline size-[0.9em] align-[-0.08em]" />
      {label}
    </a>
  );
}
