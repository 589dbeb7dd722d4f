// Judges histories with Porcupine, to compare with our checker: main <file with sets of histories>. For each line on
// stdin it judges every set once and prints one line of JSON: how long each took, and which verdicts there were.
package main

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"time"

	"github.com/anishathalye/porcupine"
)

type set struct {
	// What every key holds at first; nil: there is none.
	Initial   *string
	Histories [][]operation
}

type operation struct {
	Kind, Key, Value string
	// Of a compare-and-set; nil: the key must not exist.
	Expected *string
	Called   int64
	// nil: nobody knows what became of it.
	Answer *answer
}

type answer struct {
	At    int64
	Kind  string
	Value string
}

// What a key holds.
type state struct {
	there bool
	value string
}

type figures struct {
	Ms       float64 `json:"ms"`
	Verdicts []bool  `json:"verdicts"`
}

func main() {
	content, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	var sets []set
	if err := json.Unmarshal(content, &sets); err != nil {
		panic(err)
	}
	models := make([]porcupine.Model, len(sets))
	histories := make([][][]porcupine.Operation, len(sets))
	for index, one := range sets {
		models[index] = keyValueModel(at(one.Initial))
		for _, history := range one.Histories {
			histories[index] = append(histories[index], operations(history))
		}
	}
	answers := json.NewEncoder(os.Stdout)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		results := make([]figures, len(sets))
		for index := range sets {
			for _, history := range histories[index] {
				began := time.Now()
				verdict := porcupine.CheckOperations(models[index], history)
				results[index].Ms += float64(time.Since(began).Nanoseconds()) / 1e6
				results[index].Verdicts = append(results[index].Verdicts, verdict)
			}
		}
		if err := answers.Encode(results); err != nil {
			panic(err)
		}
	}
}

func operations(history []operation) []porcupine.Operation {
	all := make([]porcupine.Operation, 0, len(history))
	for _, one := range history {
		ended := int64(math.MaxInt64)
		if one.Answer != nil {
			ended = one.Answer.At
		} else if one.Kind == "get" {
			continue
		}
		all = append(all, porcupine.Operation{Input: one, Output: one.Answer, Call: one.Called, Return: ended})
	}
	return all
}

func at(value *string) state {
	if value == nil {
		return state{}
	}
	return state{true, *value}
}

func keyValueModel(initial state) porcupine.Model {
	return porcupine.Model{
		Init: func() interface{} { return initial },
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			places := map[string]int{}
			var parts [][]porcupine.Operation
			for _, one := range history {
				key := one.Input.(operation).Key
				place, known := places[key]
				if !known {
					place = len(parts)
					places[key] = place
					parts = append(parts, nil)
				}
				parts[place] = append(parts[place], one)
			}
			return parts
		},
		Step: func(before, input, output interface{}) (bool, interface{}) {
			return step(before.(state), input.(operation), output.(*answer))
		},
	}
}

func step(before state, input operation, output *answer) (bool, interface{}) {
	switch input.Kind {
	case "get":
		if output.Kind == "missing" {
			return !before.there, before
		}
		return before == state{true, output.Value}, before
	case "put":
		return true, state{true, input.Value}
	case "append":
		return true, state{true, before.value + input.Value}
	case "delete":
		if output != nil && output.Kind == "missing" {
			return !before.there, before
		}
		return true, state{}
	default:
		fits := before == at(input.Expected)
		after := before
		if fits {
			after = state{true, input.Value}
		}
		if output == nil {
			return true, after
		}
		switch output.Kind {
		case "done":
			return fits, after
		case "missing":
			return !fits && !before.there, before
		case "value":
			return !fits && before == state{true, output.Value}, before
		default:
			return !fits, before
		}
	}
}
