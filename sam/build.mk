# What goes into the layer and into each function: `sam build` makes a target for each of them, in ARTIFACTS_DIR.
#
# Python's bytecode is in it, which SAM's own builder leaves out: nothing can be written beside the code on Lambda, so
# every cold start would compile all there is, which is more than half of it. It is never checked against the source
# (unchecked-hash): a zip file's times are too coarse for that. Needed are a Python with pip on any machine; wheels are
# fetched for the one of Lambda. The versions are those of requirements.txt, which are the tested ones.

VERSION = 3.11
# The template's Runtime. Another Python can install for it and, unless it is the same one, not compile for it.
PYTHON := $(shell for each in $(PYTHON) python$(VERSION) python3; do command -v $$each && break; done)

# Lambda's python3.11 runs on Amazon Linux 2: glibc 2.26. A wheel for anything newer would not load there.
PLATFORMS = $(foreach glibc,26 17,--platform manylinux_2_$(glibc)_$(MACHINE)) --platform manylinux2014_$(MACHINE)
INSTALL = $(PYTHON) -m pip install --quiet --disable-pip-version-check --no-compile --only-binary :all: \
	--implementation cp --python-version $(VERSION) $(PLATFORMS) --constraint requirements.txt

# ccxt's asynchronous halves are never imported: their bytecode would be 25 MB.
UNUSED = /ccxt/(async_support|pro)/

build-Layer:
	$(INSTALL) --target "$(ARTIFACTS_DIR)/python" --requirement layers/requirements.txt
	$(PYTHON) -c "import shutil; shutil.copytree('layers/mockexchange', '$(ARTIFACTS_DIR)/python/mockexchange', \
		ignore=shutil.ignore_patterns('__pycache__'))"
	$(call compiled,$(ARTIFACTS_DIR)/python,/opt/python)

build-OrdersFunction:
	cp functions/orders/handler.py "$(ARTIFACTS_DIR)"
	$(call compiled,$(ARTIFACTS_DIR),/var/task)

build-MatcherFunction:
	cp functions/matcher/handler.py "$(ARTIFACTS_DIR)"
	$(call compiled,$(ARTIFACTS_DIR),/var/task)

build-FeederFunction:
	$(INSTALL) --target "$(ARTIFACTS_DIR)" --requirement functions/feeder/requirements.txt
	cp functions/feeder/handler.py "$(ARTIFACTS_DIR)"
	$(call compiled,$(ARTIFACTS_DIR),/var/task)

# $(1) where it is now, $(2) where Lambda puts it, for tracebacks. What is no Python of this version stays uncompiled.
define compiled
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info[:2] != ($(subst .,$(comma) ,$(VERSION))))" \
		|| echo "No python$(VERSION) here to compile with: cold starts are going to take twice as long." >&2
	$(PYTHON) -m compileall -qq -j 0 --invalidation-mode unchecked-hash -x '$(UNUSED)' -s "$(1)" -p $(2) "$(1)" || true
endef
comma := ,
