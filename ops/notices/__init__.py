"""Notices: what each region is told when a publication appears, the alerts that people attend to, and how both reach them.

The words come from the public store: an e-mail is forwarded, so it holds nothing that the public may not see. What is due comes from the desk's
calendar. `after_run.py` is where the chain calls; `outbox.py` sends.
"""
