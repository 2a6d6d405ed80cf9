# `make up` builds an environment and proves it, `make test` tests the project. README.md says the rest.
STACK ?= lab
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
installed := node_modules/.package-lock.json

.PHONY: up verify down test conformance check

ifeq ($(STACK),lab)
up: $(installed)
	@npm run --silent up --workspace lab

verify: $(installed)
	@npm run --silent verify --workspace lab

down: $(installed)
	@npm run --silent down --workspace lab
else
up: $(installed)
	npm run --silent build
	pulumi up --stack $(STACK) --policy-pack policies --policy-pack-config policies/environments/$(STACK).json
	$(MAKE) verify

verify: $(installed)
	npm run --silent build --workspace verify
	node verify/dist/main.js --stack $(STACK)

down:
	pulumi destroy --stack $(STACK)
endif

test: $(installed)
	npm test -- --selectProjects unit policies
	npm test -- --selectProjects providers
	# One after the other, on however many cores: they share a stack and a cluster.
	npm test -- --selectProjects engine --runInBand
	npm test -- --selectProjects cluster --runInBand

# The same engine and cluster lists with your cluster and your engine: docs/runbooks/conformance.md
conformance: $(installed)
	npm run --silent build --workspace policies
	npm test -- --selectProjects conformance --runInBand

check: $(installed)
	npm run --silent check

# What package-lock.json names. Not `npm ci`, which also asks for the optional packages of other platforms, and a mirror need
# not have them.
$(installed): package.json package-lock.json
	npm install --no-save --no-progress --loglevel=error
	@touch $@
