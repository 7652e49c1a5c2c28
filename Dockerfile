# One image for web, worker, beat and migrations. Nothing in it is secret; nothing runs as root.
FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /venv && /venv/bin/pip install --require-hashes -r /tmp/base.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --create-home --home-dir /srv/commonwell --uid 10001 commonwell
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    COMMONWELL_VAR=/srv/commonwell/var
COPY --from=build /venv /venv
WORKDIR /srv/commonwell/app
COPY --chown=commonwell . .
USER commonwell
# The addresses of this step are never opened: collecting static files asks no database.
RUN SECRET_KEY=for-this-build-step-only DATABASE_URL=postgresql://nobody@127.0.0.1/none \
    REDIS_URL=redis://127.0.0.1 python manage.py collectstatic --no-input --verbosity 0
EXPOSE 8000
ENTRYPOINT ["docker/entry"]
CMD ["web"]
