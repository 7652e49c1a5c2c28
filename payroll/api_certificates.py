"""P60s and P45s, for programs: asking for a batch, how far it is, its files."""

import base64
import hashlib
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from core.web.api import Endpoint, NothingAsked, asked
from core.web.api_lists import CURSOR_PARAMETER, part_of, part_type
from payroll.models import CertificateBatch, CertificateKind
from payroll.permissions import RUN_PAY, SEE_PAY_RUNS, SEE_PAYSLIPS
from payroll.selectors.certificates import batches_of, one_batch, parts_of
from payroll.services.certificates import cancel_certificates, start_certificates, take_part
from runs.models import Run
from runs.selectors import run_by_id


class CertificatesAsked(serializers.Serializer):
    """P60s or P45s of the tax year that began in `tax_year`."""

    kind = serializers.ChoiceField(choices=CertificateKind.values)
    tax_year = serializers.IntegerField(min_value=2000, max_value=2100)


class CertificateBatchRow(serializers.Serializer):
    """A batch that was asked for."""

    number = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=CertificateKind.values)
    tax_year = serializers.IntegerField()
    people = serializers.IntegerField()
    made_by = serializers.CharField(source="made_by_name")
    made_at = serializers.DateTimeField()


class CertificatePartRow(serializers.Serializer):
    """A file of a batch: its documents, and how many of them have to be printed."""

    number = serializers.IntegerField()
    documents = serializers.IntegerField()
    on_paper = serializers.IntegerField()


class CertificateBatchOut(CertificateBatchRow):
    """A batch, how far it is, and its files; `left` are people who were issued none."""

    state = serializers.ChoiceField(choices=Run.State.values)
    people_done = serializers.IntegerField()
    issued = serializers.IntegerField()
    replaced = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    left = serializers.IntegerField()
    parts = CertificatePartRow(many=True)


class CertificateFileOut(serializers.Serializer):
    """A ZIP in base64, and its SHA-256."""

    name = serializers.CharField()
    sha256 = serializers.CharField()
    content = serializers.CharField()


CertificateBatchPart = part_type(CertificateBatchRow)
COUNTS = ("issued", "replaced", "unchanged", "left")


def _told(batch: CertificateBatch) -> dict[str, Any]:
    run = run_by_id(batch.organisation_id, batch.run_id)
    assert run is not None
    counts = {name: run.results.get(name, 0) for name in COUNTS}
    so_far = {"state": run.state, "people_done": run.rows_done, "parts": parts_of(batch)}
    row = CertificateBatchRow(batch).data
    named = {"made_by_name": batch.made_by_name, "made_at": batch.made_at}
    return dict(CertificateBatchOut({**row, **named, **counts, **so_far}).data)


class CertificateBatches(Endpoint):
    """Batches, newest first."""

    permission = SEE_PAY_RUNS

    @extend_schema(
        operation_id="pay_certificates_list", responses=CertificateBatchPart,
        parameters=[CURSOR_PARAMETER],
    )  # fmt: skip
    def get(self, request: Any, organisation: str) -> Response:
        """All that were asked for."""
        found = batches_of(self.actor.organisation_id)
        return Response(CertificateBatchPart(part_of(request, found, "-number")).data)


class CertificatesStart(Endpoint):
    """A new batch."""

    permission = RUN_PAY
    moves_money = True

    @extend_schema(
        operation_id="pay_certificates_start", request=CertificatesAsked,
        responses={201: CertificateBatchOut},
    )  # fmt: skip
    def post(self, request: Any, organisation: str) -> Response:
        """Workers issue them (CER01, CER02, CER03, PRL40)."""
        given = asked(CertificatesAsked, request)
        made = start_certificates(**given, by=self.actor, at=timezone.now())
        return Response(_told(made), status=201)


class CertificateBatchOne(Endpoint):
    """One batch."""

    permission = SEE_PAY_RUNS

    @extend_schema(operation_id="pay_certificates_read", responses=CertificateBatchOut)
    def get(self, request: Any, organisation: str, number: int) -> Response:
        """How far it is; counts are there once it is finished."""
        return Response(_told(one_batch(self.actor.organisation_id, number)))


class CertificatesCancelled(Endpoint):
    """A batch stopped."""

    permission = RUN_PAY

    @extend_schema(
        operation_id="pay_certificates_cancel", request=NothingAsked, responses=CertificateBatchOut
    )
    def post(self, request: Any, organisation: str, number: int) -> Response:
        """What was issued stays, and the next batch goes on with the rest (RUN02)."""
        asked(NothingAsked, request)
        batch = one_batch(self.actor.organisation_id, number)
        cancel_certificates(batch=batch, by=self.actor)
        return Response(_told(batch))


class CertificatePartFile(Endpoint):
    """A file of a batch."""

    permission = SEE_PAYSLIPS

    @extend_schema(operation_id="pay_certificates_download", responses=CertificateFileOut)
    def get(self, request: Any, organisation: str, number: int, part: int) -> Response:
        """A ZIP of the documents as they were issued. The look is recorded."""
        batch = one_batch(self.actor.organisation_id, number)
        content = take_part(batch=batch, part=part, by=self.actor, at=timezone.now())
        told = {
            "name": f"{batch.kind}s-{batch.tax_year}-batch-{number}-part-{part}.zip",
            "sha256": hashlib.sha256(content).hexdigest(),
            "content": base64.b64encode(content).decode(),
        }
        return Response(CertificateFileOut(told).data)
