// Command vectors writes how BuildKit's own parser reads random Dockerfiles, and its lexer random words:
// `go run . | deno fmt --ext json - > ../vectors.json`. The seed is fixed, so the output changes only with the library.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"regexp"
	"sort"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

const fileCases, wordCases = 1500, 1500

var random = rand.New(rand.NewSource(20261126))

// plain is what people write, odd what nobody should.
var plain = []string{
	"FROM ubuntu:24.04", "FROM base", "from python:3.12-slim as build", "FROM --platform=$BUILDPLATFORM golang:1.26 AS tools",
	"FROM ${BASE:-debian}", "FROM base AS final", "FROM scratch", "ARG BASE=ubuntu", "ARG A B=2 C=\"x y\"", "ARG CUDA", "ENV A=1 B=\"two words\"",
	"ENV OLD style value", "ENV PATH=/opt/bin:$PATH", "LABEL a.b=c d=\"e f\"", "COPY . /app", "COPY requirements.txt pyproject.toml /tmp/",
	"COPY --from=build --chown=1000:1000 /out /out", "COPY --link --chmod=0755 run.sh /usr/bin/", "COPY [\"a b\", \"c d/\"]",
	"COPY --exclude=*.md --exclude=tests src/ /src/", "COPY --parents a/b c/./d /x/", "ADD https://example.com/a.tgz /tmp/",
	"ADD --checksum=sha256:00 --unpack=true https://example.com/a.tgz /tmp/", "RUN pip install -r requirements.txt",
	"RUN --mount=type=cache,target=/root/.cache pip install torch", "RUN --mount=type=secret,id=hf,required=true cat /run/secrets/hf",
	"RUN --mount=type=bind,from=build,source=/out,target=/in --network=none make", "RUN --mount=type=ssh,id=default git clone x",
	"RUN --mount=type=tmpfs,target=/t,size=1g --security=sandbox true", "RUN [\"a\", \"b c\"]", "RUN apt-get update \\\n && apt-get install -y git",
	"RUN a \\\n# a comment\n  b \\\n\n  c", "RUN <<EOF\nset -e\necho \"a\" \\\nFROM x\nEOF", "RUN <<-'E' cat <<F\n\tone\n\tE\ntwo\nF",
	"COPY <<one <<two /etc/\na\none\nb\ntwo", "CMD [\"python\", \"-m\", \"x\"]", "CMD python -m x", "ENTRYPOINT [\"/bin/sh\"]", "WORKDIR /app", "USER 1000",
	"EXPOSE 80 443/tcp", "VOLUME /data", "VOLUME [\"/a\", \"/b\"]", "SHELL [\"/bin/bash\", \"-c\"]", "STOPSIGNAL SIGTERM", "MAINTAINER me",
	"HEALTHCHECK --interval=5s --timeout=3s CMD curl -f http://localhost/ || exit 1", "HEALTHCHECK NONE", "ONBUILD RUN make", "ONBUILD COPY <<x /y\nz\nx",
	"# a comment", "", "   \t", "#syntax=docker/dockerfile:1",
}
var odd = []string{
	"FORM ubuntu", "FROM", "FROM a b", "FROM a as 1x", "FROM a AS B-c_d.e f", "FROM --platform a", "FROM --platform=a --platform=b c", "COPY a", "COPY",
	"COPY --form=x a b", "COPY --link=maybe a b", "COPY --link= a b", "COPY --from a b", "COPY a <<EOF\nx\nEOF", "COPY [\"a\", 1]", "COPY [\"a\"]", "ADD --from=x a b",
	"RUN --mount=type=secrets,id=x true", "RUN --mount=from=$X,target=/x true", "RUN --mount=type=secret true", "RUN --mount=type=secret,id=$A,src=b true",
	"RUN --mount=type=cache,foo=bar true", "RUN --mount=type=cache,sharing=some true", "RUN --mount=type=bind,uid=1 true", "RUN --mount= true",
	"RUN --mount=type=secret,id=a\"b true", "RUN --mount=\"type=bind,target=/a b\" true", "RUN --mount=type=$A,target=/x true", "RUN --mount=type=bind,required true",
	"RUN --mount=type=secret,id=a,mode=9 true", "RUN --mount=type=ssh,required=yes true", "RUN --network=home true", "RUN --security=x true", "RUN", "RUN []",
	"RUN [\"a\", null]", "RUN ['a']", "RUN <<EOF\nnever ends", "ENV", "ENV A", "ENV =x", "ENV A=1 B", "ENV A=\"x\\\" y\" B='z\\' C=\\ d", "ARG", "ARG =x", "ARG 'a b'=c",
	"LABEL", "LABEL x", "WORKDIR", "USER", "EXPOSE", "VOLUME", "VOLUME [\"\"]", "SHELL bash", "SHELL []", "STOPSIGNAL", "HEALTHCHECK", "HEALTHCHECK CMD",
	"HEALTHCHECK X y", "HEALTHCHECK --interval=5 CMD x", "HEALTHCHECK NONE x", "ONBUILD", "ONBUILD ONBUILD RUN x", "ONBUILD FROM x", "ONBUILD ENV x", "\\", "RUN a \\\\", "RUN a \\ ",
	"RUN `", "RUN -- --mount=x true", "COPY -- --a /b", "RUN --mount=type=cache,target=/a,id=\\x true", "RUN 'a' --b", "\tFROM x", "from", "ENV A\tb", "CMD", "ENTRYPOINT []", "cmd [ ]",
}
var heads = []string{
	"# syntax=docker/dockerfile:1\n", "#syntax = docker/dockerfile:1.3-labs \n", "# escape=`\n", "# escape=\\\n", "# escape=x\n", "# check=skip=all\n",
	"# Escape=`\n# syntax=a\n", "# syntax=a\n# syntax=b\n", "# comment\n# escape=`\n", "\ufeff# escape=`\n", "\n# escape=`\n", "#!/usr/bin/env x\n",
}
var noise = []string{"\\", "\"", "'", "$", "<", "<<", "[", "]", "{", "}", "=", "#", " ", "\t", "--", "-", "\n", "\r\n", ",", "`", "\\\n", "ä", "\u00a0", ":", "/"}

