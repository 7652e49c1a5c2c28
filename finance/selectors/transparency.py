"""The transparency file: what was published, republished row for row as it came."""

import csv
import io

from django.db.models import QuerySet

from finance.models import SourceFile, SourceRow


def published_files(organisation_ids: list[int]) -> QuerySet[SourceFile]:
    """Published payment files that are loaded, newest first, without their bytes."""
    return (
        SourceFile.objects.filter(
            organisation_id__in=organisation_ids,
            purpose="published",
            state=SourceFile.State.LOADED,
        )
        .defer("content_sealed", "mapping", "headers")
        .order_by("-made_at", "-id")
    )


def republished(file: SourceFile) -> str:
    """Every row of the file in its order, cell by cell as it came: header, blank and held ones too.

    Read back as CSV it is the input, row for row; the cells are not neutralised, for they are
    public already and must stay what they were.
    """
    rows = (
        SourceRow.objects.filter(organisation_id=file.organisation_id, source_file=file)
        .order_by("row_no")
        .values_list("cells", flat=True)
    )
    text = io.StringIO()
    csv.writer(text).writerows(rows.iterator(chunk_size=5_000))
    return text.getvalue()
