// Command ignore_vectors writes what BuildKit decides about a tree of paths under random .dockerignore files:
// `go run . | deno fmt --ext json - > ../ignore_vectors.json`. The seed is fixed, so the output changes only with the
// libraries.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
	"github.com/tonistiigi/fsutil"
)

const cases = 500

// files of the tree; their folders are paths too.
var files = []string{
	".dockerignore", ".env", ".git/HEAD", ".git/objects/aa/bb", "Dockerfile", "Makefile", "README.md", "[x]", "a", "a b/c d.txt",
	"b/a", "b/a.txt", "b/b/a", "b/b/b.txt", "b/c/a/deep.txt", "c/.env", "c/[x]/y", "c/a+b.txt", "c/x.txt", "data/raw/one.bin",
	"data/raw/two.bin", "data/raw/keep/three.bin", "docs/README.md", "docs/api/README.md", "foo", "foo.txt", "foobar/foo/bar",
	"node_modules/x/index.js", "node_modules/x/node_modules/y/index.js", "src/main.py", "src/Main.py", "src/pkg/__pycache__/m.pyc",
	"src/pkg/m.py", "src/pkg/m_test.py", "xfoo", "ä/ö.txt", "日本.txt",
}

// plain reads like what people write, odd like what nobody should.
var plain = []string{
	"*", "**", "*.txt", "**/*.txt", "**/README.md", "README*", "/foo", "foo/", "b", "b/*", "b/**", "b/a", "b/b", "b/c/a", "data", "data/raw",
	"data/raw/keep", "data/**", "data/*", "**/node_modules", "node_modules", ".git", ".*", "**/.env", "src", "src/pkg", "src/**/*.pyc",
	"**/__pycache__", "src/*.py", "docs", "docs/**/README.md", "Dockerfile", ".dockerignore", "?oo", "[a-c]", "a b", "c/a+b.txt", "ä", "ä/*",
	"src/main.py", "./b/a", "b//a", "b/../foo", "*/*", "*/*/*", "**/a", "**foo", "foo**", "f*r", "src/", "/", ".", "日*",
}
var odd = []string{
	"[", "[]a]", "[^a]", "[!a]", "[[]x]", "\\[x\\]", "[[:alpha:]]", "a]", "[*]", "[a-]", "[z-a]", "c/[[]x]/*", "\\f\\o\\o", "foo\\", "\\d",
	"**/**", "***", "**/*", "*/**/a", "a**/b", "**/b/**", "**b", "b**a", "..", "../foo", "^a", "$", "(a|b)", "a{1}", "c/a+b*", "b/**/b.txt",
	"**.txt", "**/*.t?t", "**/\\*", "?", "??", "[b-d]/**", "\\", "a\\ b", "\ufefffoo", "[[:^alpha:]]*", "\\wfoo", "[\\w]", "[\\]x]", "c/.[e]nv",
}

type result struct {
	File  string `json:"file"`
	Sent  string `json:"sent,omitempty"`
	Error bool   `json:"error,omitempty"`
}

func main() {
	root, err := os.MkdirTemp("", "ignore")
	check(err)
	defer os.RemoveAll(root)
	paths := plant(root)
	random := rand.New(rand.NewSource(20261124))
	results := make([]result, 0, cases)
	for range cases {
		results = append(results, decide(root, paths, ignoreFile(random)))
	}
	write(paths, results)
}

// write puts one case on a line, so that a change can be read as a diff.
func write(paths []string, results []result) {
	fmt.Printf("{\"paths\": %s,\n\"cases\": [\n", encode(paths))
	for i, res := range results {
		end := ","
		if i == len(results)-1 {
			end = ""
		}
		fmt.Printf("%s%s\n", encode(res), end)
	}
	fmt.Println("]}")
}

func encode(value any) string {
	text, err := json.Marshal(value)
	check(err)
	return string(text)
}

func plant(root string) []string {
	seen := map[string]bool{}
	for _, file := range files {
		check(os.MkdirAll(filepath.Join(root, filepath.Dir(file)), 0o755))
		check(os.WriteFile(filepath.Join(root, file), nil, 0o644))
		for at := file; at != "."; at = filepath.Dir(at) {
			seen[at] = true
		}
	}
	paths := make([]string, 0, len(seen))
	for path := range seen {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	return paths
}

func ignoreFile(random *rand.Rand) string {
	text := ""
	if random.Intn(12) == 0 {
		text = "\ufeff"
	}
	end := []string{"\n", "\n", "\n", "\r\n"}[random.Intn(4)]
	for range 1 + random.Intn(6) {
		pattern := plain[random.Intn(len(plain))]
		if random.Intn(8) == 0 {
			pattern = odd[random.Intn(len(odd))]
		}
		switch random.Intn(10) {
		case 0, 1, 2:
			pattern = "!" + pattern
		case 3:
			pattern = "! /" + pattern
		case 4:
			pattern = " " + pattern + " \t"
		case 5:
			pattern = "# a comment" + end + pattern
		}
		text += pattern + end
	}
	return strings.TrimSuffix(text, "\n")
}

// decide says for each path whether BuildKit's walk sends it. The walk is the authority: where an exception names a
// folder above an ignored file, it differs from patternmatcher's MatchesOrParentMatches (2 decisions in 1000).
func decide(root string, paths []string, text string) result {
	res := result{File: text}
	patterns, err := ignorefile.ReadAll(strings.NewReader(text))
	check(err)
	if _, err := patternmatcher.New(patterns); err != nil || !compiles(patterns) {
		res.Error = true
		return res
	}
	sent := map[string]bool{}
	check(fsutil.Walk(context.Background(), root, &fsutil.FilterOpt{ExcludePatterns: patterns}, func(path string, _ os.FileInfo, err error) error {
		sent[path] = true
		return err
	}))
	for _, path := range paths {
		res.Sent += bit(sent[path])
	}
	return res
}

// compiles forces each pattern's lazy compilation.
func compiles(patterns []string) bool {
	for _, pattern := range patterns {
		matcher, err := patternmatcher.New([]string{"**", pattern})
		if err == nil {
			_, err = matcher.MatchesOrParentMatches("x")
		}
		if err != nil {
			return false
		}
		if matcher, err = patternmatcher.New([]string{strings.TrimPrefix(pattern, "!")}); err == nil {
			_, err = matcher.MatchesOrParentMatches("x")
		}
		if err != nil {
			return false
		}
	}
	return true
}

func bit(value bool) string {
	if value {
		return "1"
	}
	return "0"
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