var words = []string{
	"a", "b c", "$A", "${A}", "${NONE}", "$NONE", "${A:-x}", "${NONE:-x}", "${EMPTY:-x}", "${EMPTY-x}", "${A:+x}", "${NONE+x}", "${NONE:?no}", "${EMPTY:?}", "${A?}",
	"${FILE%.gz}", "${FILE%%.*}", "${FILE#*.}", "${FILE##*.}", "${FILE/x/y}", "${FILE//./_}", "${FILE%\\*}", "${FILE#?}", "${FILE/t?r/\\/}", "${A:-${FILE%.gz}}", "${NONE:-\"q r\"}",
	"'$A'", "\"$A\"", "\"a\\\"b\"", "\\$A", "\\\\", "\\", "'", "\"", "$", "$$", "$1", "$12x", "${", "${}", "${{A}}", "${A", "${A:", "${A:=x}", "${A!}", "${:x}", "$A$FILE", "{}", "<", "<<EOF",
	"<< EOF", "ä", "$ä", "${A:-'}", "x}", "${FILE%a\\b}", "*", "${A#", "${FILE/", "${FILE//a", "`", "\t", "${NONE:-a b}",
}
var values = map[string]string{"A": "a b", "EMPTY": "", "FILE": "x.tar.gz", "ä": "umlaut", "1": "one"}

// duration is how Go's time package begins its several messages.
var duration = regexp.MustCompile("^time: .*duration ")

type place struct {
	Line    int    `json:"line,omitempty"`
	Message string `json:"message"`
}
type fileCase struct {
	File   string `json:"file"`
	Escape string `json:"escape,omitempty"`
	Error  *place `json:"error,omitempty"`
	Nodes  []any  `json:"nodes,omitempty"`
}
type wordCase struct {
	Word      string   `json:"word"`
	Escape    string   `json:"escape"`
	Raw       bool     `json:"raw"`
	Unset     bool     `json:"skipUnset"`
	Error     string   `json:"error,omitempty"`
	Text      string   `json:"text"`
	Words     []string `json:"words"`
	Unmatched []string `json:"unmatched"`
}

func main() {
	fmt.Printf("{\"variables\": %s,\n\"files\": [\n", encode(values))
	for at := range fileCases {
		fmt.Printf("%s%s\n", encode(read(file())), comma(at, fileCases))
	}
	fmt.Printf("],\n\"words\": [\n")
	for at := range wordCases {
		fmt.Printf("%s%s\n", encode(lex()), comma(at, wordCases))
	}
	fmt.Println("]}")
}

func comma(at, of int) string {
	if at == of-1 {
		return ""
	}
	return ","
}

func encode(value any) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return strings.TrimSpace(text.String())
}

func one(of []string) string { return of[random.Intn(len(of))] }

