"""What can go wrong, in four kinds, each with one answer at the edges."""


class Refusal(Exception):
    """Something was asked that the house does not do. The message is the user's sentence."""

    status = 422

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Refused(Refusal):
    """A named rule says no (422). Nothing was changed."""

    def __init__(self, rule: "type[object]", detail: str = "") -> None:
        self.rule = rule
        message = " ".join((rule.__doc__ or rule.__name__).split())
        super().__init__(f"{message} {detail}".strip())

    @property
    def code(self) -> str:
        return self.rule.__name__


class NotAllowed(Refusal):
    """The person may see the thing but not do this to it (403)."""

    status = 403


class NotFound(Refusal):
    """There is no such thing for this person (404): absent and foreign look the same."""

    status = 404

    def __init__(self, message: str = "There is no such page.") -> None:
        super().__init__(message)


class Clash(Refusal):
    """Somebody else changed it first (409). Nothing of this attempt was saved."""

    status = 409

    def __init__(
        self,
        message: str = (
            "Someone changed this while you had it open. Nothing you did was saved. "
            "Open it again to see what is new."
        ),
    ) -> None:
        super().__init__(message)


class InvariantBroken(Exception):
    """The books contradict themselves (500). Work on them stops and an operator is called."""
