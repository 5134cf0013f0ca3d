FROM python:3.12-slim
COPY --from=ghcr.io/astral-sh/uv:0.9.11 /uv /usr/local/bin/

ENV VIRTUAL_ENV=/opt/venv UV_PROJECT_ENVIRONMENT=/opt/venv PATH=/opt/venv/bin:$PATH \
    UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_INSTALL_DIR=/opt/python PYTHONUNBUFFERED=1

RUN apt-get update && apt-get install -y --no-install-recommends \
      git libsndfile1 \
    && rm -rf /var/lib/apt/lists/*

RUN uv venv --python 3.12 /opt/venv
WORKDIR /app

RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=bind,source=requirements.txt,target=/tmp/requirements.txt \
    uv pip install -r /tmp/requirements.txt

COPY src src

CMD ["python"]
