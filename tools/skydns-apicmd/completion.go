package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"
)

// values are what flags can have, where that is known.
var values = map[string]string{
	"method": "create update delete", "o": "text json", "completion": "bash zsh fish",
	"type": "A AAAA CNAME SRV MX TXT NS PTR CAA",
}

// fileFlags are the flags whose values are files.
var fileFlags = []string{"config-file", "ca", "import", "convert-config"}

// printCompletion prints a script for a shell, which completes flags and what is
// known of their values.
func (o *options) printCompletion(_ context.Context, stdout io.Writer) error {
	fs, _ := flags(func(string) string { return "" })
	scripts := map[string]func(*flag.FlagSet) string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}
	script := scripts[o.shell]
	if script == nil {
		return usageError(fmt.Sprintf("-completion: want bash, zsh or fish, not %q", o.shell))
	}
	_, err := io.WriteString(stdout, script(fs))
	return err
}

func bashScript(fs *flag.FlagSet) string {
	var all []string
	cases := ""
	fs.VisitAll(func(f *flag.Flag) {
		all = append(all, "-"+f.Name)
		if words := values[f.Name]; words != "" {
			cases += fmt.Sprintf("\t-%s) COMPREPLY=($(compgen -W %q -- \"$word\")); return ;;\n", f.Name, words)
		}
	})
	for _, name := range fileFlags {
		cases += fmt.Sprintf("\t-%s) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n", name)
	}
	return `_skydns_apicmd() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
	case $before in
` + cases + `	esac
	COMPREPLY=($(compgen -W "` + strings.Join(all, " ") + `" -- "$word"))
}
complete -F _skydns_apicmd skydns-apicmd
`
}

func zshScript(fs *flag.FlagSet) string {
	lines := ""
	fs.VisitAll(func(f *flag.Flag) {
		kind, text := flag.UnquoteUsage(f)
		argument := ""
		if kind != "" {
			argument = ":" + kind + ":" + zshValues(f.Name)
		}
		text = strings.NewReplacer("'", "", "[", "(", "]", ")", ":", ",").Replace(text)
		lines += fmt.Sprintf(" \\\n\t'-%s[%s]%s'", f.Name, text, argument)
	})
	return "#compdef skydns-apicmd\n_arguments" + lines + "\n"
}

func zshValues(name string) string {
	if words := values[name]; words != "" {
		return "(" + words + ")"
	}
	for _, file := range fileFlags {
		if name == file {
			return "_files"
		}
	}
	return ""
}

func fishScript(fs *flag.FlagSet) string {
	lines := "complete -c skydns-apicmd -f\n"
	fs.VisitAll(func(f *flag.Flag) {
		kind, text := flag.UnquoteUsage(f)
		argument := ""
		switch {
		case values[f.Name] != "":
			argument = fmt.Sprintf(" -x -a %q", values[f.Name])
		case zshValues(f.Name) == "_files":
			argument = " -r -F"
		case kind != "":
			argument = " -x"
		}
		text = strings.ReplaceAll(text, "'", "")
		lines += fmt.Sprintf("complete -c skydns-apicmd -o %s%s -d '%s'\n", f.Name, argument, text)
	})
	return lines
}
