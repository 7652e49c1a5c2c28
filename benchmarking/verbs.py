"""What happens to board packs, in words."""

from events.verbs import declare

declare(benchmarking__pack__made="Made version {version} of the board pack of {month}")
