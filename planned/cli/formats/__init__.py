"""How diagnostics are written for programs; the terminal's ways are in `planned.cli.terminal`."""
