# syntax=docker/dockerfile:1
#
# One image for every part: `serve api` is its command, compose.yaml runs `serve matcher`, `feeder` and `deck` from it too.
# For amd64 and arm64 (a 64-bit Pi), in one go:
#
#     docker buildx build --platform linux/amd64,linux/arm64 -t mockexchange .
#
# Without the deck it is 135 MB smaller: --build-arg EXTRAS=local,live

ARG PYTHON=3.13

FROM python:${PYTHON}-slim-bookworm AS build
ARG EXTRAS=local,live,deck
WORKDIR /src
# nothing but what is installed, so that other changes do not build it anew
COPY pyproject.toml requirements.txt README.md LICENSE ./
COPY layers layers
COPY functions functions
COPY deck deck
# the environment has no pip of its own: it is moved to the next stage as it is, and nothing is installed there
RUN python -m venv --without-pip /opt/mockexchange
# nothing is compiled: proxy_tools, which comes with the deck's charts, is plain Python without a wheel
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m pip --python /opt/mockexchange/bin/python --disable-pip-version-check install \
    --only-binary :all: --no-binary mockexchange,proxy_tools --constraint requirements.txt ".[${EXTRAS}]"

FROM python:${PYTHON}-slim-bookworm
RUN groupadd --system --gid 10001 mockx \
    && useradd --system --uid 10001 --gid mockx --home-dir /data --no-create-home --shell /usr/sbin/nologin mockx \
    && install --directory --owner mockx --group mockx --mode 0700 /data
COPY --from=build /opt/mockexchange /opt/mockexchange
# what is written goes to the data directory; the container's address is not the loopback interface, so a key is needed
ENV PATH=/opt/mockexchange/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MOCKX_DATA_DIR=/data \
    MOCKX_HOST=0.0.0.0 \
    MOCKX_PORT=8000 \
    MOCKX_DECK_PORT=8501
WORKDIR /data
VOLUME /data
USER 10001:10001
EXPOSE 8000 8501
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
ENTRYPOINT ["python", "-m", "mockexchange"]
CMD ["serve", "api"]
