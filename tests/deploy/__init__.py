"""The files that put the exchange on a machine: Dockerfile, compose.yaml, systemd units, the workflow of continuous
integration. There is no Docker engine where this is developed: what can be tried without one is tried here.

    checkers.py    linters, from an environment of their own (`make extras`)
    dockerfile.py  a Dockerfile's instructions
    image.py       what the Dockerfile installs, installed the same way without Docker
"""
