import type { LanguageRegistration } from "shiki/core";

type Loader = () => Promise<{ default: LanguageRegistration[] }>;
type Language = { name: string; aliases: readonly string[]; load: Loader };

/** The languages that are highlighted. Each grammar is fetched when a block in that language is first shown. */
const LANGUAGES: readonly Language[] = [
  {
    name: "TypeScript",
    aliases: ["typescript", "ts", "mts", "cts"],
    load: () => import("shiki/langs/typescript.mjs"),
  },
  { name: "TSX", aliases: ["tsx"], load: () => import("shiki/langs/tsx.mjs") },
  // The TypeScript grammars read JavaScript too, and one download serves both.
  {
    name: "JavaScript",
    aliases: ["javascript", "js", "mjs", "cjs"],
    load: () => import("shiki/langs/typescript.mjs"),
  },
  { name: "JSX", aliases: ["jsx"], load: () => import("shiki/langs/tsx.mjs") },
  { name: "Python", aliases: ["python", "py"], load: () => import("shiki/langs/python.mjs") },
  {
    name: "Shell",
    aliases: ["bash", "sh", "shell", "zsh", "console", "shellscript"],
    load: () => import("shiki/langs/shellscript.mjs"),
  },
  { name: "JSON", aliases: ["json", "jsonc", "json5"], load: () => import("shiki/langs/json.mjs") },
  { name: "YAML", aliases: ["yaml", "yml"], load: () => import("shiki/langs/yaml.mjs") },
  { name: "TOML", aliases: ["toml"], load: () => import("shiki/langs/toml.mjs") },
  { name: "INI", aliases: ["ini", "properties", "env", "dotenv"], load: () => import("shiki/langs/ini.mjs") },
  { name: "HTML", aliases: ["html", "htm"], load: () => import("shiki/langs/html.mjs") },
  { name: "XML", aliases: ["xml", "svg"], load: () => import("shiki/langs/xml.mjs") },
  { name: "CSS", aliases: ["css"], load: () => import("shiki/langs/css.mjs") },
  { name: "SCSS", aliases: ["scss"], load: () => import("shiki/langs/scss.mjs") },
  {
    name: "SQL",
    aliases: ["sql", "postgres", "postgresql", "mysql", "sqlite"],
    load: () => import("shiki/langs/sql.mjs"),
  },
  { name: "Markdown", aliases: ["markdown", "md"], load: () => import("shiki/langs/markdown.mjs") },
  { name: "Diff", aliases: ["diff", "patch"], load: () => import("shiki/langs/diff.mjs") },
  { name: "Go", aliases: ["go", "golang"], load: () => import("shiki/langs/go.mjs") },
  { name: "Rust", aliases: ["rust", "rs"], load: () => import("shiki/langs/rust.mjs") },
  { name: "Java", aliases: ["java"], load: () => import("shiki/langs/java.mjs") },
  { name: "Kotlin", aliases: ["kotlin", "kt", "kts"], load: () => import("shiki/langs/kotlin.mjs") },
  { name: "C", aliases: ["c", "h"], load: () => import("shiki/langs/c.mjs") },
  { name: "C++", aliases: ["cpp", "c++", "cc", "hpp"], load: () => import("shiki/langs/cpp.mjs") },
  { name: "C#", aliases: ["csharp", "cs", "c#"], load: () => import("shiki/langs/csharp.mjs") },
  { name: "Swift", aliases: ["swift"], load: () => import("shiki/langs/swift.mjs") },
  { name: "Ruby", aliases: ["ruby", "rb"], load: () => import("shiki/langs/ruby.mjs") },
  { name: "PHP", aliases: ["php"], load: () => import("shiki/langs/php.mjs") },
  {
    name: "PowerShell",
    aliases: ["powershell", "ps1", "pwsh"],
    load: () => import("shiki/langs/powershell.mjs"),
  },
  { name: "Lua", aliases: ["lua"], load: () => import("shiki/langs/lua.mjs") },
  { name: "R", aliases: ["r"], load: () => import("shiki/langs/r.mjs") },
  { name: "Dockerfile", aliases: ["dockerfile", "docker"], load: () => import("shiki/langs/docker.mjs") },
  { name: "Makefile", aliases: ["makefile", "make"], load: () => import("shiki/langs/make.mjs") },
  { name: "Terraform", aliases: ["terraform", "hcl", "tf"], load: () => import("shiki/langs/terraform.mjs") },
  { name: "GraphQL", aliases: ["graphql", "gql"], load: () => import("shiki/langs/graphql.mjs") },
  { name: "Vue", aliases: ["vue"], load: () => import("shiki/langs/vue.mjs") },
  { name: "Svelte", aliases: ["svelte"], load: () => import("shiki/langs/svelte.mjs") },
];

const BY_ALIAS = new Map(
  LANGUAGES.flatMap((language) => language.aliases.map((alias) => [alias, language] as const)),
);

/** The language that a code fence names; undefined where it is not highlighted. */
export function findLanguage(fence: string): Language | undefined {
  return BY_ALIAS.get(fence.toLowerCase());
}

/** What the header of a code block says. */
export function languageName(fence: string): string {
  return findLanguage(fence)?.name ?? (fence || "Text");
}
