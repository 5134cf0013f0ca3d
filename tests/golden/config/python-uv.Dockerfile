FROM python:3.13-slim
COPY --from=ghcr.io/astral-sh/uv:0.9.11 /uv /usr/local/bin/

ENV VIRTUAL_ENV=/opt/venv UV_PROJECT_ENVIRONMENT=/opt/venv PATH=/opt/venv/bin:$PATH \
    UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_INSTALL_DIR=/opt/python PYTHONUNBUFFERED=1

RUN uv venv --python 3.13 /opt/venv
WORKDIR /app

RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=bind,source=uv.lock,target=uv.lock \
    --mount=type=bind,source=pyproject.toml,target=pyproject.toml \
    uv sync --frozen --no-dev --no-install-project

RUN --mount=type=cache,target=/root/.cache/uv \
    uv pip install 'flash-attn==2.8.3'

COPY . .

RUN --mount=type=cache,target=/root/.cache/uv uv sync --frozen --no-dev --inexact

CMD ["python"]
