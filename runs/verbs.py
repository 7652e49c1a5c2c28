from events.verbs import declare

declare(
    runs__run__made="{kind} started",
    runs__run__finished="{kind} finished: {rows:row}",
    runs__run__held="{kind} held: {problem}",
    runs__run__cancelled="{kind} cancelled",
    runs__run__retried="{kind} tried again",
)
