// Command walk says how many milliseconds BuildKit's walk of a folder takes: its path, and how often.
package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"

	"github.com/tonistiigi/fsutil"
)

func main() {
	times, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	for range times {
		began := time.Now()
		tree, err := fsutil.NewFS(os.Args[1])
		if err != nil {
			panic(err)
		}
		tree, err = fsutil.NewFilterFS(tree, &fsutil.FilterOpt{ExcludePatterns: []string{"*.log"}})
		if err != nil {
			panic(err)
		}
		count := 0
		err = tree.Walk(context.Background(), "", func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if _, err := entry.Info(); err != nil {
				return err
			}
			count++
			return nil
		})
		if err != nil {
			panic(err)
		}
		fmt.Println(float64(time.Since(began).Microseconds())/1000, count)
	}
}
