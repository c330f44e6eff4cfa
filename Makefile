# sales_kpi: sales-effectiveness KPIs inside PostgreSQL

EXTENSION = sales_kpi
EXTVERSION = 0.1.0
MODULE_big = sales_kpi

# One line per file, in the order they are linked and installed.
OBJS = \
	src/sales_kpi.o

SQL_PARTS = \
	sql/schema.sql

SCRIPT = $(EXTENSION)--$(EXTVERSION).sql
DATA_built = $(SCRIPT)
EXTRA_CLEAN = $(SCRIPT)

REGRESS = $(patsubst test/sql/%.sql,%,$(sort $(wildcard test/sql/*.sql)))
REGRESS_OPTS = --inputdir=test
ISOLATION = $(patsubst test/specs/%.spec,%,$(sort $(wildcard test/specs/*.spec)))
ISOLATION_OPTS = --inputdir=test --outputdir=.

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

$(SCRIPT): $(SQL_PARTS) Makefile
	cat $(SQL_PARTS) > $@