func file() string {
	text := ""
	if random.Intn(4) == 0 {
		text = one(heads)
	}
	for range 1 + random.Intn(5) {
		line := one(plain)
		if random.Intn(3) == 0 {
			line = one(odd)
		}
		text += line + "\n"
	}
	for range []int{0, 0, 0, 1, 2}[random.Intn(5)] {
		at := random.Intn(len(text) + 1)
		text = strings.ToValidUTF8(text[:at], "") + one(noise) + strings.ToValidUTF8(text[at:], "")
	}
	if random.Intn(8) == 0 {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	if random.Intn(8) == 0 {
		text = strings.TrimRight(text, "\r\n")
	}
	return text
}

func read(text string) fileCase {
	result, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		return fileCase{File: text, Error: &place{line(err), err.Error()}}
	}
	nodes := []any{}
	for _, node := range result.AST.Children {
		nodes = append(nodes, []any{node.StartLine, node.EndLine, describe(node, result.EscapeToken)})
	}
	return fileCase{File: text, Escape: string(result.EscapeToken), Nodes: nodes}
}

func line(err error) int {
	var located *parser.LocationError
	if errors.As(err, &located) && len(located.Locations) > 0 && len(located.Locations[0]) > 0 {
		return located.Locations[0][0].Start.Line
	}
	return 0
}

func plainError(err error) string {
	text, _, _ := strings.Cut(err.Error(), " (did you mean")
	return duration.ReplaceAllString(text, "time: invalid duration ")
}

func describe(node *parser.Node, escape rune) any {
	instruction, err := instructions.ParseInstruction(node)
	if err != nil {
		return map[string]string{"error": plainError(err)}
	}
	heredocs := []any{}
	for _, doc := range node.Heredocs {
		heredocs = append(heredocs, []any{doc.Name, doc.Chomp, doc.Expand})
	}
	switch command := instruction.(type) {
	case *instructions.Stage:
		return []any{"from", command.BaseName, command.Name, command.Platform}
	case *instructions.ArgCommand:
		pairs := []any{}
		for _, arg := range command.Args {
			pairs = append(pairs, []any{arg.Key, arg.Value})
		}
		return []any{"arg", pairs}
	case *instructions.EnvCommand:
		pairs := []any{}
		for _, pair := range command.Env {
			pairs = append(pairs, []any{pair.Key, pair.Value})
		}
		return []any{"env", pairs}
	case *instructions.CopyCommand:
		return []any{"copy", command.From, command.Parents, sources(command.SourcePaths), heredocs}
	case *instructions.AddCommand:
		return []any{"add", "", false, sources(command.SourcePaths), heredocs}
	case *instructions.RunCommand:
		return []any{"run", mounts(command, escape), heredocs}
	case *instructions.OnbuildCommand:
		return []any{"onbuild"}
	}
	return []any{"other"}
}

func sources(paths []string) []string {
	if paths == nil {
		return []string{}
	}
	return paths
}

func mounts(command *instructions.RunCommand, escape rune) any {
	lexer := shell.NewLex(escape)
	err := command.Expand(func(word string) (string, error) {
		result, _, err := lexer.ProcessWord(word, environment())
		return result, err
	})
	if err != nil {
		return plainError(err)
	}
	all := []any{}
	for _, mount := range instructions.GetMounts(command) {
		all = append(all, []any{mount.Type, mount.From, mount.Source, mount.Target, mount.CacheID, mount.Required})
	}
	return all
}

func environment() shell.EnvGetter {
	pairs := []string{}
	for name, value := range values {
		pairs = append(pairs, name+"="+value)
	}
	return shell.EnvsFromSlice(pairs)
}

func lex() wordCase {
	result := wordCase{Escape: "\\", Raw: random.Intn(3) == 0, Unset: random.Intn(3) == 0}
	for range 1 + random.Intn(3) {
		result.Word += one(words)
	}
	if random.Intn(4) == 0 {
		result.Escape = "`"
	}
	lexer := shell.NewLex(rune(result.Escape[0]))
	lexer.RawQuotes, lexer.RawEscapes, lexer.SkipUnsetEnv = result.Raw, result.Raw, result.Unset
	found, err := lexer.ProcessWordWithMatches(result.Word, environment())
	if err != nil {
		result.Error = err.Error()
		return result
	}
	result.Text, result.Words, result.Unmatched = found.Result, sources(found.Words), []string{}
	for name := range found.Unmatched {
		result.Unmatched = append(result.Unmatched, name)
	}
	sort.Strings(result.Unmatched)
	return result
}
