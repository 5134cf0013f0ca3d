/** The pages of the commands: Markdown for the reference, and man pages. */
import { type HelpPage, helpPage, type HelpSection, sentence } from "../lib/cli/help.ts";
import { commandLine, processWorld } from "../lib/cli/main.ts";

function pages(): readonly HelpPage[] {
  const { program } = commandLine(processWorld({ signal: new AbortController().signal, listen: () => {} }));
  return [program, ...program.commands].map(helpPage);
}

/** Sections that are alike for every command. */
const COMMON = /^(Common options|Exit codes)$/;

export function commandsPage(generated: string): string {
  const all = pages(), common = all.at(-1)!.sections.filter(({ title }) => COMMON.test(title));
  const intro = "`unitune <command> --help` prints the same. A repeatable option takes one value each time.";
  const every = ["## Every command", ...common.map(sectionMarkdown)];
  return ["# Commands", generated, intro, ...all.map(commandMarkdown), ...every].join("\n\n");
}

function commandMarkdown({ name, summary, usage, sections }: HelpPage): string {
  const own = sections.filter(({ title }) => name === "unitune" || !COMMON.test(title));
  return [`## ${name}`, sentence(summary), `\`\`\`text\n${usage}\n\`\`\``, ...own.map(sectionMarkdown)].join("\n\n");
}

function sectionMarkdown({ title, terms }: HelpSection): string {
  if (title !== "Examples") return `${title}:\n\n| | |\n| --- | --- |\n${terms.map(row).join("\n")}`;
  return `${title}:\n\n\`\`\`sh\n${terms.map(([run, what]) => `# ${what}\n${run}`).join("\n")}\n\`\`\``;
}

function row([term, text]: HelpSection["terms"][number]): string {
  // Between backticks `<` is a character like any other.
  const parts = text.split("`").map((part, at) => at % 2 === 0 ? part.replaceAll("<", "&lt;") : part);
  return `| \`${term.replaceAll("|", "\\|")}\` | ${parts.join("`").replaceAll("|", "\\|")} |`;
}

/** The man pages by their paths. */
export function manPages(): Readonly<Record<string, string>> {
  const all = pages();
  return Object.fromEntries(all.map((page) => [`docs/man/${page.name.replace(" ", "-")}.1`, manPage(page, all)]));
}

function manPage({ name, summary, usage, sections, reference }: HelpPage, all: readonly HelpPage[]): string {
  const file = name.replace(" ", "-"), others = all.filter((one) => one.name !== name);
  const parts = sections.map(({ title, terms }) => {
    return [`.SH ${title.toUpperCase()}`, ...terms.map(([term, text]) => `.TP\n.B ${roff(term)}\n${roff(text)}`)].join(
      "\n",
    );
  });
  return [
    `.TH ${file.toUpperCase()} 1`,
    `.SH NAME\n${file} \\- ${roff(summary)}`,
    `.SH SYNOPSIS\n.B ${roff(usage)}`,
    ...parts,
    `.SH SEE ALSO\n${others.map((one) => `.BR ${one.name.replace(" ", "-")} (1)`).join(" ,\n")}\n.PP\n${
      roff(reference)
    }`,
    "",
  ].join("\n");
}

/** A line of text: roff gives a meaning to backslashes, hyphens, and dots and quotes at the start. */
function roff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^(?=[.'])/, "\\&");
}
