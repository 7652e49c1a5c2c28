"""What an address asks of the list of invoices: read alike for the page and for programs."""

from dataclasses import dataclass, replace
from typing import Any

from core.actors import paths_where
from core.money import to_pence
from finance.forms import LISTS, InvoiceFilterForm
from finance.permissions import SEE_INVOICES
from finance.places import places
from finance.selectors.invoices import Filters, narrowed
from finance.selectors.search import search_for, suppliers_of_code
from finance.services.invoices import HOLD_CAUSES


@dataclass(frozen=True)
class Query:
    """What the address asks for: the form as it was filled, the filters and the sort."""

    form: InvoiceFilterForm
    filters: Filters
    sort: str
    places: dict[int, Any]

    def chips(self) -> list[dict[str, str]]:
        """The filters in force, in words; the saved list itself is not one of them."""
        given = self.form.cleaned_data
        dates = (given["dates"] or "due").capitalize()
        words = {
            "q": "Search: {}",
            "cause": "Cause: {}",
            "supplier": "Supplier: {}",
            "partner": "Partner: {}",
            "since": f"{dates} from {{}}",
            "until": f"{dates} to {{}}",
            "least": "From £{}",
            "most": "To £{}",
        }
        found = [
            {
                "label": words[key].format(
                    HOLD_CAUSES.get(self.form.data[key], self.form.data[key])
                ),
                "key": key,
                "value": self.form.data[key],
            }
            for key in words
            if given.get(key) not in (None, "")
        ]
        if given.get("duplicates"):
            value = self.form.data["duplicates"]
            found.append({"label": "Possible duplicates", "key": "duplicates", "value": value})
        return found

    def in_words(self) -> str:
        parts = [dict(LISTS)[self.form.cleaned_data["state"]]]
        return "; ".join(parts + [chip["label"] for chip in self.chips()])


def read_query(request: Any) -> Query:
    """The filters of the address. What cannot be understood is left out and shown as an error."""
    form = InvoiceFilterForm(request.GET)
    form.is_valid()
    given = form.cleaned_data
    for name in form.fields:
        given.setdefault(name, None if name in ("since", "until", "least", "most") else "")
    here = places(request, SEE_INVOICES)
    chosen = [key for key, place in here.items() if place.slug == given["partner"]] or list(here)
    filters = replace(
        narrowed(given["state"], sorted(chosen), request.today),
        cause=given["cause"],
        suppliers=suppliers_of_code(given["supplier"], chosen) if given["supplier"] else None,
        search=search_for(given["q"], chosen) if given["q"] else None,
        dates=given["dates"] or "due",
        since=given["since"],
        until=given["until"],
        least_pence=None if given["least"] is None else to_pence(given["least"]),
        most_pence=None if given["most"] is None else to_pence(given["most"]),
        duplicates=bool(given["duplicates"]),
        within=tuple(paths_where(request.actor, SEE_INVOICES).items()),
    )
    return Query(form, filters, given["sort"] or "-number", here)
