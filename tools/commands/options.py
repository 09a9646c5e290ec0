#!/usr/bin/env python3
"""Reads command lines of az, parses each with the Azure CLI itself, without running it, and prints the lines of options.txt
for their commands. It exits with 1 if the Azure CLI doesn't take one.

It needs the packages of the Azure CLI, and its extension azure-devops for commands of az devops.
"""
import shlex
import sys

from azure.cli.core import __version__, get_default_cli
from azure.cli.core.commands.arm import register_global_subscription_argument, register_ids_argument
from azure.cli.core.commands.events import EVENT_INVOKER_POST_LOAD_ARGUMENTS, EVENT_INVOKER_PRE_LOAD_ARGUMENTS
from azure.cli.core.extension import get_extensions

lines, refused, taken = {}, 0, 0


def refuse(line, why):
    global refused
    refused += 1
    print(f"{line}: {why}", file=sys.stderr)


def load(words):
    """The name of the command that words begin with, and its parser, as az makes them before it runs a command."""
    cli = get_default_cli()
    register_global_subscription_argument(cli)
    register_ids_argument(cli)
    cli.invocation = cli.invocation_cls(cli_ctx=cli, parser_cls=cli.parser_cls, commands_loader_cls=cli.commands_loader_cls, help_cls=cli.help_cls)
    loader, parser = cli.invocation.commands_loader, cli.invocation.parser
    table = loader.load_command_table(words)
    name = max((n for n in table if words[:len(n.split())] == n.split()), key=len, default="")
    if name:
        loader.command_name = cli.invocation.data["command_string"] = name
        loader.command_table = {name: table[name]}
        cli.raise_event(EVENT_INVOKER_PRE_LOAD_ARGUMENTS, commands_loader=loader)
        loader.load_arguments(name)
        cli.raise_event(EVENT_INVOKER_POST_LOAD_ARGUMENTS, commands_loader=loader)
        parser.cli_ctx = cli
        parser.load_command_table(loader)
    return name, parser


def find(parser, name):
    """The parser of a command: argparse has no other way to it."""
    for word in name.split():
        parser = next(a for a in parser._actions if hasattr(a, "_name_parser_map")).choices[word]
    return parser


def options(parser):
    """The options of a command, as options.txt writes them."""
    for action in parser._actions:
        names = [n for n in action.option_strings if isinstance(n, str) and n != "--cmd"]  # az's own
        takes = {None: "=", 0: "", "?": ""}.get(action.nargs, "=*")
        if names:
            yield ("!" if action.required else "") + "|".join(names) + takes


for line in sys.stdin:
    try:
        words = shlex.split(line)
    except ValueError as e:
        refuse(line.strip(), e)
        continue
    if not words or words[0] != "az":
        continue
    name, parser = load(words[1:])
    if not name:
        refuse(line.strip(), "no such command")
        continue
    lines[name] = f"az {name}\t" + " ".join(sorted(options(find(parser, name)), key=lambda o: o.lstrip("!-")))
    if len(words) == len(name.split()) + 1:
        continue  # the name of a command only
    try:
        parser.parse_args(words[1:])
        taken += 1
    except (SystemExit, Exception) as e:  # SystemExit is what argparse ends with
        refuse(line.strip(), repr(e))

print("# " + ", ".join([f"azure-cli {__version__}"] + sorted({f"{e.name} {e.version}" for e in get_extensions()})) + ": made by tools/commands/options.py")
for name in sorted(lines):
    print(lines[name])
print(f"{taken} taken, {refused} refused", file=sys.stderr)
sys.exit(refused > 0)
