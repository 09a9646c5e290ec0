package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
)

const completionUsage = `armpreflight completion prints a script that completes verbs, flags and their values in your shell.

usage: armpreflight completion bash|zsh|fish|powershell

examples:
  source <(armpreflight completion bash)                          for this bash; put it in ~/.bashrc for each
  source <(armpreflight completion zsh)                           for this zsh; put it in ~/.zshrc behind compinit
  armpreflight completion fish > ~/.config/fish/completions/armpreflight.fish
  armpreflight completion powershell | Out-String | Invoke-Expression

exit codes: 0 printed, 2 wrong use, 3 the tool itself failed
`

func shells() choice { return choice{"bash", "zsh", "fish", "powershell"} }

// completion prints a script that knows all words: it starts nothing when a person presses Tab.
func completion(_ context.Context, s *session, args []string) (int, error) {
	words, err := parseMixed(newFlags("completion"), args)
	switch {
	case err != nil:
		return 0, wrongUse(err)
	case len(words) != 1 || !shells().has(words[0]):
		return 0, wrongUse(errors.New("name one shell: bash, zsh, fish or powershell"))
	}
	switch words[0] {
	case "zsh":
		s.out.Line("autoload -U +X bashcompinit && bashcompinit\n" + bashScript()) // which zsh knows how to take
	case "fish":
		s.out.Line(fishScript())
	case "powershell":
		s.out.Line(powershellScript())
	default:
		s.out.Line(bashScript())
	}
	return ExitOK, nil
}

// firstWords are the words that may come first among a verb's arguments.
func (v verb) firstWords() []string {
	if v.name == "help" {
		return verbNames()
	}
	return v.words
}

// allFlags returns a verb's flags by name, without --help.
func (v verb) allFlags() []*flag.Flag {
	var all []*flag.Flag
	if v.flags != nil {
		v.flags().VisitAll(func(f *flag.Flag) { all = append(all, f) })
	}
	return all
}

// typed returns the words and the flags as they're typed.
func (v verb) typed() []string {
	all := slices.Clone(v.firstWords())
	for _, f := range v.allFlags() {
		all = append(all, "--"+f.Name)
	}
	return append(all, "--help")
}

// bashScript also serves zsh, by its bashcompinit. Every word in it is one of ours, without a blank or a quote.
func bashScript() string {
	var values, words strings.Builder
	for _, v := range verbs() {
		for _, f := range v.allFlags() {
			switch choices := choiceOf(f); {
			case isSwitch(f):
			case choices != nil:
				fmt.Fprintf(&values, "    '%s --%s') COMPREPLY=($(compgen -W '%s' -- \"$word\")); return ;;\n", v.name, f.Name, strings.Join(choices, " "))
			case f.Usage == aFile:
				fmt.Fprintf(&values, "    '%s --%s') COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n", v.name, f.Name)
			default:
				fmt.Fprintf(&values, "    '%s --%s') COMPREPLY=(); return ;;\n", v.name, f.Name)
			}
		}
		files := ""
		if v.files {
			files = ` COMPREPLY+=($(compgen -f -- "$word"));`
		}
		fmt.Fprintf(&words, "    %s) COMPREPLY=($(compgen -W '%s' -- \"$word\"));%s ;;\n", v.name, strings.Join(v.typed(), " "), files)
	}
	return fmt.Sprintf(`# completes armpreflight; made by armpreflight completion
_armpreflight() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]}
  if [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W '%s' -- "$word"))
    return
  fi
  case "$verb $before" in
%s  esac
  case "$verb" in
%s  esac
}
complete -F _armpreflight armpreflight`, strings.Join(verbNames(), " "), values.String(), words.String())
}

func fishScript() string {
	var b strings.Builder
	b.WriteString("# completes armpreflight; made by armpreflight completion\ncomplete -c armpreflight -f\n")
	for _, v := range verbs() {
		fmt.Fprintf(&b, "complete -c armpreflight -n __fish_use_subcommand -a %s -d '%s'\n", v.name, v.summary)
		when := fmt.Sprintf("complete -c armpreflight -n '__fish_seen_subcommand_from %s'", v.name)
		if v.files {
			b.WriteString(when + " -F\n")
		}
		if words := v.firstWords(); len(words) > 0 {
			fmt.Fprintf(&b, "%s -a '%s'\n", when, strings.Join(words, " "))
		}
		for _, f := range v.allFlags() {
			more := " -x"
			switch choices := choiceOf(f); {
			case isSwitch(f):
				more = ""
			case choices != nil:
				more = fmt.Sprintf(" -x -a '%s'", strings.Join(choices, " "))
			case f.Usage == aFile:
				more = " -r -F"
			}
			fmt.Fprintf(&b, "%s -l %s%s\n", when, f.Name, more)
		}
		b.WriteString(when + " -l help\n")
	}
	return b.String()
}

// powershellScript completes words; PowerShell itself completes files where the script knows none.
func powershellScript() string {
	var values, words strings.Builder
	list := func(all []string) string {
		if len(all) == 0 {
			return "@()"
		}
		return "@('" + strings.Join(all, "', '") + "')"
	}
	for _, v := range verbs() {
		for _, f := range v.allFlags() {
			if !isSwitch(f) {
				fmt.Fprintf(&values, "    '%s --%s' = %s\n", v.name, f.Name, list(choiceOf(f)))
			}
		}
		fmt.Fprintf(&words, "    '%s' = %s\n", v.name, list(v.typed()))
	}
	return fmt.Sprintf(`# completes armpreflight; made by armpreflight completion
Register-ArgumentCompleter -Native -CommandName armpreflight -ScriptBlock {
  param($word, $ast, $position)
  $values = @{
%s  }
  $words = @{
%s  }
  $typed = @($ast.CommandElements | Where-Object { $_.Extent.EndOffset -lt $position } | ForEach-Object { $_.ToString() })
  $found = if ($typed.Count -lt 2) { %s }
  elseif ($values.ContainsKey("$($typed[1]) $($typed[-1])")) { $values["$($typed[1]) $($typed[-1])"] }
  else { $words[$typed[1]] }
  $found | Where-Object { $_ -like "$word*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}`, values.String(), words.String(), list(verbNames()))
}
