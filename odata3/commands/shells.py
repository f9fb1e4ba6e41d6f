"""``odata3 completion``: the script that teaches a shell the names of commands, connections, sets and types."""

from __future__ import annotations

import click

from odata3.console.completion import SHELLS, script


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script of a shell's completion.

    \b
    bash, in ~/.bashrc:  eval "$(odata3 completion bash)"
    zsh, in ~/.zshrc:    eval "$(odata3 completion zsh)"
    fish:                odata3 completion fish > ~/.config/fish/completions/odata3.fish
    """
    root = context.find_root()
    click.echo(script(shell, root.command, root.info_name or "odata3"))
