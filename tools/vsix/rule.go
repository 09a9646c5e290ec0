package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// visibleClause is INPUT OPERATOR VALUE; the operators are those in use in microsoft/azure-pipelines-tasks.
var visibleClause = regexp.MustCompile(`^\s*([A-Za-z][A-Za-z0-9]*)\s*(=|==|!=|<|>|<=|>=|\s(?:in|notIn|contains|NotContains|startsWith|NotStartsWith|endsWith|NotEndsWith))\s*([^&|=]*)$`)

// checkVisibleRule checks a visibleRule: clauses about inputs of this task, joined by && or by ||, never by both, since their
// precedence isn't documented. An empty rule is valid.
func checkVisibleRule(rule string, inputs []input) error {
	if rule == "" {
		return nil
	}
	if strings.Contains(rule, "&&") && strings.Contains(rule, "||") {
		return fmt.Errorf("visibleRule %q mixes && and ||", rule)
	}
	for clause := range strings.SplitSeq(strings.ReplaceAll(rule, "||", "&&"), "&&") {
		match := visibleClause.FindStringSubmatch(clause)
		if match == nil {
			return fmt.Errorf("visibleRule %q: %q is not INPUT OPERATOR VALUE", rule, clause)
		}
		at := slices.IndexFunc(inputs, func(in input) bool { return in.Name == match[1] })
		if at < 0 {
			return fmt.Errorf("visibleRule %q: there is no input %q", rule, match[1])
		}
		value := strings.TrimSpace(match[3])
		if options := inputs[at].Options; len(options) > 0 && strings.Trim(match[2], "!=") == "" {
			if _, ok := options[value]; !ok {
				return fmt.Errorf("visibleRule %q: %s has no option %q", rule, match[1], value)
			}
		}
	}
	return nil
}
