# One image for the web, the worker and the timetable; docker-compose.yml says which command each runs.
FROM python:3.13-slim

# Office files as pages and films of phones in every browser: docker build --build-arg PREVIEWS="" leaves these 270 MB out.
ARG PREVIEWS="libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui ffmpeg"
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap libpango-1.0-0 libpangoft2-1.0-0 \
        fontconfig fonts-noto-core fonts-noto-cjk ${PREVIEWS} \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --create-home lssc \
    && install --directory --owner lssc --group lssc /files /heads

WORKDIR /app
ENV PYTHONUNBUFFERED=1 BIND=0.0.0.0:8000 STATIC_ROOT=/app/var/static STORAGE_URL=file:/files XDG_CACHE_HOME=/tmp

# Without the database and the queue of `make run`; .dockerignore leaves out the demonstration, and the stand-in for Stripe.
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements.txt
COPY . .
# The key is for this step alone: nothing is signed with it.
RUN SECRET_KEY=unused python manage.py collectstatic --noinput --verbosity 0

USER lssc
EXPOSE 8000
VOLUME /files
CMD ["gunicorn", "--config", "ops/gunicorn_conf.py", "lssc.wsgi:application"]
