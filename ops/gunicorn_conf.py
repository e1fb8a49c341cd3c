"""How gunicorn serves the program: two processes of four threads, which suits one small machine without a proxy in front."""

import os

bind = os.environ.get("BIND") or "127.0.0.1:8000"
worker_class = "gthread"
workers = 2
threads = 4
timeout = 60
graceful_timeout = 20
worker_tmp_dir = "/dev/shm"
control_socket_disable = True
accesslog = "-"
# The address without its secrets, the request's id and who was signed in come from lssc/access.py.
access_log_format = '%(h)s %(t)s "%(m)s %({lssc.path}e)s" %(s)s %(b)s %(M)sms %({lssc.request}e)s %({lssc.user}e)s'
