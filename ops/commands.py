"""The command lines of the program's processes, for the launcher, for docker-compose.yml and for the journeys alike."""

MIGRATE = ["python", "manage.py", "migrate", "--noinput"]
COLLECT = ["python", "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
CONFINEMENT = ["python", "-m", "people.confinement"]
LOAD_DEMO = ["python", "manage.py", "load_demo"]

# BIND says where the web listens, see ops/gunicorn_conf.py.
WEB = ["gunicorn", "--config", "ops/gunicorn_conf.py", "lssc.wsgi:application"]
WORKER = [
    "celery", "--app", "lssc", "worker", "--pool", "prefork", "--concurrency", "2", "-O", "fair",
    "--without-gossip", "--without-mingle", "--loglevel", "INFO",
]  # fmt: skip
# Asks whoever is outside, Stripe first of all, and may wait for the answer: nothing else waits with it.
OUTSIDE = [
    "celery", "--app", "lssc", "worker", "--queues", "outside", "--hostname", "outside@%h", "--pool", "prefork", "--concurrency", "2",
    "-O", "fair", "--without-gossip", "--without-mingle", "--loglevel", "INFO",
]  # fmt: skip
# The timetable is kept in memory: every job is keyed by its period in the database, so nothing is lost or doubled by a restart.
BEAT = ["celery", "--app", "lssc", "beat", "--scheduler", "celery.beat:Scheduler", "--loglevel", "INFO"]
