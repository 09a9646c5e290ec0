package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// decodeStrict reads one JSON value into v, a pointer to a struct. A key that the struct doesn't have is an error, even if
// only its case differs: Azure DevOps accepts groupname for groupName in some places and ignores it in others.
func decodeStrict(data []byte, v any) error {
	if bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")) {
		return errors.New("it begins with a byte order mark")
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON value")
	}
	known, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var got, want any
	if err := errors.Join(json.Unmarshal(data, &got), json.Unmarshal(known, &want)); err != nil {
		return err
	}
	return sameKeys("", got, want)
}

// sameKeys reports whether every key in got is in want, letter by letter. The structs have no omitempty, so want has all keys.
func sameKeys(path string, got, want any) error {
	switch got := got.(type) {
	case map[string]any:
		wantMap, _ := want.(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(got)) {
			value, ok := wantMap[key]
			if !ok {
				return fmt.Errorf("key %q has the wrong case", path+key)
			}
			if err := sameKeys(path+key+".", got[key], value); err != nil {
				return err
			}
		}
	case []any:
		wantList, _ := want.([]any)
		for i, value := range got {
			if i >= len(wantList) {
				return fmt.Errorf("list %q is longer than what was read of it", path)
			}
			if err := sameKeys(path, value, wantList[i]); err != nil {
				return err
			}
		}
	}
	return nil
}
