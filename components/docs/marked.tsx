/** Paragraphs, with what stands between backticks as code. */
export function Marked({ text }: { text: string }) {
  return text.split("\n\n").map((paragraph) => (
    <p key={paragraph} className="mt-2 text-pretty break-words text-muted-foreground first:mt-0">
      {paragraph.split("`").map((part, index) =>
        index % 2 === 1 ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text that does not change
          <code key={index} className="font-mono text-[0.8438em] text-foreground">
            {part}
          </code>
        ) : (
          part
        ),
      )}
    </p>
  ));
}
