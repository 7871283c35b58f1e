"""Print the script that completes this command in a shell.

bash:  lexpro completion bash > ~/.local/share/bash-completion/completions/lexpro
zsh:   lexpro completion zsh >> ~/.zshrc
fish:  lexpro completion fish > ~/.config/fish/completions/lexpro.fish
"""

from __future__ import annotations

import argparse
import shlex

from lexpro.cli import command, main

SHELLS = ("bash", "zsh", "fish")

BASH = """_lexpro() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} words
    case "${{COMP_WORDS[1]}} ${{COMP_WORDS[COMP_CWORD-1]}}" in
{values}
        *) case "${{COMP_WORDS[1]}}" in
{options}
        esac ;;
    esac
    [ "$COMP_CWORD" = 1 ] && words={commands}
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _lexpro lexpro
"""
# zsh runs the function of bash.
ZSH = "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("shell", choices=SHELLS)


def actions() -> dict[str, list[argparse.Action]]:
    """Command → its arguments."""
    return {name: command.parser(main.module(name), name)._actions for name in main.COMMANDS}


def bash() -> str:
    """The script for bash: a case for each command's options, one for each option with choices."""
    values, options = [], []
    for name, arguments in actions().items():
        words: list[str] = []
        for action in arguments:
            choices = " ".join(map(str, action.choices or ()))
            words += action.option_strings or choices.split()
            for option in action.option_strings if choices else ():
                values.append(f"        {shlex.quote(f'{name} {option}')}) words={shlex.quote(choices)} ;;")
        options.append(f"            {name}) words={shlex.quote(' '.join(words))} ;;")
    commands = shlex.quote(" ".join(main.COMMANDS))
    return BASH.format(values="\n".join(values), options="\n".join(options), commands=commands)


def fish() -> str:
    """The script for fish: a line for each command and each option."""
    lines = [
        f"complete -c lexpro -f -n __fish_use_subcommand -a {name} -d {shlex.quote(text)}"
        for name, text in main.COMMANDS.items()
    ]
    for name, arguments in actions().items():
        for action in arguments:
            words = ["complete", "-c", "lexpro", "-n", f"__fish_seen_subcommand_from {name}"]
            for option in action.option_strings:
                words += ["-l", option[2:]] if option.startswith("--") else ["-s", option[1:]]
            if action.choices:
                words += ["-x" if action.option_strings else "-f", "-a", " ".join(map(str, action.choices))]
            if action.help:
                words += ["-d", " ".join(action.help.split())]
            lines.append(shlex.join(words))
    return "\n".join(lines) + "\n"


def run(args: argparse.Namespace) -> None:
    """Print the script."""
    print({"bash": bash, "zsh": lambda: ZSH + bash(), "fish": fish}[args.shell](), end="")
