// Enciphers values with github.com/capitalone/fpe, for `npm run bench -- --peers`.
// Arguments: key and tweak in hexadecimal, the alphabet, a file of values. Each line `run` enciphers all of them and
// answers `done`; `out` prints the tokens of the last run.
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"github.com/capitalone/fpe/ff1"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	key := must(hex.DecodeString(os.Args[1]))
	tweak := must(hex.DecodeString(os.Args[2]))
	cipher := must(ff1.NewCipher(len(os.Args[3]), 64, key, tweak))
	values := strings.Fields(string(must(os.ReadFile(os.Args[4]))))
	tokens := make([]string, len(values))
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if lines.Text() == "run" {
			for i, value := range values {
				tokens[i] = must(cipher.Encrypt(value))
			}
			fmt.Println("done")
		} else {
			fmt.Println(strings.Join(tokens, " "))
		}
	}
}
