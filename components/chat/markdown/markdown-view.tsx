"use client";

import type { MarkedToken, Tokens } from "marked";
import { createElement, memo, type ReactNode, useState } from "react";
import { type Block, createBlockParser } from "./block-parser";
import { CodeBlock } from "./code-block";
import { inline } from "./inline";

const HEADING_LEVEL_MAX = 6;
/** An answer stands under a level-2 heading of the page. */
const HEADING_SHIFT = 2;

export default function MarkdownView({ text, streaming }: { text: string; streaming: boolean }) {
  const [parse] = useState(createBlockParser);
  const blocks = parse(text, streaming);
  return (
    <div className="prose-answer" data-streaming={streaming || undefined}>
      {blocks.map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a growing text changes at its end, so a block's place is its identity
        <BlockView key={index} block={block} open={streaming && index === blocks.length - 1} />
      ))}
    </div>
  );
}

type BlockViewProps = { block: Block; open: boolean };

const BlockView = memo(
  function BlockView({ block, open }: BlockViewProps) {
    return renderBlock(block.token, open);
  },
  (a, b) => a.block.raw === b.block.raw && a.block.links === b.block.links && a.open === b.open,
);

function renderBlock(token: MarkedToken, open: boolean): ReactNode {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "paragraph":
      return <p>{inline(token.tokens)}</p>;
    case "heading": {
      const level = Math.min(HEADING_LEVEL_MAX, token.depth + HEADING_SHIFT);
      return createElement(`h${level}`, { "data-depth": token.depth }, inline(token.tokens));
    }
    case "code":
      return <CodeBlock code={token.text} language={token.lang?.split(/\s/, 1)[0] ?? ""} open={open} />;
    case "list":
      return <ListView list={token} open={open} />;
    case "blockquote":
      return <blockquote>{renderBlocks(token.tokens as MarkedToken[], open)}</blockquote>;
    case "table":
      return <TableView table={token} />;
    case "hr":
      return <hr />;
    case "html":
      return token.raw.trim().startsWith("<!--") ? null : (
        <p className="whitespace-pre-wrap">{token.raw.trim()}</p>
      );
    default:
      return "tokens" in token ? inline(token.tokens) : token.raw;
  }
}

function renderBlocks(tokens: readonly MarkedToken[], open: boolean): ReactNode {
  return tokens.map((token, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one immutable text
    <Piece key={index} token={token} open={open && index === tokens.length - 1} />
  ));
}

function Piece({ token, open }: { token: MarkedToken; open: boolean }) {
  return renderBlock(token, open);
}

function ListView({ list, open }: { list: Tokens.List; open: boolean }) {
  const items = list.items.map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one immutable text
    <li key={index} className={item.task ? "task-item" : undefined}>
      {item.task && <input type="checkbox" checked={item.checked ?? false} disabled aria-label="Task" />}
      {renderBlocks(itemTokens(item), open && index === list.items.length - 1)}
    </li>
  ));
  return list.ordered ? (
    <ol start={list.start === "" ? undefined : list.start}>{items}</ol>
  ) : (
    <ul>{items}</ul>
  );
}

function itemTokens(item: Tokens.ListItem): MarkedToken[] {
  return (item.tokens as MarkedToken[]).filter((token) => token.type !== "checkbox");
}

function TableView({ table }: { table: Tokens.Table }) {
  const cell = (content: Tokens.TableCell, index: number) => {
    const Cell = content.header ? "th" : "td";
    return (
      <Cell key={index} style={content.align ? { textAlign: content.align } : undefined}>
        {inline(content.tokens)}
      </Cell>
    );
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the page scrolls, also by keyboard
    <section aria-label="Table" tabIndex={0} className="overflow-x-auto rounded-sm">
      <table>
        <thead>
          <tr>{table.header.map(cell)}</tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of one immutable text
            <tr key={index}>{row.map(cell)}</tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
